import { createHash } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { reportHealth } from '../../../src/app/report/health.ts'
import { openDeadLetters } from '../../../src/ingest/dead-letters/open.ts'
import { publishedFile } from '../../../src/projection/files.ts'
import { service } from '../../replay/histories.ts'
import { unwrap } from '../../replay/ledgers.ts'
import { at, DAY, event } from '../../reports/health/looking.ts'
import { errorOf, quietly, RECORDED, record, recordAndProject, withTemporaryFolder } from '../data-folder.ts'

const banned = service.banned('u1', DAY, { decisionId: 'd-u1' })
const appealed = event('appeal.filed.v1', 'u1', 5, { appealId: 'a-u1', decisionId: 'd-u1' })
const bytes = Buffer.from('no event')
const sighting = {
  sha256: createHash('sha256').update(bytes).digest('hex'),
  raw: bytes,
  length: bytes.length,
  rejection: { code: 'not_json', path: '', message: 'not JSON' },
  origin: 'test',
} as const
const look = (data: string, now = RECORDED) => quietly(data, () => reportHealth({ data, asOf: at(40), now }))

describe('report health', () => {
  test('given a projected ledger and a dead letter, then it tells of both, and nothing is printed or left open', () =>
    withTemporaryFolder(async (data) => {
      await recordAndProject(data, [banned, appealed])
      const letters = unwrap(await openDeadLetters(data, () => RECORDED)())
      unwrap(letters.record({ sightings: [sighting] }))
      letters.close()

      const health = unwrap(await look(data))

      expect(health).toMatchObject({
        asOf: at(40),
        spikes: [],
        appeals: { count: 1, oldest: [{ appealId: 'a-u1', account: 'u1' }] },
        lag: { projected: 2, head: 2, recordedAt: RECORDED },
        clock: { now: RECORDED, lastRecorded: RECORDED, isBehind: false },
        stopped: [],
        damaged: [],
        deadLetters: [{ code: 'not_json', count: 1 }],
      })
    }))

  test('given events that are not projected yet and a clock that was set back, then it tells how far both are behind', () =>
    withTemporaryFolder(async (data) => {
      await recordAndProject(data, [banned])
      await record(data, [appealed])

      const health = unwrap(await look(data, RECORDED - 3_600_000))

      expect(health.lag).toEqual({ projected: 1, head: 2, recordedAt: RECORDED })
      expect(health.clock).toMatchObject({ lastRecorded: RECORDED, isBehind: true })
      expect(health.appeals.count).toBe(0)
    }))

  test('given nothing projected, then the error says what to do', () =>
    withTemporaryFolder(async (data) => {
      await record(data, [banned])
      expect(errorOf(await look(data))).toEqual({
        kind: 'failed',
        message: `nothing is projected in ${data} yet: run redress project, or name another folder with --data`,
      })
    }))

  test('given projections of another ledger, then they are refused', () =>
    withTemporaryFolder((data) =>
      withTemporaryFolder(async (other) => {
        await recordAndProject(other, [banned, appealed])
        await record(data, [banned])
        await copyFile(publishedFile(other), publishedFile(data))

        expect(errorOf(await look(data))).toEqual({
          kind: 'failed',
          message: 'the projections were made from another ledger; run redress project first',
        })
      }),
    ))

  test('given a ledger that is gone, or dead letters that are none, then that is an error', () =>
    withTemporaryFolder(async (data) => {
      await recordAndProject(data, [banned])

      rmSync(join(data, 'dead-letters.db'), { force: true })
      writeFileSync(join(data, 'dead-letters.db'), 'garbage')
      expect(errorOf(await look(data))).toMatchObject({
        kind: 'failed',
        message: expect.stringContaining('the dead letters did not answer: dead-letters.db is not'),
      })

      for (const name of ['ledger.db', 'ledger.db-wal', 'ledger.db-shm'])
        rmSync(join(data, name), { force: true })
      expect(errorOf(await look(data))).toMatchObject({
        kind: 'failed',
        message: expect.stringContaining('ledger.db is missing'),
      })
    }))
})
