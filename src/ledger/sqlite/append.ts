import type { DatabaseSync } from 'node:sqlite'
import * as E from '#fp/Either'
import { Damage } from '../../foundation/attempt.ts'
import { ARRAYS, row } from '../../foundation/sqlite/rows.ts'
import { type RecordingClock, recordedAtOf, recordingTime } from '../clock.ts'
import { difference } from '../event/idempotency.ts'
import { canonicalSealed, leafHash, recordedAtMember } from '../event/leaf.ts'
import type { PreparedEvent } from '../event/prepare.ts'
import type { AppendBatch, AppendResult, EventOutcome, LedgerError } from '../port.ts'
import type { VaultWriter } from '../vault/vault.ts'
import { knownNames, type StoredStream } from './names.ts'
import { publications } from './publications.ts'
import { LEAF, verified } from './rows.ts'
import { eventOfIdentity } from './schema.ts'
import { raiseVocabulary } from './vocabulary.ts'

/** Writes batches inside a transaction that the caller begins (BEGIN IMMEDIATE) and ends. */
export type Appender = {
  /** Left, with nothing written, if the clock is far behind. Throws `Damage` or what SQLite throws. */
  readonly write: (batches: ReadonlyArray<AppendBatch>) => E.Either<LedgerError, ReadonlyArray<AppendResult>>
  /** Must be called after that transaction was rolled back. */
  readonly forget: () => void
}

export const appender = (
  db: DatabaseSync,
  vault: VaultWriter,
  { clock, acceptClock }: RecordingClock,
): Appender => {
  const last = db.prepare(
    `SELECT sequence, canonical, ${LEAF} FROM events ORDER BY sequence DESC LIMIT 1`,
    ARRAYS,
  )
  const find = db.prepare(eventOfIdentity(`sequence, revision, canonical, ${LEAF}`, '?1', '?2', '?3'), ARRAYS)
  const insert = db.prepare(
    `INSERT INTO events (sequence, stream, revision, source, id, canonical, leaf_hash)
      VALUES (?, ?, ?, ?, ?, ?, ?)`,
  )
  const names = knownNames(db)
  const published = publications(db)
  let sequence = 0
  /** The recording time of the next event, in ms and as the member of a text. */
  let instant = 0
  let recordedAt = ''
  /** The latest that it can be in this transaction. */
  let latest = 0
  /** A lower bound of the ledger's vocabulary. */
  let vocabulary = 1

  /** Reads the ledger's end: the next event's number, and a time that is never before the last event's. */
  const start = (batches: ReadonlyArray<AppendBatch>): E.Either<LedgerError, number> => {
    names.refresh()
    const [number, canonical, hash] = row(last.get())
    sequence = number === undefined ? 0 : Number(number)
    const before = number === undefined ? null : recordedTime(verified(sequence, canonical, hash).canonical)
    const time = recordingTime(clock(), before, acceptClock)
    if (E.isRight(time)) {
      const stamped = stampedTime(batches)
      const isUsable =
        stamped !== undefined && stamped >= (before ?? stamped) && isRecent(stamped, time.right)
      latest = time.right
      recordAt(isUsable ? stamped : latest)
    }
    return time
  }

  const recordAt = (ms: number): void => {
    instant = ms
    recordedAt = recordedAtMember(ms)
  }

  const add = (event: PreparedEvent, stream: StoredStream): EventOutcome => {
    if (event.vocabulary > vocabulary) vocabulary = raiseVocabulary(db, event.vocabulary)
    const stamped = event.kind === 'plain' ? event.stamp : undefined
    // Batches that are written together were stamped one after the other.
    if (stamped && stamped.recordedAt > instant && stamped.recordedAt <= latest) recordAt(stamped.recordedAt)
    const stamp = stamped?.recordedAt === instant ? stamped : null
    const text = stamp?.canonical ?? storedText(event)
    const source = names.sourceNumber(event.source)
    const number = names.streamNumber(event.stream, stream)
    sequence++
    stream.revision++
    const leaf = stamp?.leaf ?? Buffer.from(leafHash(text), 'hex')
    insert.run(sequence, number, stream.revision, source, event.id, text, leaf)
    return { kind: 'appended', revision: stream.revision }
  }

  const storedText = (event: PreparedEvent): string => {
    if (event.kind === 'personal') {
      const sealed = vault.seal(event.account, event, event.personal, event.ahead)
      return event.head + canonicalSealed(sealed) + event.middle + recordedAt + event.tail
    }
    if (event.document !== null) vault.keepDocument(event.document)
    return event.head + recordedAt + event.tail
  }

  /** The outcome of an event that is already recorded; undefined for a new one. */
  const known = (event: PreparedEvent, stream: StoredStream): EventOutcome | undefined => {
    if (stream.id === null) return undefined
    const [at, place, canonical, hash] = row(find.get(stream.id, names.sourceNumber(event.source), event.id))
    if (at === undefined) return published.otherPublication(event, stream.id)
    const revision = Number(place)
    const path = difference(verified(Number(at), canonical, hash).canonical, event, vault)
    if (path === null) return { kind: 'duplicate', revision }
    return {
      kind: 'conflict',
      revision,
      reason: `${path} differs from what was recorded under the same source and id`,
    }
  }

  const writeBatch = ({ stream: name, expectedRevision, events }: AppendBatch): AppendResult => {
    const stream = names.stream(name)
    const outcomes: EventOutcome[] = []
    const mayWrite = expectedRevision === 'any' || expectedRevision === stream.revision
    for (const event of events) {
      if (event.stream !== name) throw new RangeError(`an event of ${event.stream} in a batch for ${name}`)
      const outcome = known(event, stream)
      // Events already recorded are no reason to refuse a batch, so it can be sent again after an answer was lost.
      if (outcome === undefined && !mayWrite) {
        return { kind: 'wrong_revision', stream: name, actual: stream.revision }
      }
      outcomes.push(outcome ?? add(event, stream))
    }
    return { kind: 'written', stream: name, events: outcomes }
  }

  return {
    write: (batches) => E.map(() => batches.map(writeBatch))(start(batches)),
    forget: () => {
      vocabulary = 1
      names.forget()
      published.forget()
    },
  }
}

/** The recording time that these events are stamped for, if any is. */
const stampedTime = (batches: ReadonlyArray<AppendBatch>): number | undefined => {
  for (const { events } of batches) {
    for (const event of events) if (event.kind === 'plain' && event.stamp) return event.stamp.recordedAt
  }
  return undefined
}

/** The most that an event's recording time may be before the ledger's clock when it is written, in ms. */
const STAMP_AGE = 5_000

const isRecent = (stamped: number, now: number): boolean => stamped <= now && now - stamped <= STAMP_AGE

/** The instant at which a stored event was recorded, in ms since the epoch. */
const recordedTime = (canonical: string): number => {
  const instant = recordedAtOf(canonical)
  if (instant === undefined) throw new Damage('the last event has no recording time')
  return instant
}
