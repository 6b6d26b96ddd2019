import { describe, expect, test } from 'vitest'
import type { IncomingEvent } from '../../../src/domain/event.ts'
import type { PlacedFlag } from '../../../src/replay/model/history.ts'
import { replay } from '../../../src/replay/result/replay.ts'
import { correcting, historyOf, RULESET, service } from '../histories.ts'

const document = (version: string, score: number) => ({
  ruleset: RULESET,
  version,
  signals: { score: 'int' },
  rules: [
    { id: 'a', category: 'alpha', when: `signals.score >= ${score}`, strikes: 1 },
    { id: 'none', category: 'beta', when: `signals.score >= ${score}` },
  ],
  deactivations: [{ id: 'three', at_least: 3, restriction: 'suspended' }],
})
const correction = correcting(document('v2', 8))
const { published, flagged, dismissed } = service
const everyone = () => true

const strikesIn = (events: ReadonlyArray<IncomingEvent>, isSuspected: (flag: PlacedFlag) => boolean) => {
  const history = historyOf([published(document('v1', 5)), ...events], correction)
  return replay(history, correction, undefined, isSuspected).falseStrikes.map(({ flagId }) => flagId)
}

describe('given flags that no decision rests on', () => {
  test('then those that are false and gave a strike still count', () => {
    const events = [
      flagged('u1', 1, { flagId: 'false', signals: { score: 6 } }),
      flagged('u1', 1, { flagId: 'true', signals: { score: 9 } }),
      flagged('u1', 1, { flagId: 'unknown', signals: {} }),
      flagged('u1', 1, { flagId: 'no-strike', signals: { score: 6 }, rule: { id: 'none' } }),
      flagged('u1', 1, {
        flagId: 'unpublished',
        signals: { score: 6 },
        ruleset: { id: RULESET, version: 'v0' },
      }),
      flagged('u1', 1, {
        flagId: 'elsewhere',
        signals: { score: 6 },
        ruleset: { id: 'other', version: 'v1' },
      }),
    ]
    expect(strikesIn(events, everyone)).toEqual(['false'])
  })

  test('when one is void, then it does not', () => {
    const events = [
      flagged('u1', 1, { flagId: 'f1', signals: { score: 6 } }),
      flagged('u1', 1, { flagId: 'f2', signals: { score: 6 } }),
      dismissed('u1', 2, 'f2'),
    ]
    expect(strikesIn(events, everyone)).toEqual(['f1'])
  })

  test('when they are not suspected, then they are not looked for', () => {
    const events = [flagged('u1', 1, { flagId: 'f1', signals: { score: 6 } })]
    expect(strikesIn(events, () => false)).toEqual([])
  })
})
