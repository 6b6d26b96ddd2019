import { mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Unavailable } from '../../../src/foundation/attempt.ts'
import { openLedger } from '../../../src/ledger/open.ts'
import type { SequencedEvent } from '../../../src/ledger/port.ts'
import { readInThread } from '../../../src/ledger/sqlite/reading-thread.ts'
import { all } from '../contract.ts'
import { flag, unwrap } from '../events.ts'
import { edit } from './edit.ts'

const nextOf = async <A>(pages: AsyncIterable<A>): Promise<A> => {
  const next = await pages[Symbol.asyncIterator]().next()
  if (next.done) throw new Error('there was no page')
  return next.value
}

/** More than the thread reads ahead. */
const EVENTS = 6_500

describe('given a ledger of several pages', () => {
  let dir = ''
  let path = ''
  let events: ReadonlyArray<SequencedEvent> = []
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'redress-ledger-'))
    path = join(dir, 'ledger.db')
    const { ledger, close } = unwrap(await openLedger(dir))
    const accounts = Array.from({ length: 5 }, (_, i) => `u${i}`)
    unwrap(
      await ledger.append(
        accounts.map((account) => ({
          stream: `account-${account}`,
          expectedRevision: 'any',
          events: Array.from({ length: EVENTS / accounts.length }, (_, i) =>
            flag(`${account}-${i}`, account),
          ),
        })),
      ),
    )
    events = await all(ledger.readAll(null))
    await close()
  })
  afterEach(() => rmSync(dir, { recursive: true }))

  const inPlace = { assertInPlace: () => {} }
  const open = new AbortController().signal

  test('when a thread reads a part of it, then it gives exactly those events', async () => {
    expect(await all(readInThread({ path, after: 0, upTo: EVENTS }, inPlace, open))).toEqual(events)
    expect(await all(readInThread({ path, after: 17, upTo: 4_321 }, inPlace, open))).toEqual(
      events.slice(17, 4_321),
    )
  })

  test('when an event was altered, then the pages before it are followed by the damage', async () => {
    edit(path, `UPDATE events SET canonical = replace(canonical, '0.5', '0.9') WHERE sequence = 2500`)
    const pages = await Array.fromAsync(readInThread({ path, after: 0, upTo: EVENTS }, inPlace, open))
    expect(pages).toHaveLength(3)
    expect(pages.slice(0, 2).flatMap(unwrap)).toEqual(events.slice(0, 2_000))
    expect(pages[2]).toMatchObject({
      left: { kind: 'corrupt', message: expect.stringContaining('event 2500') },
    })
  })

  test('when more is asked for than there is, then the first missing event is named', async () => {
    const pages = await Array.fromAsync(readInThread({ path, after: 0, upTo: EVENTS + 1 }, inPlace, open))
    expect(pages.at(-1)).toMatchObject({
      left: { kind: 'corrupt', message: `sequence ${EVENTS + 1} is missing` },
    })
  })

  test('when the caller stops early, then the thread ends with it', async () => {
    for await (const page of readInThread({ path, after: 0, upTo: EVENTS }, inPlace, open)) {
      expect(unwrap(page)[0]).toEqual(events[0])
      break
    }
    expect(process.getActiveResourcesInfo()).not.toContain('MessagePort')
  })

  test('when the ledger is closed while it is read, then reading ends with that', async () => {
    const closed = new AbortController()
    const pages = readInThread({ path, after: 0, upTo: EVENTS }, inPlace, closed.signal)
    expect(unwrap(await nextOf(pages))).toEqual(events.slice(0, 1_000))
    closed.abort()
    expect(await Array.fromAsync(pages)).toMatchObject([
      { left: { kind: 'unavailable', message: 'the ledger was closed while it was read' } },
    ])
  })

  test('when a page was returned and no other is asked for, then the process can end', async () => {
    const pages = readInThread({ path, after: 0, upTo: EVENTS }, inPlace, open)
    const first = unwrap(await nextOf(pages))
    expect(process.getActiveResourcesInfo()).not.toContain('MessagePort')
    const others = (await Array.fromAsync(pages)).flatMap(unwrap)
    expect([...first, ...others]).toEqual(events)
  })

  test('when the file is no longer the open one, then nothing of it is returned', async () => {
    const assertInPlace = (): void => {
      throw new Unavailable('it was moved')
    }
    const pages = await Array.fromAsync(
      readInThread({ path, after: 0, upTo: EVENTS }, { assertInPlace }, open),
    )
    expect(pages).toEqual([{ _tag: 'Left', left: { kind: 'unavailable', message: 'it was moved' } }])
  })

  test('when the file is missing, then that is the answer', async () => {
    renameSync(path, `${path}.away`)
    const pages = await Array.fromAsync(readInThread({ path, after: 0, upTo: EVENTS }, inPlace, open))
    expect(pages).toMatchObject([{ left: { message: `${path} is missing; restore it from a backup` } }])
  })
})
