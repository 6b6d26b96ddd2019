import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { evidenceWantedBy } from '../../../src/replay/reference/sightings.ts'
import { replay } from '../../../src/replay/result/replay.ts'
import { correctionOf } from '../corrections.ts'
import { histories, historyOf } from '../histories.ts'

test('given any history, when every evaluation is kept and not only those that the evaluator needs, then the result is the same', () => {
  let left = 0
  fc.assert(
    fc.property(histories, ({ events, ...given }) => {
      const correction = correctionOf(given.correction)
      const wanted = evidenceWantedBy(correction)
      const some = historyOf(events, correction, wanted)
      const all = historyOf(events, correction, { ...wanted, keepsEvaluation: () => true })
      const kept = [some, all].map(({ accounts }) =>
        accounts.values().reduce((sum, { evaluations }) => sum + evaluations.length, 0),
      )
      left += (kept[1] ?? 0) - (kept[0] ?? 0)
      expect(replay(all, correction).rows.all()).toEqual(replay(some, correction).rows.all())
    }),
    { numRuns: 200 },
  )
  expect(left).toBeGreaterThan(0)
})
