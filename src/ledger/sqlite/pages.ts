import { setImmediate } from 'node:timers/promises'
import * as E from '#fp/Either'
import type { StreamName } from '../../domain/stream.ts'
import { attempt, Damage } from '../../foundation/attempt.ts'
import type { OpenFile } from '../../foundation/sqlite/read-only.ts'
import { ARRAYS, row } from '../../foundation/sqlite/rows.ts'
import type { LedgerError, Pages, SequencedEvent } from '../port.ts'
import { EVENT_COLUMNS, type ReadRow, rowReader } from './rows.ts'

/** The number of events read at once; with events of at most 16 KiB, 16 MiB. */
const PAGE = 1_000

/**
 * Ordered reading: each event is checked itself (see `rowReader`), and its place and time against the one before it.
 */
export type LedgerReading = {
  readonly stream: (name: StreamName) => Pages<SequencedEvent>
  /** The events after one sequence, up to another (inclusive). */
  readonly range: (after: number, upTo: number) => Pages<SequencedEvent>
  /** The last event's sequence; 0 when there is none. Throws what SQLite throws. */
  readonly lastSequence: () => number
}

export const reading = ({ db, wasWritten }: OpenFile, path: string): LedgerReading => {
  // CROSS JOIN keeps SQLite from swapping the loops.
  const inRange = db.prepare(
    `SELECT ${EVENT_COLUMNS} FROM events e CROSS JOIN streams s ON s.id = e.stream
      WHERE e.sequence > ? AND e.sequence <= ? ORDER BY e.sequence LIMIT ${PAGE}`,
    ARRAYS,
  )
  const inStream = db.prepare(
    `SELECT ${EVENT_COLUMNS} FROM streams s CROSS JOIN events e ON e.stream = s.id
      WHERE s.name = ? AND e.revision > ? AND e.revision <= ? ORDER BY e.revision LIMIT ${PAGE}`,
    ARRAYS,
  )
  const lastRevision = db.prepare(
    'SELECT max(revision) FROM events WHERE stream = (SELECT id FROM streams WHERE name = ?)',
    ARRAYS,
  )
  const last = db.prepare('SELECT max(sequence) FROM events', ARRAYS)
  const read = rowReader(db)

  /** Pages of events whose `place` increases by one from event to event. */
  async function* pages(
    place: 'sequence' | 'revision',
    after: number,
    end: E.Either<LedgerError, number>,
    next: (after: number, upTo: number) => ReadonlyArray<unknown>,
  ): Pages<SequencedEvent> {
    if (E.isLeft(end)) {
      yield end
      return
    }
    const upTo = end.right
    let at = after
    let before: ReadRow | null = null
    while (at < upTo) {
      const page = attempt(path, () => {
        const events: SequencedEvent[] = []
        for (const found of next(at, upTo)) {
          const one = read(row(found))
          const due = at + 1 + events.length
          if (one.event[place] !== due) {
            throw new Damage(`${place} ${due} is missing before event ${one.event.sequence}`)
          }
          if (before !== null) assertAfter(before, one)
          before = one
          events.push(one.event)
        }
        if (events.length === 0) throw new Damage(`${place} ${at + 1} is missing`)
        return events
      })
      const written = attempt(path, wasWritten)
      if (E.isRight(written) && written.right) {
        yield E.left({
          kind: 'unavailable',
          message: `${path} was written to while it was read; run it again`,
        })
        return
      }
      yield page
      if (E.isLeft(page)) return
      at += page.right.length
      // Lets timers and signals run during a long read.
      await setImmediate()
    }
  }

  return {
    lastSequence: () => Number(row(last.get())[0] ?? 0),
    range: (after, upTo) => pages('sequence', after, E.right(upTo), (from, to) => inRange.all(from, to)),
    stream: (name) =>
      pages(
        'revision',
        -1,
        attempt(path, () => Number(row(lastRevision.get(name))[0] ?? -1)),
        (from, to) => inStream.all(name, from, to),
      ),
  }
}

/** The ledger's clock never goes back, so an event that was moved to another place usually shows. */
const assertAfter = (before: ReadRow, after: ReadRow): void => {
  if (
    after.event.sequence <= before.event.sequence ||
    after.envelope.recordedAt < before.envelope.recordedAt
  ) {
    throw new Damage(
      `event ${after.event.sequence} is out of place: event ${before.event.sequence} before it was recorded later`,
    )
  }
}
