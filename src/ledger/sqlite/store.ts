import { setTimeout } from 'node:timers/promises'
import * as E from '#fp/Either'
import type { StreamName } from '../../domain/stream.ts'
import { attempt } from '../../foundation/attempt.ts'
import { isBusy } from '../../foundation/sqlite/errors.ts'
import type { Opener, OpenFile } from '../../foundation/sqlite/read-only.ts'
import type { RecordingClock } from '../clock.ts'
import type {
  AppendBatch,
  AppendResult,
  Ledger,
  LedgerError,
  Pages,
  Position,
  SequencedEvent,
} from '../port.ts'
import type { VaultWriter } from '../vault/vault.ts'
import { explaining } from '../vocabulary.ts'
import { appender } from './append.ts'
import { reading } from './pages.ts'
import { isSequence, knownSequence, sequenceAt, sequencePosition } from './position.ts'
import { readInThread } from './reading-thread.ts'
import { ledgerFile } from './schema.ts'
import { vocabularyIn } from './vocabulary.ts'

/** How long an append waits for one of another process, in ms. */
const PATIENCE = 60_000
/** From this many events on, reading in a thread saves more than starting it costs. */
const LONG = 20_000
/** How often `follow` looks for new events, in ms. */
const POLL = 200

/** The ledger in one SQLite file. Throws what the opener throws; after that, errors are values. */
export const openStore = (
  path: string,
  vault: VaultWriter,
  clock: RecordingClock,
  openFile: Opener,
): Ledger => {
  const file = openFile(path, ledgerFile)
  const { db, assertInPlace } = file
  // Streams and sources are looked up or added in the transaction that refers to them, and never deleted; checking
  // each event for that again takes a tenth of an append.
  db.exec('PRAGMA foreign_keys=OFF')
  const read = reading(file, path)
  const closed = new AbortController()
  const append = appending(file, path, vault, clock)
  const range = (after: number, upTo: number): Pages<SequencedEvent> =>
    upTo - after < LONG ? read.range(after, upTo) : readInThread({ path, after, upTo }, file, closed.signal)

  const startAfter = (position: Position | null) =>
    attempt(path, () => {
      const last = read.lastSequence()
      return { after: sequenceAt(position, last), last }
    })

  async function* follow(position: Position | null, signal: AbortSignal): Pages<SequencedEvent> {
    const start = startAfter(position)
    if (E.isLeft(start)) {
      yield start
      return
    }
    let { after, last } = start.right
    while (!signal.aborted) {
      for await (const page of range(after, last)) {
        if (signal.aborted) return
        yield page
        if (E.isLeft(page)) return
        after += page.right.length
      }
      // It rejects only when the signal aborts.
      await setTimeout(POLL, undefined, { signal }).catch(() => {})
      if (signal.aborted) return
      const now = attempt(path, () => {
        // A ledger that was moved gets no more events here: the caller would wait forever.
        assertInPlace()
        return read.lastSequence()
      })
      if (E.isLeft(now)) {
        yield now
        return
      }
      last = now.right
    }
  }

  return explaining({
    append,
    readStream: read.stream,
    readAll: (position, { without, until = Number.POSITIVE_INFINITY } = {}) => {
      const start = startAfter(position)
      if (E.isLeft(start)) return only(start)
      const { after, last } = start.right
      return leavingOut(range(after, Math.min(last, until)), without)
    },
    follow: (position, signal, { without } = {}) => leavingOut(follow(position, signal), without),
    damaged: async () => E.right([]),
    head: async () =>
      attempt(path, () => {
        const sequence = read.lastSequence()
        return { sequence, position: lastPosition(sequence) }
      }),
    end: async () =>
      attempt(path, () => {
        // Checked before an offset is committed.
        assertInPlace()
        return lastPosition(read.lastSequence())
      }),
    vocabulary: async () => attempt(path, () => vocabularyIn(db)),
    sequenceOf: async (position) => attempt(path, () => knownSequence(position, read.lastSequence()) ?? null),
    positionAt: async (sequence) =>
      attempt(path, () => (isSequence(sequence, read.lastSequence()) ? sequencePosition(sequence) : null)),
    at: async (position) => {
      const sequence = attempt(path, () => knownSequence(position, read.lastSequence()))
      if (E.isLeft(sequence)) return sequence
      if (sequence.right === undefined) return E.right(null)
      for await (const page of read.range(sequence.right - 1, sequence.right)) {
        return E.isLeft(page) ? page : E.right(page.right[0] ?? null)
      }
      return E.right(null)
    },
    close: async () => {
      closed.abort()
      if (db.isOpen) db.close()
    },
  })
}

const lastPosition = (sequence: number): Position | null =>
  sequence === 0 ? null : sequencePosition(sequence)

async function* leavingOut(
  pages: Pages<SequencedEvent>,
  without: ReadonlySet<StreamName> | undefined,
): Pages<SequencedEvent> {
  for await (const page of pages) {
    yield E.isLeft(page) || without === undefined
      ? page
      : E.right(page.right.filter(({ stream }) => !without.has(stream)))
  }
}

async function* only(error: E.Left<LedgerError>): Pages<SequencedEvent> {
  yield error
}

type Append = (
  batches: ReadonlyArray<AppendBatch>,
) => Promise<E.Either<LedgerError, ReadonlyArray<AppendResult>>>

/** One call is one transaction that holds the write lock from its start; vault and keys are durable before it ends. */
const appending = (
  { db, assertInPlace }: OpenFile,
  path: string,
  vault: VaultWriter,
  clock: RecordingClock,
): Append => {
  const { write, forget } = appender(db, vault, clock)

  const begin = (): boolean => {
    // SQLite would block the whole process while waiting, so we ask often and briefly instead.
    db.exec('PRAGMA busy_timeout=2')
    try {
      db.exec('BEGIN IMMEDIATE')
      return true
    } catch (error) {
      if (!isBusy(error)) throw error
      return false
    } finally {
      db.exec('PRAGMA busy_timeout=10000')
    }
  }
  const transaction = (
    batches: ReadonlyArray<AppendBatch>,
  ): E.Either<LedgerError, ReadonlyArray<AppendResult>> => {
    try {
      const results = write(batches)
      vault.commit()
      db.exec('COMMIT')
      assertInPlace()
      return results
    } catch (error) {
      forget()
      try {
        vault.rollback()
      } finally {
        // Some failures end the transaction themselves.
        if (db.isTransaction) db.exec('ROLLBACK')
      }
      throw error
    }
  }

  return async (batches) => {
    const deadline = performance.now() + PATIENCE
    for (;;) {
      const begun = attempt(path, begin)
      if (E.isLeft(begun)) return begun
      if (begun.right) return E.flatten(attempt(path, () => transaction(batches)))
      if (performance.now() > deadline) {
        return E.left({
          kind: 'unavailable',
          message: `another process has kept ${path} locked for a minute`,
        })
      }
      // At random intervals, so that neither of two processes always comes too late.
      await setTimeout(1 + Math.random() * 4)
    }
  }
}
