import { hash } from 'node:crypto'
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { rejection } from '../../../src/ingest/accept/rejection.ts'
import { eraseAccount } from '../../../src/ingest/dead-letters/erase-account.ts'
import type { DeadLetters, LetterBody, LetterSighting } from '../../../src/ingest/dead-letters/letter.ts'
import { openDeadLetters } from '../../../src/ingest/dead-letters/open.ts'
import { type OpenLedger, openLedger } from '../../../src/ledger/open.ts'
import { appeal, unwrap } from '../../ledger/events.ts'
import { filesWith, goodAppeal, holds } from './refused.ts'

const WORDS = 'these are quilts, nothing else'
let now = Date.UTC(2025, 4, 20)
let dir = ''
let letters: DeadLetters
const at = (name: string): string => join(dir, name)
const openedLedger = async (): Promise<OpenLedger> => unwrap(await openLedger(dir))
const open = async (): Promise<DeadLetters> => unwrap(await openDeadLetters(dir, () => now))

beforeEach(async () => {
  now = Date.UTC(2025, 4, 20)
  dir = mkdtempSync(join(tmpdir(), 'redress-letters-'))
  await (await openedLedger()).close()
  letters = await open()
})
afterEach(() => {
  letters.close()
  rmSync(dir, { recursive: true })
})

const sighting = (text: string, length = Buffer.byteLength(text)): LetterSighting => ({
  sha256: hash('sha256', text),
  raw: Buffer.from(text),
  length,
  rejection: rejection('conflict', 'data.personal', 'is not what was recorded'),
  origin: 'events.ndjson:1',
})
const see = (...texts: ReadonlyArray<string>): ReadonlyArray<string> =>
  unwrap(letters.record({ sightings: texts.map((text) => sighting(text)) })).hashes
const settle = (text: string): number =>
  unwrap(letters.record({ settled: [{ sha256: hash('sha256', text), source: '/appeals', id: 'e9' }] }))
    .resolved
const textOf = (body: LetterBody | null): string | undefined =>
  body?.kind === 'open' ? Buffer.from(body.bytes).toString() : body?.kind
const bodyOf = (letter: string | undefined): string | undefined => textOf(unwrap(letters.body(letter ?? '')))

/** Takes in an event with somebody's words, which the vault seals. */
const appendPersonal = async (): Promise<void> => {
  const { ledger, close } = await openedLedger()
  const event = appeal('e1', 'u1', WORDS)
  unwrap(await ledger.append([{ stream: event.stream, expectedRevision: 'any', events: [event] }]))
  await close()
}

/** The bytes of a letter's key and of its sealed form, from the files. */
const secretsOf = (letter: string | undefined): ReadonlyArray<Uint8Array> => {
  const read = (file: string, sql: string): Uint8Array => {
    const db = new DatabaseSync(at(file))
    const value = Object.values(db.prepare(sql).get(letter ?? '') ?? {})[0]
    db.close()
    if (value instanceof Uint8Array) return value
    throw new Error(`nothing in ${file}`)
  }
  return [
    read('keys.db', 'SELECT bytes FROM letter_keys WHERE letter = ?'),
    read('dead-letters.db', 'SELECT sealed FROM letters WHERE hash = ?'),
  ]
}
/** The files that hold the bytes. */
const filesOf = (bytes: Uint8Array): ReadonlyArray<string> =>
  readdirSync(dir).filter((name) => readFileSync(at(name)).includes(Buffer.from(bytes)))

describe('given a refused message', () => {
  const text = goodAppeal('e1', WORDS)

  test('when it is kept, then its text is in no file, and the exact bytes are returned', async () => {
    const [letter] = see(text)
    expect(bodyOf(letter)).toBe(text)
    expect(filesWith(dir, WORDS)).toEqual([])
    letters.close()
    expect(filesWith(dir, WORDS)).toEqual([])
    letters = await open()
  })

  test('when it is redelivered, then it is the same letter; and its hash is not that of its bytes', () => {
    expect(see(text)).toEqual(see(text))
    const [letter, ...others] = unwrap(letters.list({}))
    expect(others).toEqual([])
    expect(letter).toMatchObject({ sightings: 2, resolved: null, erasedAt: null, truncated: false })
    expect(letter?.hash).not.toBe(hash('sha256', text))
    expect(readdirSync(dir).filter((name) => holds(readFileSync(at(name)), hash('sha256', text)))).toEqual([])
  })

  test('when it is looked up by the SHA-256 of its message, as an earlier Redress named it, then it is found', () => {
    const [letter] = see(text)
    expect(unwrap(letters.find(hash('sha256', text)))).toMatchObject([{ hash: letter }])
    expect(unwrap(letters.find(letter?.slice(0, 8) ?? ''))).toMatchObject([{ hash: letter }])
    expect(unwrap(letters.find('ab'.repeat(32)))).toEqual([])
  })

  test('when it was too long, then its beginning is sealed, and the letter is not complete', () => {
    const [letter] = unwrap(letters.record({ sightings: [sighting(text, 5_000_000)] })).hashes
    expect(bodyOf(letter)).toBe(text)
    expect(unwrap(letters.list({}))).toMatchObject([{ truncated: true, length: 5_000_000 }])
    expect(unwrap(letters.unresolvedAfter('', 10))).toEqual([])
  })
})

describe('given letters whose keys are missing', () => {
  test('then they are listed, their bytes cannot be read, and nothing is sealed next to them', async () => {
    const [letter] = see(goodAppeal('e1', WORDS))
    letters.close()
    rmSync(at('keys.db'))
    letters = await open()
    expect(unwrap(letters.list({}))).toMatchObject([{ hash: letter, code: 'conflict' }])
    expect(bodyOf(letter)).toBe('locked')
    expect(letters.record({ sightings: [sighting('no JSON')] })).toMatchObject({
      left: { kind: 'unusable', message: expect.stringContaining('restore it from its backup') },
    })
    expect(existsSync(at('keys.db'))).toBe(false)
    expect(settle('of whatever length')).toBe(0)
    expect(unwrap(letters.purge(now + 1, false))).toBe(1)
  })

  test('when an older key file is restored and the message is redelivered, then it can be read again', async () => {
    see('first')
    letters.close()
    copyFileSync(at('keys.db'), at('older.db'))
    letters = await open()
    const [letter] = see('second')
    letters.close()
    copyFileSync(at('older.db'), at('keys.db'))
    letters = await open()
    expect(bodyOf(letter)).toBe('locked')
    expect(see('second')).toEqual([letter])
    expect(bodyOf(letter)).toBe('second')
  })

  test('when the key file is from before the first letter, then nothing is sealed with new keys', async () => {
    await appendPersonal()
    copyFileSync(at('keys.db'), at('older.db'))
    see('first')
    letters.close()
    copyFileSync(at('older.db'), at('keys.db'))
    letters = await open()
    expect(letters.record({ sightings: [sighting('second')] })).toMatchObject({
      left: { kind: 'unusable', message: expect.stringContaining('restore the newer file') },
    })
  })

  test('when the vault has sealed texts, then a letter does not create a new key file', async () => {
    await appendPersonal()
    rmSync(at('keys.db'))
    expect(letters.record({ sightings: [sighting('first')] })).toMatchObject({ left: { kind: 'unusable' } })
    expect(existsSync(at('keys.db'))).toBe(false)
  })
})

describe('given a letter whose bytes are to be destroyed', () => {
  const text = goodAppeal('e1', WORDS)
  let letter: string | undefined
  let secrets: ReadonlyArray<Uint8Array> = []
  beforeEach(() => {
    ;[letter] = see(text, 'another one')
    secrets = secretsOf(letter)
    expect(secrets.flatMap(filesOf)).not.toEqual([])
  })
  const expectGone = (): void => {
    expect(secrets.flatMap(filesOf)).toEqual([])
    const [other] = unwrap(letters.find(hash('sha256', 'another one')))
    expect(bodyOf(other?.hash)).toBe('another one')
  }

  test('when it is resolved, then key and bytes are in no file, and it names the event that it became', () => {
    expect(settle(text)).toBe(1)
    expectGone()
    expect(bodyOf(letter)).toBe('destroyed')
    expect(unwrap(letters.find(letter ?? ''))).toMatchObject([{ resolved: { source: '/appeals', id: 'e9' } }])
    // Refused once more, it stays so: its matter is in the ledger.
    see(text)
    expect(bodyOf(letter)).toBe('destroyed')
    expect(unwrap(letters.count({ unresolved: true }))).toBe(1)
  })

  test('when it is purged, then the same holds; and the message may be redelivered and kept under another key', () => {
    now += 10
    see('another one')
    expect(unwrap(letters.purge(now, false))).toBe(1)
    expectGone()
    expect(bodyOf(letter)).toBeUndefined()
    expect(see(text)).toEqual([letter])
    expect(bodyOf(letter)).toBe(text)
  })

  test('when its account is erased, then the same holds, and it is not kept again when the message is redelivered', async () => {
    const { keys, close } = await openedLedger()
    expect(unwrap(await eraseAccount(keys, letters, 'u1'))).toEqual({ keys: 0, letters: 1 })
    await close()
    expectGone()
    expect(see(text)).toEqual([letter])
    expect(bodyOf(letter)).toBe('destroyed')
    expect(unwrap(letters.find(letter ?? ''))).toMatchObject([{ erasedAt: now, resolved: null }])
    expect(unwrap(letters.count({ unresolved: true }))).toBe(1)
  })

  test('when a process was killed before the key was destroyed, then the next one that opens the file does it', async () => {
    letters.close()
    const db = new DatabaseSync(at('dead-letters.db'))
    db.exec("UPDATE letters SET sealed = NULL, resolved_at = 1, resolved_source = '/a', resolved_id = 'e'")
    db.exec('INSERT INTO destroying (hash) SELECT hash FROM letters')
    db.close()
    expect(filesOf(secrets[0] ?? Buffer.of())).toEqual(['keys.db'])
    letters = await open()
    expect(secrets.flatMap(filesOf).filter((name) => name.startsWith('keys'))).toEqual([])
  })

  test('when another process reads the files meanwhile, then it is still resolved, and destroyed later', async () => {
    const reader = new DatabaseSync(at('keys.db'))
    reader.exec('BEGIN')
    reader.prepare('SELECT count(*) FROM letter_keys').get()
    expect(settle(text)).toBe(1)
    expect(letters.purge(now + 1, true)).toMatchObject({
      left: { message: expect.stringContaining('again') },
    })
    reader.close()
    letters.close()
    letters = await open()
    expectGone()
  })
})

describe('given letters, some of which cannot be read as events', () => {
  test('when an account is erased, then those that name it are erased with its own, and others are kept', () => {
    const ours = [
      goodAppeal('e1', WORDS),
      `{"subject":"u1","data":{"personal":{"text":"${WORDS}`,
      goodAppeal('e2', 'u2 told me').replace('"subject":"u1"', '"subject":["u1"]'),
      `{"subject":"\\u00751","data":{"personal":{"text":"${WORDS}`,
    ]
    const others = [
      goodAppeal('e3', 'u1 is my friend').replace('"subject":"u1"', '"subject":"u12"'),
      '{"subject":"u12","personal":"',
      '{"subject":"xu1"',
      'no JSON',
    ]
    const hashes = see(...ours, ...others)
    expect(unwrap(letters.erase('u1'))).toBe(4)
    expect(hashes.map(bodyOf)).toEqual([...ours.map(() => 'destroyed'), ...others])
    expect(unwrap(letters.erase('u1'))).toBe(0)
  })
})
