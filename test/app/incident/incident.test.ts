import { readFileSync } from 'node:fs'
import { beforeEach, describe, expect, test } from 'vitest'
import { requestHold } from '../../../src/app/hold/request.ts'
import { closeIncident } from '../../../src/app/incident/close.ts'
import { listedJson, listIncidents } from '../../../src/app/incident/list.ts'
import { noteOnIncident } from '../../../src/app/incident/note.ts'
import { openIncident } from '../../../src/app/incident/open.ts'
import { incidentJson, showIncident } from '../../../src/app/incident/show.ts'
import { checkIncident, recordReplay } from '../../../src/app/replay/record.ts'
import type { Suspect } from '../../../src/domain/suspect.ts'
import { formatInstant } from '../../../src/domain/time.ts'
import { openLedger } from '../../../src/ledger/open.ts'
import type { Summary } from '../../../src/replay/result/summary.ts'
import { unwrap } from '../../ledger/events.ts'
import { projected } from '../../projection/projecting.ts'
import { service } from '../../replay/histories.ts'
import { DAY } from '../../reports/health/looking.ts'
import { clock, errorOf, RECORDED, recordIncoming, storedIn, useCaseFolder } from '../use-case.ts'

const path = useCaseFolder()
const place = () => ({ data: path('data'), clock })
// Cast: what the command line made of its options.
const suspects = [{ rule: 'spam', version: 'v2' }] as unknown as ReadonlyArray<Suspect>
const open = (change: object = {}) =>
  openIncident({ ...place(), title: 'quilts are removed', suspects, by: 'ana', ...change })
const note = (incidentId: string, text: string, by = 'ana') =>
  noteOnIncident({ ...place(), incidentId, text, by })
const close = (incidentId: string, change: object = {}) =>
  closeIncident({ ...place(), incidentId, conclusion: 'confirmed', summary: null, by: 'ana', ...change })
const show = async (incidentId: string) =>
  incidentJson(unwrap(await showIncident({ data: path('data'), incidentId })))

const replayed = {
  ...{ correction: null, ruleset: { id: 'rules', version: 'v3', sha256: 'ab'.repeat(32) } },
  ...{ sequence: 1, digest: 'cd'.repeat(32), decisions: 9, review: 1 },
  classes: { wrongful: 3, unexplained_wrongful: 2, upheld: 4 },
  putBack: { accounts: 2, contents: 3 },
} as unknown as Summary

beforeEach(() => recordIncoming(path('data'), [service.banned('u1', DAY, { decisionId: 'd1' })]))

describe('given a ledger', () => {
  test('when an incident is opened, noted on, replayed for and closed, then it shows all of it', async () => {
    const incidentId = unwrap(await open())
    const words = 'the threshold is a typo; u1 told us'
    unwrap(await note(incidentId, words, 'bo'))
    const forIncident = { ...place(), incidentId, by: 'cy' }
    unwrap(await checkIncident(forIncident))
    unwrap(await recordReplay(forIncident, replayed))
    const key = { ruleset: 'rules', rule: 'spam' } as Parameters<typeof requestHold>[0]['key']
    unwrap(await requestHold({ ...place(), key, by: 'ana', reason: 'r' }))
    expect(unwrap(await close(incidentId, { summary: 'a typo' }))).toMatchObject({ kind: 'closed' })

    const at = formatInstant(RECORDED)
    expect(await show(incidentId)).toMatchObject({
      ...{ incidentId, title: 'quilts are removed', openedAt: at, openedBy: { kind: 'person', id: 'ana' } },
      ...{ suspects, alarmIds: [], notes: [{ at, by: 'bo', text: words }] },
      replays: [
        {
          ...{ at, by: 'cy', sequence: 1, digest: replayed.digest, correctionSha256: 'ab'.repeat(32) },
          counts: { decisions: 9, wrongful: 5, accounts: 2, contents: 3, review: 1 },
        },
      ],
      closed: { at, by: 'ana', conclusion: 'confirmed', summary: 'a typo' },
      holds: [{ key }],
    })
    // The note is sealed.
    expect(JSON.stringify(await storedIn(path('data')))).not.toContain(words)
    expect(readFileSync(path('data/vault.db')).includes(words)).toBe(false)
  })

  test('when the same person records the same replay again, then nothing is recorded; another person may', async () => {
    const incidentId = unwrap(await open())
    const by = (name: string) => recordReplay({ ...place(), incidentId, by: name }, replayed)
    expect(unwrap(await by('cy'))).toBe('recorded')
    expect(unwrap(await by('cy'))).toBe('unchanged')
    expect(unwrap(await by('bo'))).toBe('recorded')
    expect((await show(incidentId)).replays.map((one) => one.by)).toEqual(['cy', 'bo'])
  })

  test('when the account with the id of an incident is erased, then its notes stay', async () => {
    const incidentId = unwrap(await open())
    unwrap(await note(incidentId, 'kept'))
    const { keys, close: end } = unwrap(await openLedger(path('data'), { clock }))
    unwrap(await keys.destroy(incidentId))
    await end()
    expect((await show(incidentId)).notes).toMatchObject([{ text: 'kept' }])
  })

  test('when it is closed twice, then nothing is recorded the second time, and no replay for it is', async () => {
    const incidentId = unwrap(await open())
    unwrap(await close(incidentId))
    const before = await storedIn(path('data'))
    expect(unwrap(await close(incidentId, { conclusion: 'false_alarm' }))).toMatchObject({
      kind: 'unchanged',
    })
    expect(errorOf(await checkIncident({ ...place(), incidentId, by: 'ana' }))).toMatchObject({
      kind: 'refused',
      options: ['incident'],
    })
    expect(await storedIn(path('data'))).toEqual(before)
  })

  test('when two are opened and one is closed, then the projections list both, the open one as open', async () => {
    const first = unwrap(await open())
    const second = unwrap(await open({ title: 'another' }))
    expect(second).not.toBe(first)
    unwrap(await close(first))
    const opened = unwrap(await openLedger(path('data'), { clock }))
    await projected({ dir: path('data'), open: opened }).finally(opened.close)
    const { sequence, incidents } = unwrap(await listIncidents(path('data')))
    expect(sequence).toBe(4)
    const at = formatInstant(RECORDED)
    const common = { openedAt: at, openedByKind: 'person', openedBy: 'ana', alarms: 0 }
    expect(incidents.map(listedJson).toSorted((a, b) => a.title.localeCompare(b.title))).toEqual([
      { ...common, incidentId: second, title: 'another', closedAt: null, conclusion: null },
      { ...common, incidentId: first, title: 'quilts are removed', closedAt: at, conclusion: 'confirmed' },
    ])
  })

  test.each([
    [{ by: '' }, 'by'],
    [{ title: 'a\nb' }, 'title'],
    [{ suspects: [] }, 'suspect'],
    [{ suspects: [{ rule: '' }] }, 'suspect'],
  ])(
    'when an incident is opened with %j, then it is refused, and the option is named',
    async (change, option) => {
      expect(errorOf(await open(change))).toMatchObject({ kind: 'invalid', options: [option] })
      expect(await storedIn(path('data'))).toHaveLength(1)
    },
  )

  test('when an incident is not there, then whoever asks is told how to list them', async () => {
    const message = expect.stringContaining('has no incident i9; redress incident list names them')
    for (const answer of [
      await note('i9', 'text'),
      await close('i9'),
      await showIncident({ data: path('data'), incidentId: 'i9' }),
      await checkIncident({ ...place(), incidentId: 'i9', by: 'ana' }),
    ]) {
      expect(errorOf(answer)).toMatchObject({ kind: 'not_found', message })
    }
    const incidentId = unwrap(await open())
    expect(errorOf(await note(incidentId, ' '))).toMatchObject({ kind: 'invalid' })
    expect(errorOf(await close(incidentId, { summary: 'a\nb' }))).toMatchObject({ options: ['summary'] })
  })
})
