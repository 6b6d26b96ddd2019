import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { beforeEach, describe, expect, test } from 'vitest'
import { type DemoOptions, runDemo } from '../../../src/app/demo/demo.ts'
import { rescoredOutcome } from '../../../src/app/demo/rescored.ts'
import { openExisting } from '../../../src/ledger/open.ts'
import { parseCorrection } from '../../../src/replay/correction/document.ts'
import { unwrap } from '../../ledger/events.ts'
import { errorOf, useCaseFolder } from '../use-case.ts'

const at = useCaseFolder()
const RECORDED = Date.UTC(2026, 0, 1)

const demo = (options: Partial<DemoOptions> = {}) =>
  runDemo({
    ...{ folder: at('demo'), seed: 1, accounts: 1_000, clock: () => RECORDED },
    ...{ onSimulate: () => {}, onIngest: () => {}, onRead: () => {} },
    ...options,
  })

describe('given a simulated platform', () => {
  test('when the demo runs, then it finds exactly who must be reinstated, and returns everything that the report needs', async () => {
    const { ingested, score, summary, story, result, files } = unwrap(await demo())
    expect(score).toMatchObject({ precision: 1, recall: 1 })
    expect(score).toMatchObject({ found: score.truth, right: score.truth })
    expect(score.truth).toBeGreaterThan(0)
    expect(ingested.accepted).toBe(summary.sequence)
    expect(ingested.rejected).toBe(0)
    expect(result.blame.length).toBeGreaterThan(0)
    const storyRows = result.rows.all().filter(({ account }) => account === story?.accountId)
    expect(storyRows.map(({ remedy }) => remedy)).toContain('reinstate')
    expect(readdirSync(files.result)).toContain('summary.json')
    expect(JSON.parse(readFileSync(files.truth, 'utf8')).accounts).toBe(1_000)
  })

  test('then a second platform is replayed by a correction, whose outcomes are all there and add up', async () => {
    const { rescored, files } = unwrap(await demo())
    expect(rescored.score).toMatchObject({ precision: 1, recall: 1 })
    expect(rescored.score.truth).toBeGreaterThan(0)
    const { decisions, ...outcome } = rescoredOutcome(rescored.result)
    for (const count of Object.values(outcome)) expect(count).toBeGreaterThan(0)
    expect(Object.values(outcome).reduce((sum, count) => sum + count)).toBe(decisions)
    expect(rescored.summary.correction?.id).toBe('detector-rescored')
    expect(readdirSync(files.rescored.result)).toContain('summary.json')
    const written = unwrap(parseCorrection(readFileSync(files.rescored.correction, 'utf8')))
    expect(written.document).toEqual(rescored.summary.correction)
  })

  test('then its ledger holds what was accepted, recorded by the clock that was given', async () => {
    const { ingested, story, files } = unwrap(await demo())
    expect(readdirSync(files.data).filter((name) => name.endsWith('-wal'))).toEqual([])
    const { ledger, close } = unwrap(await openExisting(files.data))
    const head = unwrap(await ledger.head())
    await close()
    expect(head).toMatchObject({ sequence: ingested.accepted })
    expect(new Set(story?.events.map(({ recordedat }) => Date.parse(recordedat)))).toEqual(
      new Set([RECORDED]),
    )
  })

  test('then the progress of each part is reported, one after the other', async () => {
    const progress: (readonly [string, number, number])[] = []
    const tell =
      (part: string) =>
      (done: number, total: number): void => {
        progress.push([part, done, total])
      }
    unwrap(await demo({ onSimulate: tell('simulate'), onIngest: tell('ingest'), onRead: tell('read') }))
    const parts = progress.map(([part]) => part).filter((part, i, all) => part !== all[i - 1])
    expect(parts).toEqual(['simulate', 'ingest', 'read'])
    for (const [, done, total] of progress) expect(done).toBeLessThanOrEqual(total)
    for (const part of ['ingest', 'read']) {
      const [, done, total] = progress.findLast(([of]) => of === part) ?? []
      expect(done).toBe(total)
    }
  })

  test('when it runs again in the same folder, then it replaces its earlier files, and finds the same', async () => {
    const first = unwrap(await demo())
    const second = unwrap(await demo())
    expect(second.result.digest).toBe(first.result.digest)
    expect(second.ingested).toEqual(first.ingested)
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
