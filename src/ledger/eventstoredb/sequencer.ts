import { setTimeout as pause } from 'node:timers/promises'
import * as E from '#fp/Either'
import { attempt } from '../../foundation/attempt.ts'
import type { LedgerError } from '../port.ts'
import { type Continuity, continuity } from './continuity.ts'
import { logEnd } from './log-end.ts'
import { compareInLog, type LogPosition } from './position.ts'
import type { Reader } from './read.ts'
import type { Numbered, SequenceIndex } from './sequence-index.ts'
import { logPlaceOf } from './stored.ts'
import { assertReadable } from './vocabulary.ts'

/**
 * Numbers the events of the ledger in the order of the cluster's log, which is the same for everybody. It resumes
 * after the last number on disk; of several processes, one writes each number and the others adopt it.
 */
export type Sequencer = {
  /** Numbers everything in the log at this time; returns the last one, null if there is none. */
  readonly catchUp: () => Promise<E.Either<LedgerError, Numbered | null>>
  /** The number of the event at a place; undefined if no event of the ledger is there. */
  readonly sequenceOf: (place: LogPosition) => Promise<E.Either<LedgerError, number | undefined>>
  /** The place of the event with a number; undefined if there are fewer. */
  readonly placeOf: (sequence: number) => Promise<E.Either<LedgerError, LogPosition | undefined>>
}

const PAGE = 2_000

/**
 * `patience`: how long the log is read without progress, in ms. `refuseNow` returns an error if the ledger's
 * vocabulary is not known: then it can have streams that are not known either, and every number would be wrong.
 */
export const openSequencer = (
  reader: Reader,
  index: SequenceIndex,
  path: string,
  patience: number,
  refuseNow: () => Promise<LedgerError | null>,
): Sequencer => {
  /** Everything up to and including this place is numbered. */
  let cursor: LogPosition | null = null
  let begun = false
  /** While the log is counted from its start. */
  let whole: Continuity | null = null
  let queue: Promise<unknown> = Promise.resolve()

  const run = async (): Promise<E.Either<LedgerError, Numbered | null>> => {
    const end = await logEnd(reader)
    if (E.isLeft(end)) return end
    let deadline = performance.now() + patience
    for (;;) {
      if (performance.now() > deadline) {
        return E.left({
          kind: 'unavailable',
          message: 'the log of the cluster is shorter than at the last read; try again',
        })
      }
      const last = attempt(path, index.last)
      if (E.isLeft(last)) return last
      if (!begun || isBefore(cursor, last.right)) {
        // Streams counted from the log's start must be complete; for the rest only damage recorded in the log is
        // seen.
        whole = last.right === null ? continuity(reader, { fromStart: true }) : null
        const known = await isOfThisCluster(reader, last.right)
        if (E.isLeft(known)) return known
        if (!known.right) return E.left({ kind: 'unusable', message: otherCluster(path) })
        // What others have counted is not read here, so its damage would not be found.
        const refused = last.right === null ? null : await refuseNow()
        if (refused !== null) return E.left(refused)
        cursor = last.right
        begun = true
      }
      const atEnd = end.right === null || (cursor !== null && compareInLog(cursor, end.right) >= 0)
      if (atEnd && whole !== null) {
        const lost = whole.lost().map((one) => ({ ...one, lost: true }))
        whole = null
        const noted = attempt(path, () => index.note(lost))
        if (E.isLeft(noted)) return noted
      }
      // Until the end is seen: a read can be cut short.
      if (atEnd) return last
      const page = await reader.log(cursor, PAGE)
      if (E.isLeft(page)) return page
      const fresh = page.right.filter(
        (event) => cursor === null || compareInLog(logPlaceOf(event), cursor) > 0,
      )
      const places = fresh.map((event) => ({
        place: logPlaceOf(event),
        ours: reader.ledgerStreamOf(event) !== undefined,
      }))
      const ours = places.filter((one) => one.ours).map(({ place }) => place)
      const added = attempt(path, () => {
        for (const event of fresh) assertReadable(reader, event)
        return ours.length === 0 || index.add(last.right, ours)
      })
      if (E.isLeft(added)) return added
      if (!added.right) continue // another process was faster: continue from there
      for (const event of fresh) whole?.see(event)
      const deeds = fresh.flatMap((event) => reader.deletionIn(event) ?? [])
      const noted = attempt(path, () =>
        index.note(deeds.map(({ stream, cause }) => ({ stream, cause, lost: false }))),
      )
      if (E.isLeft(noted)) return noted
      const reached = places.at(-1)
      if (reached === undefined) {
        await pause(50)
        continue
      }
      cursor = reached.place
      deadline = performance.now() + patience
    }
  }

  const catchUp: Sequencer['catchUp'] = () => {
    const turn = queue.then(run)
    queue = turn.catch(() => {})
    return turn
  }

  /** What the index knows, perhaps only once it has caught up. */
  const known = async <A>(ask: () => A | undefined): Promise<E.Either<LedgerError, A | undefined>> => {
    const answer = attempt(path, ask)
    if (E.isLeft(answer) || answer.right !== undefined) return answer
    const caughtUp = await catchUp()
    return E.isLeft(caughtUp) ? caughtUp : attempt(path, ask)
  }

  return {
    catchUp,
    sequenceOf: (place) => known(() => index.sequenceOf(place)),
    placeOf: (sequence) => known(() => index.placeOf(sequence)),
  }
}

const isBefore = (cursor: LogPosition | null, last: Numbered | null): boolean =>
  last !== null && (cursor === null || compareInLog(cursor, last) < 0)

/** Whether an event of the ledger is at the place of the last number. */
const isOfThisCluster = async (
  reader: Reader,
  last: Numbered | null,
): Promise<E.Either<LedgerError, boolean>> => {
  if (last === null) return E.right(true)
  const page = await reader.log(last, 1)
  if (E.isLeft(page)) return page
  const [event] = page.right
  return E.right(
    event !== undefined &&
      reader.ledgerStreamOf(event) !== undefined &&
      compareInLog(logPlaceOf(event), last) === 0,
  )
}

/** Why an index does not match the cluster. */
export const otherCluster = (path: string): string =>
  `${path} numbers an event that the cluster does not hold: it is another cluster, or this one was restored or lost ` +
  'events to a scavenge; delete that file: it will be rebuilt, and the streams that have lost events are then reported'
