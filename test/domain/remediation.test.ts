import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { StoredEvent } from '../../src/domain/event.ts'
import type { SampleVerdict } from '../../src/domain/events/remediation-sampled.ts'
import {
  finalVerdict,
  type Remediation,
  type RemediationEvent,
  remediationsOf,
  sampleState,
  stateOfRemediation,
  whyNotApproved,
  whyNotJudged,
} from '../../src/domain/remediation.ts'
import { happened } from './happenings.ts'

const about = { subject: 'i1' }
const ids = { incidentId: 'i1', remediationId: 'i1-1' }
const PLAN = 'ef'.repeat(32)
const OTHER = '00'.repeat(32)

const planned = (sample: number) => {
  const counts = {
    accounts: 9,
    reinstate: 9,
    restore: 0,
    annul: 0,
    change: 0,
    flags: 0,
    review: 3,
    excepted: 0,
  }
  return happened(
    'remediation.planned.v1',
    { ...ids, planSha256: PLAN, counts: { ...counts, sample }, by: 'ana' },
    about,
  )
}
const sampled = (by: string, decisionId: string, verdict: SampleVerdict) =>
  happened('remediation.sampled.v1', { ...ids, decisionId, verdict, by }, about)
const approved = (by: string, how: { planSha256?: string; tolerance?: number; reason?: string } = {}) =>
  happened('remediation.approved.v1', approvalBy(by, how), about)
const approvalBy = (by: string, how: object = {}): StoredEvent<'remediation.approved.v1'>['data'] =>
  // Cast: test data.
  ({
    ...ids,
    planSha256: PLAN,
    tolerance: 0,
    by,
    authenticated: false,
    verdicts: 0,
    disagreements: 0,
    ...how,
  }) as never

const foldOf = (events: ReadonlyArray<RemediationEvent>): Remediation => {
  const [remediation] = remediationsOf(events)
  if (remediation === undefined) throw new Error('nothing was planned')
  return remediation
}

describe('given a plan with a sample of two decisions', () => {
  const plan = planned(2)
  const both = (by: string) => [sampled(by, 'd1', 'agree'), sampled(by, 'd2', 'agree')]

  test('when two people agree on both, then another than the planner can approve it, once', () => {
    const judged = foldOf([plan, ...both('bo'), ...both('cy')])
    expect(sampleState(judged)).toEqual({ size: 2, settled: 2, disagreements: 0, verdicts: 4 })
    expect(whyNotApproved(judged, approvalBy('ana'))).toEqual({ kind: 'planned_it' })
    expect(whyNotApproved(judged, approvalBy('di'))).toBeNull()
    const done = foldOf([plan, ...both('bo'), ...both('cy'), approved('di')])
    expect(done.approved?.data.by).toBe('di')
    expect(whyNotApproved(done, approvalBy('eve'))).toEqual({ kind: 'approved_before', by: 'di' })
    expect(whyNotJudged(done, 'd1', 'eve')).toBe('approved')
  })

  test('when the sample is not judged, then nobody can approve it, and an approval counts for nothing', () => {
    const half = [plan, ...both('bo'), sampled('cy', 'd1', 'agree')]
    expect(whyNotApproved(foldOf(half), approvalBy('di'))).toEqual({ kind: 'sample_not_judged', missing: 1 })
    expect(foldOf([...half, approved('di')]).approved).toBeNull()
  })

  test('when two disagree with each other, then a third decides, and nobody judges it after that', () => {
    const split = [plan, sampled('bo', 'd1', 'agree'), sampled('cy', 'd1', 'disagree')]
    expect(whyNotJudged(foldOf(split), 'd1', 'bo')).toBe('judged_before')
    expect(whyNotJudged(foldOf(split), 'd1', 'ana')).toBe('planned_it')
    expect(whyNotJudged(foldOf(split), 'd1', 'di')).toBeNull()
    const decided = foldOf([...split, sampled('di', 'd1', 'unsure')])
    expect(whyNotJudged(decided, 'd1', 'eve')).toBe('settled')
    expect(sampleState(decided)).toEqual({ size: 2, settled: 1, disagreements: 1, verdicts: 3 })
  })

  test('when one is not to be reversed, then it takes a tolerance and a reason', () => {
    const judged = foldOf([
      ...[plan, sampled('bo', 'd1', 'agree'), sampled('cy', 'd1', 'agree')],
      ...[sampled('bo', 'd2', 'unsure'), sampled('cy', 'd2', 'unsure')],
    ])
    expect(whyNotApproved(judged, approvalBy('di'))).toEqual({
      kind: 'too_many_disagreements',
      disagreements: 1,
    })
    expect(whyNotApproved(judged, approvalBy('di', { tolerance: 1 }))).toEqual({
      kind: 'tolerance_without_reason',
    })
    expect(whyNotApproved(judged, approvalBy('di', { tolerance: 1, reason: 'one was spam' }))).toBeNull()
  })

  test('when the approval is of another plan, then it does not count', () => {
    const judged = [plan, ...both('bo'), ...both('cy')]
    expect(foldOf([...judged, approved('di', { planSha256: OTHER })]).approved).toBeNull()
  })

  const settled = (resolution: string) =>
    happened(
      'remediation.reviewed.v1',
      { ...ids, decisionId: 'd9', resolution, restriction: undefined, by: 'bo' },
      about,
    )

  test('when a person settles a row again, then the last word counts', () => {
    expect(foldOf([plan, settled('keep'), settled('put_back')]).reviewed.get('d9')?.resolution).toBe(
      'put_back',
    )
  })

  test('when people settle very many rows, then each counts, and it does not take long', () => {
    const one = settled('keep')
    const rows = Array.from({ length: 30_000 }, (_, i) => {
      // Cast: an id of another decision, in its form.
      const decisionId = `d${i}` as typeof one.data.decisionId
      return { ...one, data: { ...one.data, decisionId } }
    })
    expect(foldOf([plan, ...rows]).reviewed.size).toBe(rows.length)
  })

  test('when names differ only in how they are written, then they are of one person', () => {
    const judged = foldOf([plan, ...both('bo'), ...both('BO ')])
    expect(sampleState(judged)).toMatchObject({ settled: 0, verdicts: 2 })
    expect(whyNotApproved(judged, approvalBy('ＡＮＡ'))).toEqual({ kind: 'planned_it' })
  })

  test('when nothing was sampled although something is asked for, then it takes a reason', () => {
    const none = foldOf([planned(0)])
    expect(whyNotApproved(none, approvalBy('di'))).toEqual({ kind: 'nothing_sampled_without_reason' })
    expect(whyNotApproved(none, approvalBy('di', { reason: 'the rule is gone' }))).toBeNull()
  })

  test('when it is planned again under its id, then the first plan counts', () => {
    expect(foldOf([plan, planned(7)]).planned.data.counts.sample).toBe(2)
  })
})

describe('given an approved plan', () => {
  const judged = ['bo', 'cy'].flatMap((by) => [sampled(by, 'd1', 'agree'), sampled(by, 'd2', 'agree')])
  const plan = [planned(2), ...judged]
  const act = (type: RemediationEvent['type'], data: object = {}) =>
    happened(type, { ...ids, by: 'eve', ...data }, about) as RemediationEvent // of that very type
  const wave = (number: number) => act('remediation.wave_started.v1', { wave: number })
  const pause = (reason: string) => act('remediation.paused.v1', { reason })
  const resume = act('remediation.resumed.v1')
  const cancel = act('remediation.cancelled.v1')
  const complete = act('remediation.completed.v1')
  const approval = approved('di')
  const since = (...events: ReadonlyArray<RemediationEvent>) => foldOf([...plan, approval, ...events])

  test('when waves are started, then each counts once, and only as the next', () => {
    expect(stateOfRemediation(foldOf(plan))).toBe('planned')
    expect(stateOfRemediation(since())).toBe('approved')
    const going = since(wave(2), wave(1), wave(1), wave(2))
    expect(going.waves.map(({ data }) => data.wave)).toEqual([1, 2])
    expect(stateOfRemediation(going)).toBe('running')
  })

  test('when it is paused, then no wave starts until it is resumed, as often as that happens', () => {
    const paused = since(wave(1), pause('too many'), pause('again'), wave(2))
    expect(paused.paused?.data.reason).toBe('too many')
    expect([stateOfRemediation(paused), paused.waves.length]).toEqual(['paused', 1])
    const resumed = since(wave(1), pause('a'), resume, resume, wave(2))
    expect([stateOfRemediation(resumed), resumed.waves.length]).toEqual(['running', 2])
    expect(since(pause('a'), resume, pause('b')).paused?.data.reason).toBe('b')
  })

  test('when it has ended, then nothing that comes after counts', () => {
    const events = [wave(1), pause('a'), cancel]
    expect(stateOfRemediation(since(...events))).toBe('cancelled')
    expect(since(...events, resume, wave(2), complete)).toEqual(since(...events))
    expect(stateOfRemediation(since(wave(1), complete, cancel))).toBe('completed')
  })

  test('when it is not approved yet, then nothing of this counts', () => {
    const early = foldOf([...plan, wave(1), pause('a'), cancel, approval])
    expect(early).toEqual(since())
  })
})

test('given people who do anything in any order, then no rule is ever broken', () => {
  const person = fc.constantFrom('ana', 'bo', 'cy', 'di')
  const act = fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .tuple(
          person,
          fc.constantFrom('d1', 'd2'),
          fc.constantFrom<SampleVerdict[]>('agree', 'agree', 'disagree', 'unsure'),
        )
        .map((said) => sampled(...said)),
    },
    fc
      .tuple(
        person,
        fc.record({
          planSha256: fc.constantFrom(PLAN, PLAN, OTHER),
          tolerance: fc.nat(2),
          reason: fc.constantFrom('x', undefined),
        }),
      )
      .map(([by, { reason, ...how }]) => approved(by, reason === undefined ? how : { ...how, reason })),
  )
  const careful = ['bo', 'cy'].flatMap((by) => [sampled(by, 'd1', 'agree'), sampled(by, 'd2', 'agree')])
  const anyOrder = fc.array(act, { maxLength: 6 }).chain((acts) => {
    const all = [...acts, ...careful, approved('di')]
    return fc.shuffledSubarray(all, { minLength: all.length })
  })
  let approvals = 0
  fc.assert(
    fc.property(anyOrder, (acts) => {
      const events: RemediationEvent[] = [planned(2)]
      for (const event of acts) {
        const before = foldOf(events)
        events.push(event)
        const now = foldOf(events)
        for (const given of now.verdicts.values()) {
          const people = given.map(({ by }) => by)
          expect(new Set(people).size).toBe(people.length)
          expect(people).not.toContain('ana')
          expect(given.length).toBeLessThanOrEqual(3)
          if (given.length === 3) expect(finalVerdict(given.slice(0, 2))).toBeNull()
        }
        if (before.approved !== null) expect(now).toEqual(before)
        else if (now.approved !== null) {
          approvals++
          const { by, planSha256, tolerance, reason } = now.approved.data
          const { settled, disagreements } = sampleState(before)
          expect([by === 'ana', planSha256, settled]).toEqual([false, PLAN, 2])
          expect(disagreements).toBeLessThanOrEqual(tolerance)
          if (tolerance > 0) expect(reason).toBeDefined()
        }
      }
    }),
    { numRuns: 400 },
  )
  expect(approvals).toBeGreaterThan(10)
})
