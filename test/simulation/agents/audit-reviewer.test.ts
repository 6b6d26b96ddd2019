import { describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { FIRST_OF_KEY, isInAuditSample } from '../../../src/domain/audit-sample.ts'
import { decodeIncoming } from '../../../src/domain/decode.ts'
import type { StoredEvent } from '../../../src/domain/event.ts'
import { auditReviewer } from '../../../src/simulation/agents/audit-reviewer.ts'
import { MINUTE } from '../../../src/simulation/calendar.ts'
import { recorded, START } from '../../incidents/tripwires/steps.ts'

const NOW = Date.UTC(2025, 3, 1)
const when = (subject: string) => ({ after: NOW - START, subject })

/** A ban, on a flag of this rule. */
const banned = (decisionId: string, rule: string, data: object = {}): ReadonlyArray<StoredEvent> => [
  recorded.banned({ decisionId, grounds: [`f-${decisionId}`], ...data }, when(`u-${decisionId}`)),
  // Both are recorded before the reviewer looks.
  recorded.flagged({ flagId: `f-${decisionId}`, rule: { id: rule } }, when(`u-${decisionId}`)),
]
const ids = (count: number, name = 'd'): ReadonlyArray<string> =>
  Array.from({ length: count }, (_, i) => `${name}${i}`)

/** What the reviewer says, of decisions that are recorded at once. */
const answersOf = (
  events: ReadonlyArray<StoredEvent>,
  truth: { readonly wrongful?: ReadonlyArray<string>; readonly review?: ReadonlyArray<string> } = {},
) => {
  const reviewer = auditReviewer({ seed: 1, wrongful: [], review: [], ...truth })
  const { plans } = reviewer({ now: NOW + MINUTE, recorded: events, refused: [] })
  return plans.flatMap((plan) => {
    if (plan.kind !== 'send') return []
    const decoded = decodeIncoming(JSON.parse(plan.line))
    if (E.isLeft(decoded)) return expect.fail(JSON.stringify(decoded.left))
    const { event } = decoded.right
    return event.type === 'decision.audited.v1' ? [{ at: plan.at, ...event }] : []
  })
}
const verdicts = (answers: ReturnType<typeof answersOf>, verdict: string): number =>
  answers.filter(({ data }) => data.verdict === verdict).length

describe('given decisions of one rule', () => {
  test('then the first twenty are audited, and of the others the sample, each within 10 to 60 minutes', () => {
    const decisions = ids(1_000)
    const answers = answersOf(decisions.flatMap((id) => banned(id, 'spam')))
    const due = decisions.filter((id, i) => i < FIRST_OF_KEY || isInAuditSample(id))
    expect(due.length).toBeGreaterThan(FIRST_OF_KEY)
    expect(answers.map(({ data }) => String(data.decisionId))).toEqual(due)
    for (const { at, subject, data } of answers) {
      expect(subject).toBe(`u-${data.decisionId}`)
      expect(at - NOW).toBeGreaterThanOrEqual(10 * MINUTE)
      expect(at - NOW).toBeLessThanOrEqual(60 * MINUTE)
    }
  })

  test('when a person made them, or they have no grounds that name a rule, then only the sample is audited, or none', () => {
    const byPeople = { decidedBy: { kind: 'human', id: 'reviewer-1' } }
    expect(answersOf(ids(100).flatMap((id) => banned(id, 'spam', byPeople)))).toEqual([])
    const answers = answersOf(ids(100).flatMap((id) => banned(id, 'spam', { grounds: [] })))
    expect(answers.map(({ data }) => String(data.decisionId))).toEqual(ids(100).filter(isInAuditSample))
  })
})

describe('given decisions of which it is known whether they are right', () => {
  const [right, wrong] = [ids(2_000, 'r'), ids(2_000, 'w')]
  // Each of a rule of its own, so that all are audited.
  const answered = (decisions: ReadonlyArray<string>) =>
    answersOf(
      decisions.flatMap((id) => banned(id, `rule-${id}`)),
      { wrongful: wrong },
    )

  test('then 3 % of the right ones are called wrong, and 10 % of the wrong ones right', () => {
    expect(verdicts(answered(right), 'wrong') / right.length).toBeCloseTo(0.03, 1.7)
    expect(verdicts(answered(wrong), 'right') / wrong.length).toBeCloseTo(0.1, 1.7)
  })

  test('then a verdict does not depend on which others there are', () => {
    const all = answered([...right.slice(0, 50), ...wrong.slice(0, 50)])
    expect([...answered(right.slice(0, 50)), ...answered(wrong.slice(0, 50))]).toEqual(all)
  })

  test('when only a person can settle them, then the reviewer is not sure of most', () => {
    const answers = answersOf(
      right.slice(0, 200).flatMap((id) => banned(id, `rule-${id}`)),
      { review: right },
    )
    expect(verdicts(answers, 'unsure')).toBeGreaterThan(180)
  })
})
