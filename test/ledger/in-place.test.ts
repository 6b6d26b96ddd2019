import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import type { DeadLetters } from '../../src/ingest/dead-letters/letter.ts'
import { openDeadLetters } from '../../src/ingest/dead-letters/open.ts'
import { fingerprintOf } from '../../src/ingest/kafka/offsets/ledger-fingerprint.ts'
import { type OpenLedger, openExisting, openLedger } from '../../src/ledger/open.ts'
import { all } from './contract.ts'
import { appeal, flag, unwrap } from './events.ts'

let dir = ''
let open: OpenLedger
let letters: DeadLetters
const at = (name: string): string => join(dir, name)

const append = (id: string, words?: string) => {
  const event = words === undefined ? flag(id) : appeal(id, 'u1', words)
  return open.ledger.append([{ stream: event.stream, expectedRevision: 'any', events: [event] }])
}
const refuse = (id: string) =>
  letters.record({
    sightings: [
      {
        sha256: id.padEnd(64, '0'),
        raw: Buffer.from(id),
        length: id.length,
        rejection: { code: 'not_json', path: '', message: 'no JSON' },
        origin: 'a:1',
      },
    ],
  })

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'redress-in-place-'))
  open = unwrap(await openLedger(at('data')))
  letters = unwrap(await openDeadLetters(at('data'), Date.now))
  unwrap(await append('e1', 'these are quilts'))
  unwrap(refuse('a1'))
})
afterEach(async () => {
  letters.close()
  await open.close()
  rmSync(dir, { recursive: true })
})

const notAcknowledged = {
  left: {
    kind: 'unavailable',
    message: expect.stringMatching(/data.*\.db.* was removed, moved or replaced/),
  },
}

describe('given a ledger that is open for writing', () => {
  const events: ReadonlyArray<readonly [string, () => void]> = [
    ['the folder is moved', () => renameSync(at('data'), at('moved'))],
    ['the folder is removed', () => rmSync(at('data'), { recursive: true })],
    [
      'the folder is replaced by a copy of it',
      () => {
        renameSync(at('data'), at('moved'))
        cpSync(at('moved'), at('data'), { recursive: true })
      },
    ],
    [
      'an empty folder takes its place',
      () => {
        renameSync(at('data'), at('moved'))
        mkdirSync(at('data'))
      },
    ],
  ]
  test.each(events)('when %s, then nothing more is acknowledged', async (_, happens) => {
    happens()
    expect(await append('e2')).toMatchObject(notAcknowledged)
    expect(await append('e1', 'these are quilts')).toMatchObject(notAcknowledged)
    expect(refuse('a2')).toMatchObject(notAcknowledged)
    expect(letters.purge(Date.now() + 1, false)).toMatchObject(notAcknowledged)
    expect(await open.keys.destroy('u1')).toMatchObject(notAcknowledged)
    // The mark that is committed beside an offset.
    expect(await fingerprintOf(open.ledger, null)).toMatchObject(notAcknowledged)
  })

  test.each(['ledger.db', 'ledger.db-wal', 'ledger.db-shm', 'vault.db', 'vault.db-wal', 'keys.db'])(
    'when only %s is moved, then nothing more is acknowledged',
    async (name) => {
      renameSync(at(`data/${name}`), at(`data/${name}.old`))
      expect(await append('e2')).toMatchObject(notAcknowledged)
    },
  )

  test('when the folder was moved and is restored, then everything acknowledged is there, and writing resumes', async () => {
    renameSync(at('data'), at('moved'))
    expect(E.isLeft(await append('e2'))).toBe(true)
    renameSync(at('moved'), at('data'))
    unwrap(await append('e2'))
    unwrap(await append('e3'))
    const reader = unwrap(await openExisting(at('data')))
    const ids = (await all(reader.ledger.readAll(null))).map(({ canonical }) => JSON.parse(canonical).id)
    await reader.close()
    expect(ids).toEqual(['e1', 'e2', 'e3'])
  })

  test('when another process opens and closes it, and checkpoints it, then writing continues', async () => {
    const other = unwrap(await openLedger(at('data')))
    await other.close()
    const more = unwrap(await openDeadLetters(at('data'), Date.now))
    unwrap(more.purge(0, false))
    more.close()
    unwrap(await append('e2', 'more words'))
    unwrap(refuse('a2'))
    expect(existsSync(at('data/ledger.db-wal'))).toBe(true)
  })
})

test('given a reader that follows, when the folder is moved, then it ends with an error', async () => {
  const reader = unwrap(await openExisting(at('data')))
  const stop = new AbortController()
  let seen = 0
  for await (const page of reader.ledger.follow(null, stop.signal)) {
    if (E.isLeft(page)) {
      expect(page).toMatchObject(notAcknowledged)
      seen = -1
      break
    }
    seen += page.right.length
    renameSync(at('data'), at('moved'))
  }
  await reader.close()
  expect(seen).toBe(-1)
})
