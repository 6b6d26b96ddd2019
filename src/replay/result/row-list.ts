import type { Place } from '../../domain/order.ts'
import { grown, utf8Store } from '../../foundation/text/utf8-store.ts'
import { canonicalRow } from './canonical-row.ts'
import type { Row } from './rows.ts'

/** The reported rows, decisions in order, then missed accounts by id; kept as text, which takes less memory than objects. */
export type RowList = Iterable<Row> & {
  readonly size: number
  /** Each row in canonical form (RFC 8785) with a line feed, as UTF-8, many in one piece. */
  readonly lines: () => Iterable<Uint8Array>
  readonly all: () => ReadonlyArray<Row>
}

/** Rows in any order, on their way into a list. */
export type RowCollection = {
  /** `place`: of the decision; for a missed account, when it was missed. */
  readonly add: (row: Row, place: Place) => void
  readonly finish: () => RowList
}

/** The least bytes of a piece of lines. */
const PIECE = 1 << 18

export const collectRows = (): RowCollection => {
  const texts = utf8Store()
  const sortKeys = utf8Store()
  let moments = new Float64Array(1024)
  let nanos = new Int32Array(1024)
  let size = 0

  const add = (row: Row, place: Place): void => {
    if (size === moments.length) {
      moments = grown(moments, new Float64Array(2 * size))
      nanos = grown(nanos, new Int32Array(2 * size))
    }
    const isMissed = row.decisionId === null
    moments[size] = isMissed ? Number.POSITIVE_INFINITY : place.at
    nanos[size] = isMissed ? 0 : place.nanos
    sortKeys.add(isMissed ? row.account : restOf(place))
    texts.add(`${canonicalRow(row)}\n`)
    size++
  }
  const finish = (): RowList => {
    const order = new Uint32Array(size).map((_, index) => index)
    order.sort(
      (a, b) =>
        difference(moments[a], moments[b]) ||
        (nanos[a] ?? 0) - (nanos[b] ?? 0) ||
        Buffer.compare(sortKeys.at(a), sortKeys.at(b)),
    )
    const lines = function* (): Generator<Uint8Array> {
      let pieces: Uint8Array[] = []
      let bytes = 0
      for (const index of order) {
        const text = texts.at(index)
        pieces.push(text)
        bytes += text.length
        if (bytes < PIECE) continue
        yield Buffer.concat(pieces, bytes)
        pieces = []
        bytes = 0
      }
      if (bytes > 0) yield Buffer.concat(pieces, bytes)
    }
    const each = function* (): Generator<Row> {
      // Cast: each text is a row that was added.
      for (const index of order) yield JSON.parse(texts.at(index).toString()) as Row
    }
    return { size, lines, all: () => [...each()], [Symbol.iterator]: each }
  }
  return { add, finish }
}

/** What orders two places at one instant, as text whose bytes compare as `comparePlaces` does. No part contains a NUL. */
const restOf = ({ rank, source, id, subject }: Place): string =>
  `${String.fromCharCode(rank + 1)}${source}\0${id}\0${subject}`

/** Infinities are equal. */
const difference = (a = 0, b = 0): number => (a === b ? 0 : a - b)
