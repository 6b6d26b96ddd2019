import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { IncomingEvent } from '../../../src/domain/event.ts'
import type { Correction } from '../../../src/replay/correction/correction.ts'
import { flagsInEvidence, isOnContent } from '../../../src/replay/reference/evidence.ts'
import { judgeHistory } from '../../../src/replay/reference/judge-history.ts'
import { truthLeftBy } from '../../../src/replay/reference/judging-context.ts'
import { replay } from '../../../src/replay/result/replay.ts'
import { often } from '../../long/often.ts'
import { correctionOf } from '../corrections.ts'
import { correcting, histories, historyOf, RULESET, service } from '../histories.ts'

const document = (version: string, score: number) => ({
  ruleset: RULESET,
  version,
  signals: { score: 'int' },
  rules: [
    { id: 'a', category: 'alpha', when: `signals.score >= ${score}`, strikes: 1, removes_content: true },
    { id: 'none', category: 'beta', when: `signals.score >= ${score}` },
  ],
  deactivations: [{ id: 'one', at_least: 1, restriction: 'suspended' }],
})
const correction = correcting(document('v2', 8))
const { published, flagged, banned, removed, dismissed } = service
const pin = (id: string) => ({ id, kind: 'pin' })
const other = { ruleset: { id: 'other', version: '1' } }

/** What reversing each decision would void. */
const voided = (events: ReadonlyArray<IncomingEvent>, by: Correction = correction) =>
  Object.fromEntries(
    replay(historyOf([published(document('v1', 5)), ...events], by), by).toDo.map(({ row, voids }) => [
      row.decisionId,
      voids,
    ]),
  )

describe('given a wrongful ban, and other flags of the account', () => {
  test('then reversing it voids each flag before it that is false, not only those that carried it', () => {
    const events = [
      flagged('u1', 1, { flagId: 'carried', signals: { score: 6 } }),
      flagged('u1', 2, { flagId: 'no-strikes', signals: { score: 6 }, rule: { id: 'none' } }),
      banned('u1', 3, { decisionId: 'd1', grounds: ['carried'] }),
      flagged('u1', 4, { flagId: 'later', signals: { score: 6 } }),
    ]
    expect(voided(events)).toEqual({ d1: { flagIds: ['carried', 'no-strikes'], becauseOf: [] } })
  })

  test('then a flag that a corrected ruleset says nothing about is left alone, and so is a void one', () => {
    const events = [
      flagged('u1', 1, { flagId: 'elsewhere', signals: { score: 6 }, ...other }),
      flagged('u1', 1, { flagId: 'no-rule', signals: { score: 6 }, rule: undefined }),
      flagged('u1', 1, { flagId: 'void', signals: { score: 6 } }),
      dismissed('u1', 2, 'void'),
      flagged('u1', 4, { flagId: 'carried', signals: { score: 6 } }),
      banned('u1', 5, { decisionId: 'd1', grounds: ['carried'] }),
    ]
    expect(voided(events).d1?.flagIds).toEqual(['carried'])
  })

  test('then a flag that may be true is left alone, although the decision fell with it', () => {
    const withdrawing = correctionOf({
      correction: 'c',
      ruleset: document('v2', 8),
      withdrawals: [{ id: 'w', flags: ['maybe'] }],
    })
    const events = [
      flagged('u1', 1, { flagId: 'false', signals: { score: 6 } }),
      flagged('u1', 1, { flagId: 'maybe', signals: { score: 9 } }),
      banned('u1', 2, { decisionId: 'd1', grounds: ['false', 'maybe'] }),
    ]
    expect(voided(events, withdrawing).d1?.flagIds).toEqual(['false'])
  })
})

describe('given a wrongful removal', () => {
  test('then restoring the content voids the false flags on it and its grounds, not those on other content', () => {
    const events = [
      flagged('u1', 1, { flagId: 'here', signals: { score: 6 }, content: pin('1') }),
      flagged('u1', 1, { flagId: 'there', signals: { score: 6 }, content: pin('2') }),
      flagged('u1', 1, { flagId: 'ground', signals: { score: 6 } }),
      removed('u1', 2, { decisionId: 'r1', grounds: ['ground'], content: pin('1') }),
    ]
    expect(voided(events)).toEqual({ r1: { flagIds: ['ground', 'here'], becauseOf: [] } })
  })
})

describe('given a ban for evading a wrongful one', () => {
  test('then what its flag exists because of is known, and so it is for a decision under another ruleset', () => {
    const events = [
      flagged('u1', 1, { flagId: 'f1', signals: { score: 6 } }),
      banned('u1', 2, { decisionId: 'd1', grounds: ['f1'] }),
      flagged('u2', 3, { flagId: 'f2', signals: { score: 9 }, becauseOf: ['d1'] }),
      banned('u2', 4, { decisionId: 'd2', grounds: ['f2'] }),
      flagged('u3', 3, { flagId: 'f3', signals: {}, becauseOf: ['d1'], ...other }),
      flagged('u3', 3, { flagId: 'f4', signals: {}, ...other }),
      banned('u3', 4, { decisionId: 'd3', grounds: ['f3', 'f4'], ...other }),
    ]
    expect(voided(events).d2).toEqual({ flagIds: ['f2'], becauseOf: ['d1'] })
    const history = historyOf([published(document('v1', 5)), ...events], correction)
    const [resting] = replay(history, correction).restingElsewhere
    expect(resting?.voids).toEqual({ flagIds: ['f3'], becauseOf: ['d1'] })
  })
})

test('given any history and correction, then what is voided is what is in evidence and false', () => {
  let some = 0
  fc.assert(
    fc.property(histories, (given) => {
      const by = correctionOf(given.correction)
      const history = historyOf(given.events, by)
      const { byDecision, context } = judgeHistory(history, by)
      for (const { row, voids } of replay(history, by).toDo) {
        const judgement = byDecision.get(row.decisionId ?? '')
        if (judgement === undefined) throw new Error('it was judged')
        const { decision, evidence } = judgement
        const truthOf = truthLeftBy(context, context.corrected.rulesetFor(decision))
        const inEvidence = flagsInEvidence(decision, evidence, history).filter(
          (flag) =>
            decision.kind === 'deactivation' ||
            isOnContent(flag, decision) ||
            evidence.grounds.includes(flag),
        )
        const expected = inEvidence.filter((flag) => truthOf(flag) === 'false')
        expect(voids.flagIds).toEqual(expected.map(({ data }) => data.flagId).sort())
        some += expected.length
      }
    }),
    { numRuns: often(200, 4_000) },
  )
  // Otherwise this would show nothing.
  expect(some).toBeGreaterThan(50)
})
