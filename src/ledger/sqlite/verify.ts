import { hash } from 'node:crypto'
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import canonicalize from 'canonicalize'
import * as E from '#fp/Either'
import { documentsNamedBy, type StoredEvent } from '../../domain/event.ts'
import { Damage } from '../../foundation/attempt.ts'
import { ARRAYS, row } from '../../foundation/sqlite/rows.ts'
import { decodeText } from '../read.ts'
import { namedByManifest } from '../vault/manifest.ts'
import { accountKey, unseal } from '../vault/seal.ts'
import { EVENT_COLUMNS, type ReadRow, rowReader } from './rows.ts'
import { eventOfIdentity } from './schema.ts'

/** What can be wrong with a data folder, and its description. */
const kinds = {
  event: 'not as recorded',
  missing_document: 'document missing from the vault',
  altered_document: 'document altered',
  missing_text: 'sealed text missing from the vault',
  altered_text: 'sealed text altered',
  missing_key: 'sealed text whose key is missing',
  wrong_key: 'sealed text that its key does not decrypt',
} as const

type FindingKind = keyof typeof kinds

/** All findings of one kind: how many, and the first ones. */
export type CopyFinding = {
  readonly kind: FindingKind
  readonly count: number
  readonly first: ReadonlyArray<string>
}

/** One line for people. */
export const describeFinding = ({ kind, count, first }: CopyFinding): string =>
  `${kinds[kind]} (${count}): ${first.join('; ')}${count > first.length ? '; ...' : ''}`

/** The databases of one data folder, in this order, each copied at the same time as the one before it or later. */
export type Verified = {
  /** Null: a cluster has the events. */
  readonly ledger: DatabaseSync | null
  readonly vault: DatabaseSync
  /** Null: there are none, or they are unavailable: an erased text then cannot be distinguished from a lost one. */
  readonly keys: DatabaseSync | null
  /** Whether the keys must exist and open what was sealed with them. */
  readonly withKeys: boolean
}

type Note = (kind: FindingKind, what: string) => void

/** The number of findings of a kind that are named. */
const NAMED = 5
/** Other work runs after this many rows. */
const ROWS = 1_000

/**
 * Checks everything in a data folder against everything else: each event against its hash, its columns and its place;
 * each document and ciphertext against its hash; each reference of an event or a manifest against the vault; the keys against what
 * they must open. Reads each table once. Throws what SQLite throws.
 */
export const verifyFiles = async (
  files: Verified,
  onProgress: (done: number, total: number) => void,
): Promise<ReadonlyArray<CopyFinding>> => {
  const found = new Map<FindingKind, { count: number; first: string[] }>()
  const note: Note = (kind, what) => {
    const known = found.get(kind) ?? { count: 0, first: [] }
    known.count++
    if (known.first.length < NAMED) known.first.push(what)
    found.set(kind, known)
  }
  const { ledger, vault } = files
  const total =
    (ledger === null ? 0 : rowsIn(ledger, 'events')) +
    rowsIn(vault, 'documents') +
    rowsIn(vault, 'ciphertexts')
  let done = 0
  const step = async (): Promise<void> => {
    if (++done % ROWS !== 0) return
    onProgress(done, total)
    await setImmediate()
  }

  const isThere = documentLookUp(vault)
  for (const { sha256, content } of rowsOf(vault, 'documents', 'canonical')) {
    if (sha256Of(content) !== sha256) note('altered_document', String(sha256))
    else {
      for (const part of namedByManifest(String(content))) {
        if (!isThere(part)) note('missing_document', `${part} of the manifest ${sha256}`)
      }
    }
    await step()
  }
  for (const { sha256, content } of rowsOf(vault, 'ciphertexts', 'bytes')) {
    if (sha256Of(content) !== sha256) note('altered_text', String(sha256))
    await step()
  }
  if (ledger !== null) {
    const check = referenceCheck(files, note)
    for (const { sequence, event } of soundEvents(ledger, note)) {
      if (event !== null) check(sequence, event)
      await step()
    }
  }
  onProgress(total, total)
  return [...found].map(([kind, { count, first }]) => ({ kind, count, first }))
}

const rowsIn = (db: DatabaseSync, table: string): number =>
  Number(row(db.prepare(`SELECT count(*) FROM ${table}`, ARRAYS).get())[0])

const rowsOf = (db: DatabaseSync, table: string, column: string) =>
  db.prepare(`SELECT sha256, ${column} AS content FROM ${table}`).iterate()

const documentLookUp = (vault: DatabaseSync): ((sha256: string) => boolean) => {
  const find = vault.prepare('SELECT 1 FROM documents WHERE sha256 = ?')
  return (sha256) => find.get(sha256) !== undefined
}

const sha256Of = (content: SQLOutputValue | undefined): string | null =>
  typeof content === 'string' || content instanceof Uint8Array ? hash('sha256', content, 'hex') : null

/** Each event is the only one of its stream with its source and id, and is found by them. */
const identityCheck = (db: DatabaseSync) => {
  const find = db.prepare(eventOfIdentity('sequence', '?1', '?2', '?3'), ARRAYS)
  return (sequence: number, stream: unknown, source: unknown, id: unknown): void => {
    const found = find.all(Number(stream), Number(source), String(id)).map((one) => Number(row(one)[0]))
    if (!found.includes(sequence)) throw new Damage(`event ${sequence} is missing in an index`)
    const first = Math.min(...found)
    if (first !== sequence) {
      throw new Damage(`event ${sequence} has the source and id of event ${first} in its stream`)
    }
  }
}

/** Every event; null for one that is not as recorded, or is out of place. */
function* soundEvents(
  db: DatabaseSync,
  note: Note,
): Iterable<{ readonly sequence: number; readonly event: StoredEvent | null }> {
  const read = rowReader(db)
  const order = orderCheck(note)
  const assertOnce = identityCheck(db)
  // LEFT JOIN: an event whose stream is missing must be seen.
  const rows = db
    .prepare(
      `SELECT ${EVENT_COLUMNS}, e.stream FROM events e LEFT JOIN streams s ON s.id = e.stream ORDER BY e.sequence`,
      ARRAYS,
    )
    .iterate()
  for (const found of rows) {
    const values = row(found)
    const sequence = Number(values[0])
    order.place(sequence)
    try {
      const one = read(values)
      order.event(one)
      const [, , , source, id, , , stream] = values
      assertOnce(sequence, stream, source, id)
      const event = decodeText(one.event.canonical)
      if (E.isLeft(event)) throw new Damage(`event ${sequence}: ${event.left}`)
      if (!isCanonical(one.event.canonical)) throw new Damage(`event ${sequence} is not in canonical form`)
      yield { sequence, event: event.right }
    } catch (error) {
      if (!(error instanceof Damage)) throw error
      note('event', error.message)
      yield { sequence, event: null }
    }
  }
}

// The first test is faster, and correct except for names such as "10", which JavaScript sorts first.
const isCanonical = (text: string): boolean => {
  const json: unknown = JSON.parse(text)
  return JSON.stringify(json) === text || canonicalize(json) === text
}

/** Sequences without a gap, revisions of each stream without a gap, a clock that never went back. */
const orderCheck = (note: Note) => {
  const revisions = new Map<string, number>()
  let last = 0
  let recordedAt = ''
  return {
    place: (sequence: number): void => {
      if (sequence !== last + 1) note('event', `sequence ${last + 1} is missing before ${sequence}`)
      last = sequence
    },
    event: ({ event: { sequence, stream, revision }, envelope }: ReadRow): void => {
      const due = (revisions.get(stream) ?? -1) + 1
      if (revision !== due) note('event', `revision ${due} of ${stream} is missing before event ${sequence}`)
      revisions.set(stream, revision)
      if (envelope.recordedAt < recordedAt)
        note('event', `event ${sequence} has an earlier recording time than the one before it`)
      recordedAt = envelope.recordedAt
    },
  }
}

/** Looks up what an event refers to: its documents, its ciphertext, its key. */
const referenceCheck = ({ vault, keys, withKeys }: Verified, note: Note) => {
  const isThere = documentLookUp(vault)
  const ciphertext = vault.prepare('SELECT bytes FROM ciphertexts WHERE sha256 = ?')
  const key = keys?.prepare('SELECT bytes FROM keys WHERE key_id = ?')
  return (sequence: number, event: StoredEvent): void => {
    const { source, id, data } = event
    for (const sha256 of documentsNamedBy(event)) {
      if (!isThere(sha256)) note('missing_document', `${sha256} of event ${sequence}`)
    }
    if (!('sealed' in data) || data.sealed === undefined) return
    const { sealed } = data
    const text = ciphertext.get(sealed.sha256)?.bytes
    const found = key?.get(sealed.keyId)
    // Its key was destroyed, so it does not matter whether the rest is there.
    if (found?.bytes === null) return
    if (!(text instanceof Uint8Array)) note('missing_text', `${sealed.sha256} of event ${sequence}`)
    if (!withKeys) return
    if (!(found?.bytes instanceof Uint8Array)) {
      note('missing_key', `key ${sealed.keyId} of event ${sequence}`)
    } else if (text instanceof Uint8Array && sha256Of(text) === sealed.sha256) {
      const opened = unseal(accountKey(sealed.keyId, found.bytes), { source, id }, sealed, text)
      if (E.isLeft(opened)) note('wrong_key', `${opened.left}: key ${sealed.keyId} of event ${sequence}`)
    }
  }
}
