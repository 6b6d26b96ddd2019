import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  fingerprintOf,
  holdsFingerprint,
  topicIdIn,
} from '../../../../src/ingest/kafka/offsets/ledger-fingerprint.ts'
import { openLedger } from '../../../../src/ledger/open.ts'
import type { Ledger } from '../../../../src/ledger/port.ts'
import { flag, unwrap } from '../../../ledger/events.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'redress-mark-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

const withLedger = async <A>(
  name: string,
  use: (ledger: Ledger) => Promise<A>,
  clock = () => 0,
): Promise<A> => {
  const { ledger, close } = unwrap(await openLedger(join(dir, name), { clock }))
  try {
    return await use(ledger)
  } finally {
    await close()
  }
}
const append = async (ledger: Ledger, ...ids: ReadonlyArray<string>): Promise<void> => {
  const events = ids.map((id) => flag(id))
  unwrap(await ledger.append([{ stream: 'account-u1', expectedRevision: 'any', events }]))
}
const mark = async (ledger: Ledger): Promise<string> => unwrap(await fingerprintOf(ledger, null))
const holds = async (ledger: Ledger, text: string): Promise<boolean> =>
  unwrap(await holdsFingerprint(ledger, text))

describe('given the fingerprint of a ledger', () => {
  test('then that ledger has it, and keeps it as it grows', () =>
    withLedger('a', async (ledger) => {
      expect(await holds(ledger, await mark(ledger))).toBe(true)
      await append(ledger, 'e1', 'e2')
      const early = await mark(ledger)
      await append(ledger, 'e3')
      expect(await holds(ledger, early)).toBe(true)
    }))

  test('then a new ledger does not have it, nor one with other events', async () => {
    const text = await withLedger('a', async (ledger) => {
      await append(ledger, 'e1')
      return mark(ledger)
    })
    expect(await withLedger('empty', (ledger) => holds(ledger, text))).toBe(false)
    const later = await withLedger(
      'same events, recorded at another time',
      async (ledger) => {
        await append(ledger, 'e1')
        return holds(ledger, text)
      },
      () => 1,
    )
    expect(later).toBe(false)
  })

  test('then the ledger restored from an older backup does not have it, even after it has grown', async () => {
    await withLedger('a', (ledger) => append(ledger, 'e1'))
    cpSync(join(dir, 'a'), join(dir, 'restored'), { recursive: true })
    const text = await withLedger('a', async (ledger) => {
      await append(ledger, 'e2')
      return mark(ledger)
    })
    await withLedger('restored', async (ledger) => {
      expect(await holds(ledger, text)).toBe(false)
      await append(ledger, 'e3', 'e4')
      expect(await holds(ledger, text)).toBe(false)
    })
  })

  test('then it names the topic of its offset, if that is known', () =>
    withLedger('a', async (ledger) => {
      for (const events of [[], ['e1']]) {
        if (events.length > 0) await append(ledger, ...events)
        const text = unwrap(await fingerprintOf(ledger, 'ABEiM0RVZneImaq7zN3u_w'))
        expect(topicIdIn(text)).toBe('ABEiM0RVZneImaq7zN3u_w')
        expect(await holds(ledger, text)).toBe(true)
        expect(topicIdIn(await mark(ledger))).toBeNull()
      }
      expect(topicIdIn('a note')).toBeNull()
      const text = unwrap(await fingerprintOf(ledger, 'ABEiM0RVZneImaq7zN3u_w'))
      expect(await withLedger('another', (other) => holds(other, text))).toBe(false)
    }))

  test('then it fits into an offset’s metadata: a broker accepts 4,096 bytes', () =>
    withLedger('a', async (ledger) => {
      await append(ledger, 'e1')
      expect((await mark(ledger)).length).toBeLessThan(200)
    }))
})

describe('given metadata that is not a fingerprint', () => {
  test('then the offset is not doubted', () =>
    withLedger('a', async (ledger) => {
      for (const text of ['', 'a note', '{}', 'null', '{"position":1,"leaf":"x"}']) {
        expect(await holds(ledger, text), text).toBe(true)
      }
    }))
})
