import type { Place } from '../../domain/order.ts'
import { grown, type Utf8Store, utf8Store } from '../../foundation/text/utf8-store.ts'
import { canonicalRow } from './canonical-row.ts'
import type { Row } from './rows.ts'

/** Rows as text, which takes less memory than objects: decisions in order, then missed accounts by id. */
export type SortedRows = {
  readonly size: number
  /** The index of the first missed account. */
  readonly decisions: number
  /** When each was decided or missed: ms, and nanoseconds into that millisecond. */
  readonly at: Float64Array
  readonly nanos: Int32Array
  /** What orders two decisions at one instant; a missed account's id. Compared by bytes. */
  readonly keyOf: (index: number) => Uint8Array
  /** A row in canonical form (RFC 8785) with a line feed, as UTF-8. */
  readonly textOf: (index: number) => Uint8Array
  /** The keys and the texts of consecutive rows, many in one piece. */
  readonly keysOf: (from: number, to: number) => Iterable<Uint8Array>
  readonly textsOf: (from: number, to: number) => Iterable<Uint8Array>
  /** In bytes. */
  readonly keyLength: (index: number) => number
  readonly textLength: (index: number) => number
}

/** Rows in any order, on their way to be sorted. */
export type RowCollection = {
  /** `place`: of the decision; for a missed account, when it was missed. */
  readonly add: (row: Row, place: Place) => void
  /** The rows, and the position at which each of them was added. */
  readonly finish: () => { readonly rows: SortedRows; readonly added: Uint32Array }
}

/** The least bytes of a piece of texts. */
const PIECE = 1 << 18

export const collectRows = (): RowCollection => {
  const texts = utf8Store()
  const keys = utf8Store()
  let at = new Float64Array(1024)
  let nanos = new Int32Array(1024)
  let isMissed = new Uint8Array(1024)
  let size = 0
  let missed = 0

  const add = (row: Row, place: Place): void => {
    if (size === at.length) {
      at = grown(at, new Float64Array(2 * size))
      nanos = grown(nanos, new Int32Array(2 * size))
      isMissed = grown(isMissed, new Uint8Array(2 * size))
    }
    at[size] = place.at
    nanos[size] = place.nanos
    if (row.decisionId === null) {
      isMissed[size] = 1
      missed++
    }
    keys.add(row.decisionId === null ? row.account : keyOfPlace(place))
    texts.add(`${canonicalRow(row)}\n`)
    size++
  }

  const finish = (): ReturnType<RowCollection['finish']> => {
    const byKey = (a: number, b: number): number => Buffer.compare(keys.at(a), keys.at(b))
    const added = new Uint32Array(size).map((_, index) => index)
    added.sort((a, b) => {
      const missedFirst = (isMissed[a] ?? 0) - (isMissed[b] ?? 0)
      if (missedFirst !== 0) return missedFirst
      if (isMissed[a] === 1) return byKey(a, b)
      return (at[a] ?? 0) - (at[b] ?? 0) || (nanos[a] ?? 0) - (nanos[b] ?? 0) || byKey(a, b)
    })
    const original = (index: number): number => added[index] ?? 0
    const rows: SortedRows = {
      size,
      decisions: size - missed,
      at: Float64Array.from(added, (index) => at[index] ?? 0),
      nanos: Int32Array.from(added, (index) => nanos[index] ?? 0),
      keyOf: (index) => keys.at(original(index)),
      textOf: (index) => texts.at(original(index)),
      keysOf: (from, to) => joined(keys, added.subarray(from, to)),
      textsOf: (from, to) => joined(texts, added.subarray(from, to)),
      keyLength: (index) => keys.lengthAt(original(index)),
      textLength: (index) => texts.lengthAt(original(index)),
    }
    return { rows, added }
  }
  return { add, finish }
}

/** Some texts of a store, many in one piece. */
function* joined(store: Utf8Store, indexes: Uint32Array): Generator<Uint8Array> {
  let pieces: Uint8Array[] = []
  let bytes = 0
  for (const index of indexes) {
    const text = store.at(index)
    pieces.push(text)
    bytes += text.length
    if (bytes < PIECE) continue
    yield Buffer.concat(pieces, bytes)
    pieces = []
    bytes = 0
  }
  if (bytes > 0) yield Buffer.concat(pieces, bytes)
}

/** What orders two places at one instant, as text whose bytes compare as `comparePlaces` does. No part contains a NUL. */
const keyOfPlace = ({ rank, source, id, subject }: Place): string =>
  `${String.fromCharCode(rank + 1)}${source}\0${id}\0${subject}`

/** The order of rows, as `collectRows` sorts them. */
export const compareRows = (a: SortedRows, i: number, b: SortedRows, j: number): number => {
  const isMissed = i >= a.decisions
  if (isMissed !== j >= b.decisions) return isMissed ? 1 : -1
  const byTime = isMissed ? 0 : (a.at[i] ?? 0) - (b.at[j] ?? 0) || (a.nanos[i] ?? 0) - (b.nanos[j] ?? 0)
  return byTime || Buffer.compare(a.keyOf(i), b.keyOf(j))
}
