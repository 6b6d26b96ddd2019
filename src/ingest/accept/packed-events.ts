import { Buffer } from 'node:buffer'
import { RECORDED_AT_BYTES } from '../../ledger/event/leaf.ts'
import type { PreparedEvent } from '../../ledger/event/prepare.ts'
import { stamping } from '../../ledger/event/stamp.ts'

/**
 * Prepared events as one thread sends them to another. To copy thousands of small objects takes longer than to prepare
 * them, so plain events are few large values: element i of each list belongs to event i.
 */
export type PackedEvents = {
  /** The recording time of their stamps, in ms since the epoch. */
  readonly recordedAt: number
  /** Their stored forms, one after the other. */
  readonly text: string
  /** Of each event three numbers: the lengths of its stored form and of its head, and the vocabulary it needs. */
  readonly numbers: Uint32Array<ArrayBuffer>
  /** Their leaf hashes, 32 bytes each. */
  readonly leaves: Uint8Array<ArrayBuffer>
  readonly streams: ReadonlyArray<PreparedEvent['stream']>
  readonly sources: ReadonlyArray<string>
  readonly ids: ReadonlyArray<string>
  /** What is not a plain event in ASCII, by index; a wider character would double the size of the whole text. */
  readonly others: ReadonlyMap<number, PreparedEvent>
}

const LEAF_BYTES = 32

/** Packs events, and stamps the plain ones for a recording time. */
export const packEvents = (events: ReadonlyArray<PreparedEvent>, recordedAt: number): PackedEvents => {
  const stampOf = stamping(recordedAt)
  const texts: string[] = []
  const numbers = new Uint32Array(3 * events.length)
  const leaves = new Uint8Array(LEAF_BYTES * events.length)
  const others = new Map<number, PreparedEvent>()
  for (const [i, event] of events.entries()) {
    const stamp = event.kind === 'plain' && event.document === null ? stampOf(event) : null
    if (stamp === null || !isAscii(stamp.canonical)) {
      others.set(i, event)
      continue
    }
    texts.push(stamp.canonical)
    numbers[3 * i] = stamp.canonical.length
    numbers[3 * i + 1] = event.head.length
    numbers[3 * i + 2] = event.vocabulary
    leaves.set(stamp.leaf, LEAF_BYTES * i)
  }
  return {
    recordedAt,
    text: texts.join(''),
    numbers,
    leaves,
    streams: events.map(({ stream }) => stream),
    sources: events.map(({ source }) => source),
    ids: events.map(({ id }) => id),
    others,
  }
}

/** The large values of packed events, to be transferred instead of copied. */
export const transferable = ({ numbers, leaves }: PackedEvents): ReadonlyArray<ArrayBuffer> => [
  numbers.buffer,
  leaves.buffer,
]

/** The events that were packed. */
export const unpackEvents = (packed: PackedEvents): ReadonlyArray<PreparedEvent> => {
  const { recordedAt, text, numbers, leaves, streams, sources, ids, others } = packed
  let at = 0
  return streams.map((stream, i) => {
    const other = others.get(i)
    if (other !== undefined) return other
    const canonical = text.slice(at, at + (numbers[3 * i] ?? 0))
    const headLength = numbers[3 * i + 1] ?? 0
    at += canonical.length
    return {
      kind: 'plain',
      document: null,
      stream,
      source: sources[i] ?? '',
      id: ids[i] ?? '',
      vocabulary: numbers[3 * i + 2] ?? 0,
      head: canonical.slice(0, headLength),
      tail: canonical.slice(headLength + RECORDED_AT_BYTES),
      stamp: { recordedAt, canonical, leaf: leaves.subarray(LEAF_BYTES * i, LEAF_BYTES * (i + 1)) },
    }
  })
}

const isAscii = (text: string): boolean => Buffer.byteLength(text) === text.length
