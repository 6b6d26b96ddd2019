import { describe, expect, test } from 'vitest'
import { projections } from '../../projections/index.ts'
import type { IncidentProjection } from '../../projections/projection.ts'
import type { OwnType } from '../../src/domain/event.ts'
import { Timestamp } from '../../src/domain/time.ts'
import { ownEvent } from '../../src/incidents/own-event.ts'
import { service } from '../replay/histories.ts'
import { appendAll } from '../replay/ledgers.ts'
import { projected, rowsOf, tablesOf, withFolder } from './projecting.ts'

const TIME = '2025-05-01T00:00:00.000Z'

const act = (type: OwnType, incidentId: string, data: object) => {
  if (!Timestamp.is(TIME)) throw new Error(TIME)
  return ownEvent(type, {
    ...{ id: `${type}-${incidentId}`, subject: incidentId, time: TIME },
    data: { incidentId, ...data },
  })
}
const opened = (incidentId: string) =>
  act('incident.opened.v1', incidentId, {
    ...{ title: `about ${incidentId}`, openedBy: { kind: 'person', id: 'ana' } },
    ...{ alarmIds: ['a1'], suspects: [{ rule: 'r1', version: 'v1' }] },
  })
const joined = (incidentId: string) => act('incident.joined.v1', incidentId, { alarmId: 'a2' })
const closed = (incidentId: string) =>
  act('incident.closed.v1', incidentId, { conclusion: 'confirmed', by: 'bo' })

const flagged = service.flagged('u1', 1, { flagId: 'f1', signals: { score: 9 } })

describe('given incidents among the events of accounts', () => {
  test('then each has its row, whatever the runs', async () => {
    const events = [opened('i1'), flagged, opened('i2'), joined('i1'), joined('i2'), closed('i1')]
    const atOnce = await withFolder(async (folder) => {
      await appendAll(folder.open, events)
      await projected(folder)
      const listed = await rowsOf(
        folder.dir,
        `SELECT incident_id, title, alarm_ids, suspects[1].rule AS rule, suspects[1].detector AS detector, conclusion
          FROM incidents ORDER BY incident_id`,
      )
      const common = { alarm_ids: ['a1', 'a2'], rule: 'r1', detector: null }
      expect(listed).toEqual([
        { ...common, incident_id: 'i1', title: 'about i1', conclusion: 'confirmed' },
        { ...common, incident_id: 'i2', title: 'about i2', conclusion: null },
      ])
      expect(await rowsOf(folder.dir, 'SELECT account FROM accounts')).toEqual([{ account: 'u1' }])
      return tablesOf(folder.dir)
    })
    const inPieces = await withFolder(async (folder) => {
      for (const run of [events.slice(0, 3), events.slice(3)]) {
        await appendAll(folder.open, run)
        await projected(folder)
      }
      return tablesOf(folder.dir)
    })
    expect(inPieces).toEqual(atOnce)
  })

  const counted: IncidentProjection = {
    of: 'incident',
    name: 'counted',
    version: 1,
    about: 'for this test',
    columns: { incident_id: { type: 'VARCHAR', about: '' }, n: { type: 'INTEGER', about: '' } },
    fold: (events) => [{ incident_id: events[0]?.subject ?? '', n: events.length }],
    views: [],
  }

  test('when a projection of incidents is new, then it is made from the history', async () => {
    await withFolder(async (folder) => {
      await appendAll(folder.open, [opened('i1'), flagged, opened('i2'), closed('i1')])
      await projected(folder)
      const renewed = await projected(folder, { projections: [...projections, counted] })
      expect(renewed).toMatchObject({ renewed: ['counted'], rebuilt: null, events: 0 })
      expect(await rowsOf(folder.dir, 'FROM counted ORDER BY incident_id')).toEqual([
        { incident_id: 'i1', n: 2 },
        { incident_id: 'i2', n: 1 },
      ])
    })
  })

  test('when a fold throws, then its event is named, and only that projection stops', async () => {
    const brittle: IncidentProjection = {
      ...counted,
      fold: (events) => {
        if (events.some(({ type }) => type === 'incident.closed.v1')) throw new Error('no ends, please')
        return counted.fold(events)
      },
    }
    await withFolder(async (folder) => {
      const end = closed('i1')
      await appendAll(folder.open, [opened('i1'), flagged, end, joined('i1')])
      const { poisons } = await projected(folder, { projections: [...projections, brittle] })
      expect(poisons).toEqual([
        { projection: 'counted', sequence: 3, event: `/redress ${end.id}`, message: 'no ends, please' },
      ])
      expect(await rowsOf(folder.dir, 'SELECT conclusion FROM incidents')).toEqual([
        { conclusion: 'confirmed' },
      ])
    })
  })
})
