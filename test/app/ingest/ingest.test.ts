import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { type IngestOptions, ingestEvents } from '../../../src/app/ingest/ingest.ts'
import { total } from '../../../src/app/ingest/tally.ts'
import { openDeadLettersForReading } from '../../../src/ingest/dead-letters/open.ts'
import { unwrap } from '../../ledger/events.ts'
import { PATIENCE } from '../../patience.ts'
import { errorOf, leftOpenIn, storedIn, useCaseFolder } from '../use-case.ts'
import { goodLine, goodLines } from './lines.ts'

const at = useCaseFolder()
const RECORDED = Date.UTC(2026, 0, 1)
const clock = (): number => RECORDED

const ingest = (options: Pick<IngestOptions, 'source'> & Partial<IngestOptions>) =>
  ingestEvents({
    ...{ data: at('data'), clock, backfill: false, signal: new AbortController().signal },
    ...{ onOpen: () => {}, onCheck: () => {}, onProgress: () => {} },
    ...options,
  })

/** Writes a file and gives its path. */
const file = (name: string, content: string | Uint8Array): string => {
  writeFileSync(at(name), content)
  return at(name)
}

describe('given a file with good lines, a duplicate and bad ones', () => {
  const text = (): string => `${goodLine('e1')}\nnot json\n${goodLine('e2')}\n${goodLine('e1')}\n{}\n`

  test('when it is ingested, then each line is counted, the rejected ones with their reasons', async () => {
    const source = file('events.ndjson', text())
    const { name, tally, lastLine, failure } = unwrap(await ingest({ source }))
    expect({ name, lastLine, failure }).toEqual({ name: source, lastLine: 5, failure: null })
    expect(tally).toMatchObject({ accepted: 2, duplicate: 1, rejected: 2, resolved: 0 })
    expect(total(tally)).toBe(5)
    expect([...tally.reasons.values()].reduce((sum, count) => sum + count, 0)).toBe(2)
    expect(tally.firstRefused.map(({ origin }) => origin)).toEqual([`${source}:2`, `${source}:5`])
  })

  test('then its events and dead letters are on disk, recorded by the given clock, and nothing is open', async () => {
    unwrap(await ingest({ source: file('events.ndjson', text()) }))
    expect(leftOpenIn(at('data'))).toEqual([])
    expect(
      (await storedIn(at('data'))).map(({ id, recordedat }) => ({ id, at: Date.parse(String(recordedat)) })),
    ).toEqual([
      { id: 'e1', at: RECORDED },
      { id: 'e2', at: RECORDED },
    ])
    const letters = unwrap(await openDeadLettersForReading(at('data'), clock))
    expect(unwrap(letters.count({ unresolved: true }))).toBe(2)
    letters.close()
  })

  test('then the start and the number of bytes read are reported', async () => {
    const source = file('events.ndjson', text())
    const calls: unknown[] = []
    await ingest({
      source,
      onOpen: () => calls.push('open'),
      onCheck: () => calls.push('check'),
      onProgress: (done, size) => calls.push([done, size]),
    })
    const { size } = statSync(source)
    expect(calls).toEqual(['open', [0, size], [size, size]])
  })
})

describe('given a compressed file', () => {
  test('when it is ingested, then it is checked to its end first', async () => {
    const source = file('events.ndjson.gz', gzipSync(goodLines(3_000)))
    const calls: (readonly [string, number])[] = []
    const { tally } = unwrap(
      await ingest({
        source,
        onCheck: (done) => calls.push(['check', done]),
        onOpen: () => calls.push(['open', 0]),
        onProgress: (done) => calls.push(['read', done]),
      }),
    )
    expect(tally).toMatchObject({ accepted: 3_000, rejected: 0 })
    const { size } = statSync(source)
    const opened = calls.findIndex(([what]) => what === 'open')
    expect(calls.slice(0, opened).every(([what]) => what === 'check')).toBe(true)
    expect(calls[0]).toEqual(['check', 0])
    expect(calls[opened - 1]).toEqual(['check', size])
    expect(calls[opened + 1]).toEqual(['read', 0])
    expect(calls.at(-1)).toEqual(['read', size])
  })

  test('when it is truncated, then that is an error, and no data folder is made', async () => {
    const source = file('cut.gz', gzipSync(goodLines(3_000)).subarray(0, -20))
    expect(errorOf(await ingest({ source }))).toEqual({
      kind: 'invalid',
      message: `cannot read ${source}: its compressed data is truncated; get a complete copy`,
      details: ['Nothing was ingested.'],
    })
    expect(existsSync(at('data'))).toBe(false)
  })

  test('when it is stopped during the check, then no problem is reported, and nothing is ingested', async () => {
    const source = file('array.gz', gzipSync('[\n1\n]\n'))
    const stop = new AbortController()
    const { tally, lastLine, failure } = unwrap(
      await ingest({ source, signal: stop.signal, onCheck: () => stop.abort() }),
    )
    expect({ count: total(tally), lastLine, failure }).toEqual({ count: 0, lastLine: 0, failure: null })
  })
})

describe('given what cannot be ingested', () => {
  test('when there is no such file, then that is the error', async () => {
    expect(errorOf(await ingest({ source: at('none') }))).toEqual({
      kind: 'not_found',
      message: `cannot read ${at('none')}: there is no such file; check the path`,
    })
  })

  test('when it is a folder, then that is the error', async () => {
    mkdirSync(at('folder'))
    expect(errorOf(await ingest({ source: at('folder') }))).toEqual({
      kind: 'invalid',
      message: `${at('folder')} is a folder; name an NDJSON file`,
      details: ['Nothing was ingested.'],
    })
  })

  test('when its name is too long for the system, then that is an error, and nothing is thrown', async () => {
    expect(errorOf(await ingest({ source: at('x'.repeat(300)) }))).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('its name is too long (ENAMETOOLONG)'),
    })
  })

  test('when it is not NDJSON, then that is the error, and no data folder is made', async () => {
    expect(errorOf(await ingest({ source: file('a.json', '[\n  {}\n]\n') }))).toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('is not NDJSON'),
      details: ['Nothing was ingested.'],
    })
    expect(existsSync(at('data'))).toBe(false)
  })

  test('when the data folder is a file, then that is the error', async () => {
    file('data', 'precious')
    const source = file('events.ndjson', goodLines(1))
    expect(errorOf(await ingest({ source }))).toMatchObject({ kind: 'failed' })
    expect(readFileSync(at('data'), 'utf8')).toBe('precious')
  })
})

describe('given a stream', () => {
  const stream = (...chunks: ReadonlyArray<Uint8Array | string>) => ({
    name: 'pipe',
    open: () => Readable.from(chunks.map((chunk) => Buffer.from(chunk))),
  })

  test('when it is ingested, then its lines are ingested; its size is unknown', async () => {
    const sizes: number[] = []
    const { name, tally } = unwrap(
      await ingest({ source: stream(goodLines(3)), onProgress: (_, size) => sizes.push(size) }),
    )
    expect({ name, accepted: tally.accepted, sizes }).toEqual({ name: 'pipe', accepted: 3, sizes: [] })
  })

  test('when it fails, then what came before is counted and kept, and the result says why', async () => {
    const cut = gzipSync(goodLines(5_000)).subarray(0, -20)
    const { tally, lastLine, failure } = unwrap(await ingest({ source: stream(cut) }))
    expect(failure).toEqual({
      kind: 'failed',
      message: 'cannot read pipe: its compressed data is truncated; get a complete copy',
      details: [
        `Stopped after line ${lastLine}: what is counted is on disk. Fix the problem and run it again; events already stored count as duplicates.`,
      ],
    })
    expect(tally.accepted).toBeGreaterThan(2_000)
    expect(lastLine).toBe(tally.accepted)
    expect(await storedIn(at('data'))).toHaveLength(tally.accepted)
    expect(leftOpenIn(at('data'))).toEqual([])
  })

  test('when it is not NDJSON, then its lines are kept as dead letters, and the result says what it looks like', async () => {
    const { tally, failure } = unwrap(await ingest({ source: stream('[\n  {\n  }\n]\n') }))
    expect(failure).toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('it looks like a JSON array'),
      details: ['Stopped after line 4; the lines up to there are stored, as events or as dead letters.'],
    })
    expect(tally).toMatchObject({ accepted: 0, rejected: 4 })
  })

  test('when it is stopped while it waits for more, then it ends with what has arrived, and that is on disk', async () => {
    const waiting = new Readable({ read: () => {} })
    waiting.push(goodLines(10))
    const stop = new AbortController()
    const ingesting = ingest({ source: { name: 'pipe', open: () => waiting }, signal: stop.signal })
    await expect
      .poll(async () => (existsSync(at('data/ledger.db')) ? (await storedIn(at('data'))).length : 0), {
        timeout: PATIENCE,
      })
      .toBe(10)
    stop.abort()
    const { tally, lastLine, failure } = unwrap(await ingesting)
    expect({ accepted: tally.accepted, lastLine, failure }).toEqual({
      accepted: 10,
      lastLine: 10,
      failure: null,
    })
    expect(waiting.destroyed).toBe(true)
    expect(leftOpenIn(at('data'))).toEqual([])
  })
})
