import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { evidenceWantedBy } from '../../../src/replay/reference/sightings.ts'
import { replay } from '../../../src/replay/result/replay.ts'
import { compiled, histories, historyOf } from '../histories.ts'

test('given any history, when every evaluation is kept and not only those that the evaluator needs, then the result is the same', () => {
  let left = 0
  fc.assert(
    fc.property(histories, ({ events, corrected }) => {
      const ruleset = compiled(corrected)
      const wanted = evidenceWantedBy(ruleset)
      const some = historyOf(events, ruleset, wanted)
      const all = historyOf(events, ruleset, { ...wanted, keepsEvaluation: () => true })
      const kept = [some, all].map(({ accounts }) =>
        accounts.values().reduce((sum, { evaluations }) => sum + evaluations.length, 0),
      )
      left += (kept[1] ?? 0) - (kept[0] ?? 0)
      expect(replay(all, ruleset).rows).toEqual(replay(some, ruleset).rows)
    }),
    { numRuns: 200 },
  )
  expect(left).toBeGreaterThan(0)
})
