import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { beforeEach, describe, expect, test } from 'vitest'
import { type CheckOptions, checkEvents } from '../../../src/app/events/check.ts'
import { total } from '../../../src/app/ingest/tally.ts'
import { unwrap } from '../../ledger/events.ts'
import { goodLine, goodLines } from '../ingest/lines.ts'
import { errorOf, useCaseFolder } from '../use-case.ts'

const at = useCaseFolder()

beforeEach(() => mkdirSync(at('tmp')))

const check = (options: Pick<CheckOptions, 'sources'> & Partial<CheckOptions>) =>
  checkEvents({
    ...{
      clock: Date.now,
      scratch: at('tmp'),
      signal: new AbortController().signal,
      onOpen: () => {},
      onProgress: () => {},
    },
    ...options,
  })

const file = (name: string, content: string | Uint8Array): string => {
  writeFileSync(at(name), content)
  return at(name)
}

describe('given files of events', () => {
  test('when they are checked, then duplicates and conflicts are found across them, and nothing is kept', async () => {
    const other = goodLine('e1').replace('"r1"', '"r2"')
    const one = file('one.ndjson', goodLines(3))
    const two = file('two.ndjson', `${goodLine('e0')}\n${other}\n${goodLine('e9')}\n`)
    const { names, tally, failure } = unwrap(await check({ sources: [one, two] }))
    expect({ names, failure }).toEqual({ names: [one, two], failure: null })
    expect(tally).toMatchObject({ accepted: 4, duplicate: 1, rejected: 1 })
    expect([...tally.reasons]).toEqual([['conflict', 1]])
    expect(tally.firstRefused.map(({ origin }) => origin)).toEqual([`${two}:2`])
    expect(readdirSync(at('tmp'))).toEqual([])
  })

  test('when they are checked, then progress is reported for each', async () => {
    const sizes = [3, 5].map((count) => goodLines(count).length)
    const calls: unknown[] = []
    await check({
      sources: [file('one.ndjson', goodLines(3)), file('two.ndjson', goodLines(5))],
      onOpen: () => calls.push('open'),
      onProgress: (done, size) => calls.push([done, size]),
    })
    const [one, two] = sizes
    expect(calls).toEqual(['open', [0, one], [one, one], [0, two], [two, two]])
  })

  test('when it is stopped during one, then the next is not checked', async () => {
    const stop = new AbortController()
    const { tally, failure } = unwrap(
      await check({
        sources: [file('one.ndjson', goodLines(3)), file('two.ndjson', goodLines(5))],
        signal: stop.signal,
        onProgress: (done) => {
          if (done > 0) stop.abort()
        },
      }),
    )
    expect({ lines: total(tally), failure }).toEqual({ lines: 3, failure: null })
    expect(readdirSync(at('tmp'))).toEqual([])
  })
})

describe('given what cannot be checked', () => {
  test('when one of the files does not exist, then that is the error, before anything is checked', async () => {
    let isOpen = false
    const sources = [file('one.ndjson', goodLines(3)), at('none')]
    expect(errorOf(await check({ sources, onOpen: () => (isOpen = true) }))).toEqual({
      kind: 'not_found',
      message: `cannot read ${at('none')}: there is no such file; check the path`,
    })
    expect(isOpen).toBe(false)
  })

  test('when a stream fails, then the result has the counts, why, and where it stopped', async () => {
    const cut = gzipSync(goodLines(5_000)).subarray(0, -20)
    const { names, tally, failure } = unwrap(
      await check({
        sources: [file('one.ndjson', goodLine('x')), { name: 'pipe', open: () => Readable.from([cut]) }],
      }),
    )
    expect(names).toEqual([at('one.ndjson'), 'pipe'])
    expect(failure).toEqual({
      kind: 'failed',
      message: 'cannot read pipe: its compressed data is truncated; get a complete copy',
      details: [`Stopped after line ${tally.accepted - 1} of pipe.`],
    })
    expect(readdirSync(at('tmp'))).toEqual([])
  })

  test('when temporary files cannot be written, then that is the error', async () => {
    const sources = [file('one.ndjson', goodLines(1))]
    const error = errorOf(await check({ sources, scratch: at('missing') }))
    expect(error).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('cannot write temporary files for the check'),
    })
  })
})
