import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Demo, type DemoOptions, runDemo } from '../../../src/app/demo/demo.ts'
import { rescoredOutcome } from '../../../src/app/demo/rescored.ts'
import { listTripwires } from '../../../src/app/tripwires/list.ts'
import { openExisting } from '../../../src/ledger/open.ts'
import { parseCorrection } from '../../../src/replay/correction/document.ts'
import { unwrap } from '../../ledger/events.ts'
import { errorOf, useCaseFolder } from '../use-case.ts'

const at = useCaseFolder()

const demo = (options: Partial<DemoOptions> = {}) =>
  runDemo({
    ...{ folder: at('demo'), seed: 1, accounts: 1_000 },
    ...{ onSimulate: () => {}, onRecord: () => {}, onRead: () => {} },
    ...options,
  })

describe('given a simulated platform', () => {
  // A demo takes long, so its tests look at one.
  let ran: Demo
  let folder = ''
  const progress: (readonly [string, number, number])[] = []
  const tell =
    (part: string) =>
    (done: number, total: number): void => {
      progress.push([part, done, total])
    }
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'redress-demo-'))
    const telling = { onSimulate: tell('simulate'), onRecord: tell('record'), onRead: tell('read') }
    ran = unwrap(await demo({ folder: join(folder, 'demo'), ...telling }))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  test('when the demo runs, then it finds exactly who must be reinstated, and returns everything that the report needs', () => {
    const { recorded, score, story, result, files } = ran
    expect(score).toMatchObject({ precision: 1, recall: 1 })
    expect(score).toMatchObject({ found: score.truth, right: score.truth })
    expect(score.truth).toBeGreaterThan(0)
    expect(recorded.tally.accepted).toBeGreaterThan(0)
    expect(recorded.tally.rejected).toBe(0)
    expect(result.blame.length).toBeGreaterThan(0)
    const storyRows = result.rows.all().filter(({ account }) => account === story?.accountId)
    expect(storyRows.map(({ remedy }) => remedy)).toContain('reinstate')
    expect(readdirSync(files.result)).toContain('summary.json')
    expect(JSON.parse(readFileSync(files.truth, 'utf8')).accounts).toBe(1_000)
  })

  test('then a second platform is replayed by a correction, whose outcomes are all there and add up', () => {
    const { rescored, files } = ran
    expect(rescored.score).toMatchObject({ precision: 1, recall: 1 })
    expect(rescored.score.truth).toBeGreaterThan(0)
    const { decisions, ...outcome } = rescoredOutcome(rescored.result)
    for (const count of Object.values(outcome)) expect(count).toBeGreaterThan(0)
    expect(Object.values(outcome).reduce((sum, count) => sum + count)).toBe(decisions)
    expect(rescored.summary.correction?.id).toBe('detector-rescored')
    expect(readdirSync(files.rescored.result)).toContain('summary.json')
    const written = unwrap(parseCorrection(readFileSync(files.rescored.correction, 'utf8')))
    expect(written.document).toMatchObject({ ...rescored.summary.correction })
  })

  test('then each alarm is about what led to wrongful decisions, which are before it or would have been spared', () => {
    const { alarms, falseAlarms, wrongful, spared } = ran.sounded
    expect(alarms.map(({ alarm }) => alarm.family)).toContain('counterfactual')
    expect(falseAlarms).toEqual([])
    for (const { alarm, firstWrongful, before } of alarms) {
      expect(firstWrongful).toBeLessThan(alarm.at)
      expect(before).toBeGreaterThan(0)
    }
    expect(spared).toBeGreaterThan(wrongful / 4)
    expect(spared).toBeLessThanOrEqual(alarms.reduce((sum, one) => sum + one.spared, 0))
    const truth = JSON.parse(readFileSync(ran.files.truth, 'utf8'))
    expect(wrongful).toBe(truth.wrongful.length)
  })

  test('then its ledger was recorded in simulated time, and it says what was noticed before the replay', async () => {
    const { recorded, story, files } = ran
    expect(readdirSync(files.data).filter((name) => name.endsWith('-wal'))).toEqual([])
    const { ledger, close } = unwrap(await openExisting(files.data))
    const { sequence } = unwrap(await ledger.head())
    await close()
    expect(sequence).toBeGreaterThanOrEqual(recorded.tally.accepted + recorded.publications)
    expect(new Set(story?.events.map(({ recordedat }) => recordedat.slice(0, 7)))).toContain('2025-05')
    expect(recorded.refusals).toMatchObject([
      { version: '2025-04-28', anyway: { reason: 'only wording changes' } },
    ])
    const { tripped } = unwrap(await listTripwires({ data: files.data, at: null, onProgress: () => {} }))
    expect(recorded.tripped).toEqual(tripped)
    expect(tripped.map(({ wire }) => wire)).toContain('unknown_version')
  })

  test('then the progress of each part is reported, one after the other', () => {
    const parts = progress.map(([part]) => part).filter((part, i, all) => part !== all[i - 1])
    expect(parts).toEqual(['simulate', 'record', 'read'])
    for (const [, done, total] of progress) expect(done).toBeLessThanOrEqual(total)
    const [, read, total] = progress.findLast(([of]) => of === 'read') ?? []
    expect(read).toBe(total)
  })

  test('when it runs again in the same folder, then it replaces its earlier files, and finds the same', async () => {
    const { digest } = ran.result
    const second = unwrap(await demo({ folder: join(folder, 'demo') }))
    expect(second.result.digest).toBe(digest)
    expect(second.recorded).toEqual(ran.recorded)
  })
})

describe('given a folder that the demo cannot use', () => {
  beforeEach(() => mkdirSync(at('mine')))

  test('when it contains something else, then that is the error, and it is not changed', async () => {
    writeFileSync(at('mine/truth.json'), 'precious')
    expect(errorOf(await demo({ folder: at('mine') }))).toEqual({
      kind: 'invalid',
      message: `${at('mine')} is not empty, and not the folder of an earlier demo: choose another one`,
      options: ['out'],
    })
    expect(readdirSync(at('mine'))).toEqual(['truth.json'])
    expect(readFileSync(at('mine/truth.json'), 'utf8')).toBe('precious')
  })

  test('when it is a file, then that is the error', async () => {
    writeFileSync(at('mine/file'), 'precious')
    expect(errorOf(await demo({ folder: at('mine/file') }))).toEqual({
      kind: 'failed',
      message: `cannot write ${at('mine/file')}: it is a file, not a folder; name a folder`,
    })
  })

  test('when part of it cannot be written, then that is the error, and nothing is thrown', async () => {
    // A folder in the place of the note that the demo leaves.
    mkdirSync(at('mine/about-this-demo.txt'))
    expect(errorOf(await demo({ folder: at('mine') }))).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('about-this-demo.txt'),
    })
  })
})
