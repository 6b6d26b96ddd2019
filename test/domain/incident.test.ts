import { describe, expect, test } from 'vitest'
import { incidentOf } from '../../src/domain/incident.ts'
import { happened } from '../domain/happenings.ts'

const about = { subject: 'i1' }
const opened = happened(
  'incident.opened.v1',
  { incidentId: 'i1', title: 'quilts', openedBy: { kind: 'person', id: 'ana' }, alarmIds: ['a1'] },
  about,
)
const joined = happened('incident.joined.v1', { incidentId: 'i1', alarmId: 'a2' }, about)
const noted = happened('incident.noted.v1', { incidentId: 'i1', by: 'bo' }, about)
const replayed = happened('replay.completed.v1', { incidentId: 'i1' }, about)
const closed = (conclusion: string, day: number) =>
  happened('incident.closed.v1', { incidentId: 'i1', conclusion, by: 'ana' }, { ...about, recorded: day })

describe('given the events of an incident', () => {
  test('when they are folded, then it has everything in order, and its first end counts', () => {
    const events = [opened, joined, noted, replayed, closed('confirmed', 3), closed('false_alarm', 4)]
    expect(incidentOf(events)).toMatchObject({
      ...{ incidentId: 'i1', title: 'quilts', openedBy: { id: 'ana' }, alarmIds: ['a1', 'a2'] },
      ...{ notes: [noted], replays: [replayed] },
      closed: { conclusion: 'confirmed', by: 'ana', at: Date.UTC(2025, 4, 3) },
    })
  })

  test('when it was not closed, then it is open; when it was never opened, then there is none', () => {
    expect(incidentOf([opened, noted])?.closed).toBeNull()
    expect(incidentOf([])).toBeNull()
    expect(incidentOf([noted, closed('confirmed', 3)])).toBeNull()
  })

  test('when it was opened again under its id, then the first opening counts', () => {
    const again = happened('incident.opened.v1', { incidentId: 'i1', title: 'other' }, about)
    expect(incidentOf([opened, again])?.title).toBe('quilts')
  })
})
