import { describe, expect, test } from 'vitest'
import { judgeHistory } from '../../../src/replay/reference/judge-history.ts'
import { correctionOf, type WithdrawalDocument } from '../corrections.ts'
import { historyOf, RULESET, service } from '../histories.ts'

const { published, flagged, banned, rescored } = service

const document = (version: string, score: number) => ({
  ruleset: RULESET,
  version,
  signals: { score: 'int' },
  rules: [{ id: 'a', category: 'alpha', when: `signals.score >= ${score}`, strikes: 1 }],
  deactivations: [{ id: 'two', at_least: 2, restriction: 'suspended' }],
})
const judged = (
  events: Parameters<typeof historyOf>[0],
  withdrawals: ReadonlyArray<WithdrawalDocument> = [],
) => {
  const correction = correctionOf({ correction: 'c', ruleset: { id: RULESET }, withdrawals })
  const versions = [published(document('v1', 5)), published(document('v2', 8), 50)]
  return judgeHistory(historyOf([...versions, ...events], correction), correction)
}
const human = { kind: 'human', id: 'r', version: '1' }
const lost = { ruleset: { id: RULESET, version: 'lost' }, signals: { score: 9 } }

describe('given rules that were right as they were, and a flag of a version that was not kept', () => {
  const readingOf = (fields: object, withdrawals: ReadonlyArray<WithdrawalDocument> = []) => {
    const { context } = judged([flagged('u1', 1, { flagId: 'f1', ...lost, ...fields })], withdrawals)
    const flag = context.history.flags.get('f1')
    if (flag === undefined) throw new Error('it is there')
    return context.corrected.read(context.corrected.rulesetAt(flag.place.at))(flag)
  }
  const asFalse = [{ id: 'w', flags: ['f1'], truth: 'false' as const }]

  test('then it is unknown, a human\u2019s true, and no rule judges it', () => {
    expect(readingOf({})).toMatchObject({ truth: 'unknown', rule: null, lost: true })
    expect(readingOf({ detector: human })).toMatchObject({ truth: 'true', rule: null, lost: true })
  })

  test('when it is withdrawn as false, then it is false, and what it counted for is still not known', () => {
    expect(readingOf({}, asFalse)).toMatchObject({ truth: 'false', lost: true })
    expect(readingOf({ detector: human }, asFalse)).toMatchObject({ truth: 'false', lost: true })
  })

  test('when it names no rule, then nothing is lost', () => {
    expect(readingOf({ rule: undefined })).toMatchObject({ truth: 'false', lost: false })
  })
})

describe('given rules that were right as they were, and a ban on flags that name no version', () => {
  test('then the version of the ban judges them, and only those fall that are not true under it', () => {
    const flag = (hour: number, flagId: string) =>
      flagged('u1', hour, { flagId, ruleset: undefined, signals: { score: 6 } })
    const { byDecision } = judged([
      flag(1, 'holds'),
      flag(2, 'falls'),
      banned('u1', 60, { decisionId: 'd1', grounds: ['holds', 'falls'] }),
      rescored('u1', 70, 'falls', { score: 1 }, '3'),
    ])
    const judgement = byDecision.get('d1')
    expect(judgement?.class).toBe('wrongful')
    expect(judgement?.fallen.map(({ data }) => data.flagId)).toEqual(['falls'])
  })
})

describe('given a ground that is dated after its ban', () => {
  const withdrawals = [{ id: 'w', flags: ['late'] }]
  const events = [
    banned('u1', 1, { decisionId: 'd1', grounds: ['late'] }),
    flagged('u1', 2, { flagId: 'late', signals: { score: 9 } }),
  ]

  test('when it is withdrawn, then the evidence for the ban is', () => {
    const { byDecision } = judged(events, withdrawals)
    expect(byDecision.get('d1')?.touched).toEqual({ withdrawn: true, rescored: false })
  })

  test('when it is rescored, then the evidence for the ban is', () => {
    const { byDecision } = judged([...events, rescored('u1', 9, 'late', {}, '3')], withdrawals)
    expect(byDecision.get('d1')?.touched).toEqual({ withdrawn: false, rescored: true })
  })

  test('when a later flag is withdrawn that the ban does not name, then its evidence is not', () => {
    const [, flag] = events
    const ban = banned('u1', 1, { decisionId: 'd1' })
    if (flag === undefined) throw new Error('it is there')
    const { byDecision } = judged([ban, flag], withdrawals)
    expect(byDecision.get('d1')?.touched).toEqual({ withdrawn: false, rescored: false })
  })
})
