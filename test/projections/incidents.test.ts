import { describe, expect, test } from 'vitest'
import { incidents } from '../../projections/incidents.ts'
import { happened } from '../domain/happenings.ts'

const about = { subject: 'i1' }
const opened = happened(
  'incident.opened.v1',
  {
    incidentId: 'i1',
    title: 'quilts are removed',
    openedBy: { kind: 'person', id: 'ana' },
    alarmIds: ['a1'],
    suspects: [{ rule: 'adult.explicit', version: '2025-04-28' }, { detector: { id: 'vision' } }],
  },
  { ...about, recorded: 2 },
)
const events = [
  opened,
  happened('incident.joined.v1', { incidentId: 'i1', alarmId: 'a2' }, about),
  happened('incident.noted.v1', { incidentId: 'i1', by: 'bo' }, about),
  happened(
    'replay.completed.v1',
    {
      ...{ incidentId: 'i1', correctionSha256: 'ab'.repeat(32), sequence: 40, digest: 'cd'.repeat(32) },
      counts: { decisions: 9, wrongful: 5, accounts: 2, contents: 3, review: 1 },
      by: 'cy',
    },
    { ...about, recorded: 4 },
  ),
]
const nothing = {
  ruleset: null,
  rule: null,
  version: null,
  detector: null,
  detector_version: null,
  decided_by_kind: null,
  decided_by: null,
  source: null,
}
const row = {
  incident_id: 'i1',
  title: 'quilts are removed',
  opened_at: '2025-05-02T00:00:00.000Z',
  opened_by_kind: 'person',
  opened_by: 'ana',
  suspects: [
    { ...nothing, rule: 'adult.explicit', version: '2025-04-28' },
    { ...nothing, detector: 'vision' },
  ],
  alarm_ids: ['a1', 'a2'],
  notes: 1,
  replays: [
    {
      ...{ completed_at: '2025-05-04T00:00:00.000Z', by_whom: 'cy', correction_sha256: 'ab'.repeat(32) },
      ...{ as_of_sequence: 40, digest: 'cd'.repeat(32) },
      ...{ decisions: 9, wrongful: 5, accounts: 2, contents: 3, review: 1 },
    },
  ],
  plans: 0,
  closed_at: null,
  closed_by: null,
  conclusion: null,
  summary: null,
}

describe('given the events of an incident', () => {
  test('then its row has what is suspected and what was done', () => {
    expect(incidents.fold(events)).toEqual([row])
  })

  test('when it was closed, then its row says how it ended', () => {
    const closed = happened(
      'incident.closed.v1',
      { incidentId: 'i1', conclusion: 'confirmed', by: 'ana', summary: 'a typo' },
      { ...about, recorded: 5 },
    )
    expect(incidents.fold([...events, closed])).toEqual([
      {
        ...row,
        closed_at: '2025-05-05T00:00:00.000Z',
        closed_by: 'ana',
        conclusion: 'confirmed',
        summary: 'a typo',
      },
    ])
  })

  test('when it was never opened, then it has no row', () => {
    expect(incidents.fold(events.slice(1))).toEqual([])
  })
})
