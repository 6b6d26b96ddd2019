import { describe, expect, test } from 'vitest'
import type { IncomingEvent } from '../../../src/domain/event.ts'
import { reversibles, reviewItems } from '../../../src/replay/result/lists.ts'
import { replay } from '../../../src/replay/result/replay.ts'
import { correcting, historyOf, RULESET, service } from '../histories.ts'

const document = (version: string, score: number) => ({
  ruleset: RULESET,
  version,
  signals: { score: 'int' },
  rules: [
    { id: 'a', category: 'alpha', when: `signals.score >= ${score}`, strikes: 1, removes_content: true },
  ],
  deactivations: [{ id: 'one', at_least: 1, restriction: 'suspended' }],
})
const correction = correcting(document('v2', 8))
const pin = { id: '1', kind: 'pin' }
const { published, flagged, banned, removed } = service
const faulty = published(document('v1', 5))

const listsOf = (events: ReadonlyArray<IncomingEvent>) => {
  const history = historyOf([faulty, ...events], correction)
  const result = replay(history, correction)
  return {
    putBack: reversibles(result.toDo, ['reinstate', 'restore']),
    annul: reversibles(result.toDo, ['annul']),
    review: reviewItems(result.toDo, result.restingElsewhere),
  }
}

describe('given an account whose ban and whose pin fell with one flag', () => {
  const lists = listsOf([
    flagged('u1', 1, { flagId: 'f1', signals: { score: 6 }, content: pin }),
    removed('u1', 2, { decisionId: 'r1', grounds: ['f1'], content: pin }),
    banned('u1', 3, { decisionId: 'd1', grounds: ['f1'] }),
  ])

  test('then the account is reinstated and the content restored, and both void the flag', () => {
    expect(lists.putBack).toEqual([
      { account: 'u1', decisionIds: ['r1'], content: pin, flagsVoided: ['f1'] },
      { account: 'u1', decisionIds: ['d1'], flagsVoided: ['f1'] },
    ])
  })
})

describe('given an account that was banned twice, both times wrongfully', () => {
  const lists = listsOf([
    flagged('u1', 1, { flagId: 'f1', signals: { score: 6 } }),
    banned('u1', 2, { decisionId: 'd1', grounds: ['f1'] }),
    flagged('u1', 3, { flagId: 'f2', signals: { score: 7 } }),
    banned('u1', 4, { decisionId: 'd2', grounds: ['f2'] }),
  ])

  test('then one entry reverses both', () => {
    expect(lists.putBack).toEqual([{ account: 'u1', decisionIds: ['d1', 'd2'], flagsVoided: ['f1', 'f2'] }])
  })
})

describe('given a wrongful ban alongside one that holds', () => {
  const lists = listsOf([
    flagged('u1', 1, { flagId: 'f1', signals: { score: 6 } }),
    banned('u1', 2, { decisionId: 'd1', grounds: ['f1'] }),
    flagged('u1', 3, { flagId: 'f2', signals: { score: 9 } }),
    banned('u1', 4, { decisionId: 'd2', grounds: ['f2'] }),
  ])

  test('then nobody is reinstated, and the wrongful one is annulled', () => {
    expect(lists.putBack).toEqual([])
    expect(lists.annul).toEqual([{ account: 'u1', decisionIds: ['d1'], flagsVoided: ['f1'] }])
  })
})

describe('given decisions that only a person can settle', () => {
  const lists = listsOf([
    flagged('u1', 1, { flagId: 'f1', signals: {} }),
    banned('u1', 2, { decisionId: 'd1', grounds: ['f1'] }),
    flagged('u2', 1, { flagId: 'f2', signals: { score: 6 } }),
    banned('u2', 2, { decisionId: 'd2', grounds: ['f2'] }),
    flagged('u3', 3, {
      flagId: 'f3',
      signals: { score: 9 },
      becauseOf: ['d2'],
      ruleset: { id: 'other', version: '1' },
    }),
    banned('u3', 4, { decisionId: 'd3', grounds: ['f3'], ruleset: { id: 'other', version: '1' } }),
  ])

  test('then the list says why, and includes the decisions that another ruleset’s decision rests on', () => {
    expect(lists.review.map(({ decisionId, why, restsOn }) => ({ decisionId, why, restsOn }))).toEqual([
      { decisionId: 'd1', why: ['unreproducible'], restsOn: undefined },
      { decisionId: 'd3', why: ['rests_on_wrongful'], restsOn: ['d2'] },
    ])
    for (const { says } of lists.review) expect(says).not.toBe('')
  })
})
