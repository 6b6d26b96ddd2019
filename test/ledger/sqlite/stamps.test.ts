import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { PreparedEvent } from '../../../src/ledger/event/prepare.ts'
import { stamping } from '../../../src/ledger/event/stamp.ts'
import { type OpenLedger, openLedger } from '../../../src/ledger/open.ts'
import { all } from '../contract.ts'
import { appeal, flag, unwrap } from '../events.ts'

const NOW = Date.UTC(2026, 0, 1)
const at = (ms: number): string => new Date(ms).toISOString()

/** A flag that another thread has stamped for a time. */
const stamped = (id: string, recordedAt: number): PreparedEvent => {
  const event = flag(id)
  return event.kind === 'plain' ? { ...event, stamp: stamping(recordedAt)(event) } : event
}

describe('given events that were stamped before the ledger appends them', () => {
  let dir = ''
  let now = NOW
  let open: OpenLedger
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'redress-stamps-'))
    now = NOW
    open = unwrap(await openLedger(dir, { clock: () => now }))
  })
  afterEach(async () => {
    await open.close()
    rmSync(dir, { recursive: true })
  })

  const append = async (...events: ReadonlyArray<PreparedEvent>): Promise<void> => {
    unwrap(
      await open.ledger.append(
        events.map((event) => ({ stream: event.stream, expectedRevision: 'any', events: [event] })),
      ),
    )
  }
  /** When each event was recorded, by its text; reading checks each text against its leaf hash. */
  const recordedAt = async (): Promise<ReadonlyArray<string>> =>
    (await all(open.ledger.readAll(null))).map(({ canonical }) => JSON.parse(canonical).recordedat)

  test('when a stamp is recent, then events without one are recorded at its time', async () => {
    await append(appeal('e1', 'u1', 'Please look again.'), stamped('e2', NOW - 300), flag('e3'))
    expect(await recordedAt()).toEqual([at(NOW - 300), at(NOW - 300), at(NOW - 300)])
  })

  test.each([
    ['more than five seconds old', NOW - 5_001],
    ['ahead of the clock', NOW + 1],
  ])('when a stamp is %s, then they are recorded at the time of the clock', async (_, time) => {
    await append(stamped('e1', time))
    expect(await recordedAt()).toEqual([at(NOW)])
  })

  test('when another writer has recorded later than the stamp, then the time does not go back', async () => {
    await append(flag('e1'))
    await append(stamped('e2', NOW - 300))
    now = NOW - 100
    await append(stamped('e3', NOW - 100))
    expect(await recordedAt()).toEqual([at(NOW), at(NOW), at(NOW)])
  })

  test('when events of one append have different stamps, then each has its own, but the time does not go back', async () => {
    const stamps = [NOW - 200, NOW - 300, NOW - 100, NOW + 1, NOW]
    await append(...stamps.map((time, i) => stamped(`e${i}`, time)), flag('e5'))
    const recorded = [NOW - 200, NOW - 200, NOW - 100, NOW - 100, NOW, NOW]
    expect(await recordedAt()).toEqual(recorded.map(at))
  })

  test('when the clock is behind, then no stamp is later than the last recorded time', async () => {
    await append(flag('e1'))
    now = NOW - 1_000
    await append(stamped('e2', NOW - 1_000), stamped('e3', NOW - 900), stamped('e4', NOW))
    expect(await recordedAt()).toEqual([at(NOW), at(NOW), at(NOW), at(NOW)])
  })
})
