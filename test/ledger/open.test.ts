import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type OpenLedger, openExisting, openLedger } from '../../src/ledger/open.ts'
import { all } from './contract.ts'
import { appeal, unwrap } from './events.ts'
import { startTestServer, type TestServer } from './eventstoredb/server/server.ts'

let dir = ''
let server: TestServer
const at = (name: string): string => join(dir, name)

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'redress-open-'))
  server = await startTestServer()
})
afterEach(async () => {
  await server.close()
  rmSync(dir, { recursive: true })
})

const append = async ({ ledger }: OpenLedger, id: string): Promise<void> => {
  const event = appeal(id, 'u1', 'these are quilts')
  unwrap(await ledger.append([{ stream: event.stream, expectedRevision: 'any', events: [event] }]))
}
const fill = async (): Promise<void> => {
  const open = unwrap(await openLedger(at('data'), { cluster: server.url }))
  await append(open, 'a1')
  await open.close()
}

describe('given an empty cluster', () => {
  test.each([
    ['for writing', openLedger],
    ['for reading', openExisting],
  ])(
    'when it is opened %s, then there is a private data folder, without a ledger of its own',
    async (_, opening) => {
      const open = unwrap(await opening(at('data'), { cluster: server.url }))
      expect(unwrap(await open.ledger.head())).toEqual({ sequence: 0, position: null })
      await open.close()
      expect(statSync(at('data')).mode & 0o777).toBe(0o700)
      expect(readdirSync(at('data')).sort()).toEqual(['sequence.db', 'vault.db'])
    },
  )
})

describe('given a cluster with events', () => {
  test('when it is opened again, then they are there, and the personal text is in the data folder', async () => {
    await fill()
    const open = unwrap(await openExisting(at('data'), { cluster: server.url }))
    const events = await all(open.ledger.readAll(null))
    expect(events.map(({ sequence, stream }) => [sequence, stream])).toEqual([[1, 'account-u1']])
    const { sealed } = JSON.parse(events[0]?.canonical ?? '').data
    expect(await open.vault.openSealed(sealed, '/test', 'a1')).toMatchObject({
      right: { kind: 'open', text: '{"text":"these are quilts"}' },
    })
    await open.close()
  })

  test('when it is opened with another data folder, then that is refused, each time, and no vault is created', async () => {
    await fill()
    for (const opening of [openLedger, openExisting, openLedger]) {
      expect(await opening(at('other'), { cluster: server.url })).toMatchObject({
        left: {
          kind: 'unusable',
          message: expect.stringMatching(
            /other.vault\.db is missing; name the data folder that has it with --data/,
          ),
        },
      })
    }
    expect(existsSync(at('other/vault.db'))).toBe(false)
  })

  test('when its data folder is opened without it, then no second ledger is created there', async () => {
    await fill()
    for (const opening of [openLedger, openExisting]) {
      expect(await opening(at('data'))).toMatchObject({
        left: { kind: 'unusable', message: expect.stringContaining('--ledger') },
      })
    }
    expect(existsSync(at('data/ledger.db'))).toBe(false)
  })
})

test('given a data folder that is a file, when it is opened, then it is unusable, and the file is unchanged', async () => {
  writeFileSync(at('data'), 'precious')
  for (const options of [{}, { cluster: server.url }]) {
    expect(await openLedger(at('data'), options)).toEqual({
      _tag: 'Left',
      left: {
        kind: 'unusable',
        message: `${at('data')} is a file, not a folder; name another data folder with --data`,
      },
    })
  }
  expect(readFileSync(at('data'), 'utf8')).toBe('precious')
})

test('given an invalid address, when it is opened, then it is unusable', async () => {
  expect(await openLedger(at('data'), { cluster: 'http://localhost:2113' })).toMatchObject({
    left: { kind: 'unusable' },
  })
})

describe('given a ledger whose last event was recorded by a clock that was ten years ahead', () => {
  const now = Date.UTC(2026, 0, 1)
  const clock = () => now
  test.each([
    ['in a data folder', false],
    ['in a cluster', true],
  ])(
    'when it is opened for writing (%s), then that is refused, but not for reading',
    async (_, isCluster) => {
      const where = isCluster ? { cluster: server.url } : {}
      const ahead = unwrap(await openLedger(at('data'), { ...where, clock: () => Date.UTC(2036, 0, 1) }))
      await append(ahead, 'a1')
      await ahead.close()
      expect(await openLedger(at('data'), { ...where, clock })).toMatchObject({
        left: {
          kind: 'clock_behind',
          message: expect.stringMatching(/2026-01-01T00:00:00.000Z.*2036-01-01T00:00:00.000Z/),
        },
      })
      await unwrap(await openExisting(at('data'), { ...where, clock })).close()
      const accepted = unwrap(await openLedger(at('data'), { ...where, clock, acceptClock: true }))
      await append(accepted, 'a2')
      const events = await all(accepted.ledger.readAll(null))
      await accepted.close()
      expect(events.map(({ canonical }) => JSON.parse(canonical).recordedat)).toEqual([
        '2036-01-01T00:00:00.000Z',
        '2036-01-01T00:00:00.000Z',
      ])
    },
  )
})
