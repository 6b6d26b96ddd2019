import { describe, expect, test } from 'vitest'
import { remediations } from '../../projections/remediations.ts'
import type { EventType } from '../../src/domain/event.ts'
import { happened } from '../domain/happenings.ts'

const about = { subject: 'i1' }
const of = { incidentId: 'i1', remediationId: 'i1-1' }
const opened = happened('incident.opened.v1', { incidentId: 'i1' }, about)
const planned = happened(
  'remediation.planned.v1',
  {
    ...{ ...of, by: 'ana', sequence: 40, digest: 'cd'.repeat(32), correctionSha256: 'ab'.repeat(32) },
    ...{ planSha256: 'ef'.repeat(32), waves: [10, 311] },
    counts: {
      ...{ accounts: 311, reinstate: 275, restore: 616, annul: 93, change: 2, flags: 40 },
      ...{ review: 144, excepted: 3, sample: 2 },
    },
  },
  { ...about, recorded: 2 },
)
const sampled = (decisionId: string, by: string, verdict: string) =>
  happened('remediation.sampled.v1', { ...of, decisionId, by, verdict }, about)
const reviewed = (decisionId: string) =>
  happened(
    'remediation.reviewed.v1',
    { ...of, decisionId, resolution: 'keep', restriction: undefined, by: 'ben' },
    about,
  )

const row = {
  incident_id: 'i1',
  remediation_id: 'i1-1',
  planned_at: '2025-05-02T00:00:00.000Z',
  planned_by: 'ana',
  as_of_sequence: 40,
  digest: 'cd'.repeat(32),
  correction_sha256: 'ab'.repeat(32),
  plan_sha256: 'ef'.repeat(32),
  ...{ accounts: 311, reinstate: 275, restore: 616, annul: 93, change: 2, flags: 40, review: 144 },
  excepted: 3,
  exceptions_sha256: null,
  waves: [10, 311],
  ...{ sample_size: 2, sample_settled: 0, verdicts: 0, disagreements: 0, reviewed: 0 },
  state: 'planned',
  ...{ approved_at: null, approved_by: null, authenticated: null, tolerance: null, reason: null },
  ...{ waves_started: 0, last_wave_at: null, paused_at: null, paused_by: null, pause_reason: null },
  ...{ ended_at: null, ended_by: null, end_reason: null },
}

describe('given the events of an incident', () => {
  test('when a remediation was planned, then its row has the plan', () => {
    expect(remediations.fold([opened, planned])).toEqual([row])
  })

  test('when people judge its sample and approve it, then its row says so', () => {
    const judged = [
      ...['ben', 'cleo'].map((by) => sampled('d1', by, 'agree')),
      ...['ben', 'cleo'].map((by) => sampled('d2', by, 'unsure')),
      // The planner's does not count.
      sampled('d2', 'ana', 'agree'),
      reviewed('d9'),
      reviewed('d9'),
    ]
    const state = { ...row, sample_settled: 2, verdicts: 4, disagreements: 1, reviewed: 1 }
    expect(remediations.fold([opened, planned, ...judged])).toEqual([state])

    const approved = happened(
      'remediation.approved.v1',
      {
        ...{ ...of, planSha256: 'ef'.repeat(32), by: 'dora', authenticated: false, tolerance: 1 },
        ...{ verdicts: 4, disagreements: 1, reason: 'one was a ban for another reason' },
      },
      { ...about, recorded: 5 },
    )
    const done = {
      ...{ ...state, state: 'approved' },
      ...{ approved_at: '2025-05-05T00:00:00.000Z', approved_by: 'dora', authenticated: false },
      ...{ tolerance: 1, reason: 'one was a ban for another reason' },
    }
    expect(remediations.fold([opened, planned, ...judged, approved])).toEqual([done])

    const act = (type: EventType, recorded: number, data: object = {}) =>
      happened(type, { ...of, by: 'eve', ...data }, { ...about, recorded })
    const carriedOut = [
      act('remediation.wave_started.v1', 6, { wave: 1 }),
      act('remediation.paused.v1', 7, { reason: 'too many' }),
      act('remediation.cancelled.v1', 8),
    ]
    expect(remediations.fold([opened, planned, ...judged, approved, ...carriedOut])).toEqual([
      {
        ...{ ...done, state: 'cancelled', waves_started: 1, last_wave_at: '2025-05-06T00:00:00.000Z' },
        ...{ paused_at: '2025-05-07T00:00:00.000Z', paused_by: 'eve', pause_reason: 'too many' },
        ...{ ended_at: '2025-05-08T00:00:00.000Z', ended_by: 'eve' },
      },
    ])
  })

  test('when nothing was planned, or the incident was never opened, then there is no row', () => {
    expect(remediations.fold([opened])).toEqual([])
    expect(remediations.fold([planned])).toEqual([])
  })
})
