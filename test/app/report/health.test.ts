import { createHash } from 'node:crypto'
import { copyFileSync, rmSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { dispatchFile, writeDispatched } from '../../../src/app/dispatch/progress-file.ts'
import { reportHealth } from '../../../src/app/report/health.ts'
import { healthJson } from '../../../src/app/report/health-json.ts'
import { watchFile } from '../../../src/app/watch/state-file.ts'
import { healthLines } from '../../../src/cli/report/health-lines.ts'
import { openDeadLetters } from '../../../src/ingest/dead-letters/open.ts'
import { openExisting, openLedger } from '../../../src/ledger/open.ts'
import { publishedFile } from '../../../src/projection/files.ts'
import { flag, unwrap } from '../../ledger/events.ts'
import { service } from '../../replay/histories.ts'
import { DAY, at as day, event } from '../../reports/health/looking.ts'
import { recordAt, requested } from '../dispatch/requesting.ts'
import { errorOf, RECORDED, recordAndProject, recordIncoming, useCaseFolder } from '../use-case.ts'
import { watched } from '../watch/watching.ts'

const at = useCaseFolder()
const banned = service.banned('u1', DAY, { decisionId: 'd-u1' })
const appealed = event('appeal.filed.v1', 'u1', 5, { appealId: 'a-u1', decisionId: 'd-u1' })
const look = (now = RECORDED) => reportHealth({ data: at('data'), asOf: day(40), now })

/** Saves that all up to an event was sent. */
const sentUpTo = async (sequence: number): Promise<void> => {
  const { ledger, close } = unwrap(await openExisting(at('data')))
  const position = unwrap(await ledger.positionAt(sequence))
  const leaf = position === null ? undefined : unwrap(await ledger.at(position))?.leafHash
  await close()
  unwrap(await writeDispatched(at('data'), { sequence, leaf: leaf ?? 'none' }))
}

const bytes = Buffer.from('no event')
const sighting = {
  sha256: createHash('sha256').update(bytes).digest('hex'),
  raw: bytes,
  length: bytes.length,
  rejection: { code: 'not_json', path: '', message: 'not JSON' },
  origin: 'test',
} as const

describe('given a projected ledger', () => {
  test('when a message was rejected too, then health reports both', async () => {
    await recordAndProject(at('data'), [banned, appealed])
    const letters = unwrap(await openDeadLetters(at('data'), () => RECORDED))
    unwrap(letters.record({ sightings: [sighting] }))
    letters.close()

    expect(unwrap(await look())).toMatchObject({
      asOf: day(40),
      spikes: [],
      appeals: { count: 1, oldest: [{ appealId: 'a-u1', account: 'u1' }] },
      lag: { projected: 2, head: 2, recordedAt: RECORDED },
      clock: { now: RECORDED, lastRecorded: RECORDED, isBehind: false },
      stopped: [],
      damaged: [],
      deadLetters: [{ code: 'not_json', count: 1 }],
    })
  })

  test('when more was recorded since and the clock was set back, then it reports how far both are behind', async () => {
    await recordAndProject(at('data'), [banned])
    await recordIncoming(at('data'), [appealed])

    const health = unwrap(await look(RECORDED - 3_600_000))

    expect(health.lag).toEqual({ projected: 1, head: 2, recordedAt: RECORDED })
    expect(health.clock).toMatchObject({ lastRecorded: RECORDED, isBehind: true })
    expect(health.appeals.count).toBe(0)
  })

  test('when nobody has watched the ledger, then it says so; afterwards, how far the watch is behind, and for how long', async () => {
    await recordAndProject(at('data'), [banned])
    const unwatched = unwrap(await look())
    expect(unwatched.watch).toBeNull()
    expect(healthLines(unwatched).join()).toContain('nobody watches this ledger with this data folder;')
    await watched(at('data'), { clock: () => RECORDED + 1_000 })
    expect(unwrap(await look()).watch).toEqual({ watched: 2, head: 2, oldest: 0 })
    let now = RECORDED + 2_000
    const { ledger, close } = unwrap(await openLedger(at('data'), { clock: () => now }))
    for (const id of ['later', 'last']) {
      const one = flag(id)
      unwrap(await ledger.append([{ stream: one.stream, expectedRevision: 'any', events: [one] }]))
      now += 60_000
    }
    await close()
    const health = unwrap(await look(now))
    expect(health.watch).toEqual({ watched: 2, head: 4, oldest: 60_000 })
    expect(healthJson(health).watchLag).toEqual({ events: 2, watched: 2, head: 4, oldestSeconds: 60 })
    expect(healthLines(health)).toContain(
      '  2 events behind: at sequence 2 of 4, the oldest for 60 s; is redress watch running?',
    )

    // What it remembers of another ledger, or what cannot be read, says nothing of this one.
    await recordIncoming(at('other'), [appealed])
    await watched(at('other'), { clock: () => RECORDED + 1_500 })
    copyFileSync(watchFile(at('other')), watchFile(at('data')))
    expect(unwrap(await look(now)).watch).toBeNull()
    writeFileSync(watchFile(at('data')), '{')
    expect(unwrap(await look(now)).watch).toBeNull()
  })

  test('when requests wait to be sent to services, then it says how many, and for how long; without any, nothing', async () => {
    await recordAndProject(at('data'), [banned])
    expect(unwrap(await look()).dispatch).toBeNull()
    await recordAt(at('data'), () => RECORDED + 1_000, requested('r1', 'u1'))
    await recordAt(at('data'), () => RECORDED + 61_000, requested('r2', 'u2'))
    await recordAndProject(at('data'), [])
    const unsent = unwrap(await look())
    expect(unsent.dispatch).toEqual({ sent: null, waiting: 2, oldest: 60_000 })
    expect(healthLines(unsent).join()).toContain('nobody sends them with this data folder (2 requests')

    // What the dispatcher of another ledger saved, or what cannot be read, says nothing of this one.
    writeFileSync(dispatchFile(at('data')), '{')
    expect(unwrap(await look()).dispatch).toMatchObject({ sent: null })
    unwrap(await writeDispatched(at('data'), { sequence: 2, leaf: 'ab'.repeat(32) }))
    expect(unwrap(await look()).dispatch).toMatchObject({ sent: null })

    await sentUpTo(2)
    const health = unwrap(await look())
    expect(health.dispatch).toEqual({ sent: 2, waiting: 1, oldest: 0 })
    expect(healthJson(health).dispatchLag).toEqual({ sent: 2, waiting: 1, oldestSeconds: 0 })
    expect(healthLines(health)).toContain(
      '  1 request or withdrawal waits to be sent, the oldest for 0 s; is redress dispatch running?',
    )
    await sentUpTo(3)
    expect(healthLines(unwrap(await look()))).toContain('  all are sent')
  })

  test('when the dead letters are not a database, then that is an error', async () => {
    await recordAndProject(at('data'), [banned])
    writeFileSync(at('data/dead-letters.db'), 'garbage')
    expect(errorOf(await look())).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('reading or writing the dead letters failed: dead-letters.db is not'),
    })
  })

  test('when the ledger is missing, then that is an error', async () => {
    await recordAndProject(at('data'), [banned])
    for (const name of ['ledger.db', 'ledger.db-wal', 'ledger.db-shm']) {
      rmSync(at(`data/${name}`), { force: true })
    }
    expect(errorOf(await look())).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('ledger.db is missing'),
    })
  })
})

test('given nothing projected, then the error says what to do', async () => {
  await recordIncoming(at('data'), [banned])
  expect(errorOf(await look())).toEqual({
    kind: 'failed',
    message: `nothing is projected in ${at('data')} yet: run redress project, or name another folder with --data`,
  })
})

test('given projections of another ledger, then they are refused', async () => {
  await recordAndProject(at('other'), [banned, appealed])
  await recordIncoming(at('data'), [banned])
  copyFileSync(publishedFile(at('other')), publishedFile(at('data')))

  expect(errorOf(await look())).toEqual({
    kind: 'failed',
    message: 'the projections were made from another ledger; run redress project first',
  })
})
