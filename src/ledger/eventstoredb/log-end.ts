import * as E from '#fp/Either'
import type { LedgerError } from '../port.ts'
import type { LogPosition } from './position.ts'
import { compareInLog } from './position.ts'
import type { Reader } from './read.ts'
import { logPlaceOf } from './stored.ts'

/** A read that is cut short is retried, but not forever. */
const MOST_FRUITLESS = 20

/**
 * The place of the ledger's last event; null when there is none, which requires that the log was read back to its
 * start.
 */
export const lastPlace = async (reader: Reader): Promise<E.Either<LedgerError, LogPosition | null>> => {
  let from: LogPosition | null = null
  let start: LogPosition | null = null
  let fruitless = 0
  // Usually the first page has one; many of the cluster's own events may follow each other.
  for (let count = 20; ; count = 1_000) {
    const page = await reader.logBackwards(from, count)
    if (E.isLeft(page)) return page
    const found = page.right.find((event) => reader.ledgerStreamOf(event) !== undefined)
    if (found !== undefined) return E.right(logPlaceOf(found))
    const earliest = page.right.at(-1)
    if (earliest !== undefined) from = logPlaceOf(earliest)
    if (page.right.length >= count) continue
    if (earliest === undefined && ++fruitless > MOST_FRUITLESS) {
      return E.left({
        kind: 'unavailable',
        message: 'the start of its log could not be read from the cluster',
      })
    }
    if (start === null) {
      const first = await reader.log(null, 1)
      if (E.isLeft(first)) return first
      const [event] = first.right
      if (event !== undefined) start = logPlaceOf(event)
    }
    if (start !== null && from !== null && compareInLog(from, start) <= 0) return E.right(null)
  }
}

/** The place of the log's last event of any kind: damage to streams may be recorded after the ledger's last event. */
export const logEnd = async (reader: Reader): Promise<E.Either<LedgerError, LogPosition | null>> => {
  const page = await reader.logBackwards(null, 1)
  if (E.isLeft(page)) return page
  const [last] = page.right
  return E.right(last === undefined ? null : logPlaceOf(last))
}
