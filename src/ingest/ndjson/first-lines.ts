import * as E from '#fp/Either'
import { countOf } from '../../foundation/text/count-of.ts'
import { messageOf } from '../accept/batch.ts'
import type { LineBatch } from './lines.ts'
import { type Look, looksByBytes, looksByLines } from './looks-like.ts'
import type { ReadError } from './read.ts'

/** An input that is not NDJSON at all; the message says what it looks like, and what to do. */
export type WrongForm = { readonly kind: 'wrong_form'; readonly message: string }

type Batches<Error> = AsyncGenerator<E.Either<Error, LineBatch>, void, undefined>

/** If none of this many lines is a JSON object, the following ones will not be either. */
const LOOKED_AT = 1_000

/**
 * Why nothing of a file should be ingested; null if it may be. Reads as far as is needed to detect its format, or to
 * its end, where a compressed file shows whether it is complete and unaltered.
 */
export const checkFile = async (
  batches: Batches<ReadError>,
  name: string,
  toItsEnd: boolean,
  onBatch: () => void,
): Promise<ReadError | WrongForm | null> => {
  const look = firstLook(name)
  for await (const batch of batches) {
    onBatch()
    if (E.isLeft(batch)) return batch.left
    look.see(batch.right)
    if (look.isDecided() && (!toItsEnd || look.wrongForm() !== null)) break
  }
  return look.wrongForm()
}

/** For what cannot be read again: its lines are passed on until it is clear that they are not NDJSON. */
export async function* untilWrongForm(
  batches: Batches<ReadError>,
  name: string,
  stop: AbortSignal,
): Batches<ReadError | WrongForm> {
  const look = firstLook(name)
  for await (const batch of batches) {
    // Before it is passed on, because the consumer of a batch may transfer its bytes to another thread.
    if (E.isRight(batch)) look.see(batch.right)
    yield batch
    if (E.isLeft(batch)) return
    if (look.isDecided() && look.wrongForm() !== null) break
  }
  const wrong = stop.aborted ? null : look.wrongForm()
  if (wrong !== null) yield E.left(wrong)
}

type FirstLook = {
  readonly see: (batch: LineBatch) => void
  /** Whether more lines would change nothing. */
  readonly isDecided: () => boolean
  /** What is wrong if nothing follows the lines seen so far; null: they may be NDJSON. */
  readonly wrongForm: () => WrongForm | null
}

/** The number of lines kept to determine what an input looks like. */
const KEPT = 5

const firstLook = (name: string): FirstLook => {
  const kept: Buffer[] = []
  let lines = 0
  let hasObject = false
  let bytesLook: Look | null = null
  /** The last byte of the line before. */
  let before: number | undefined

  const isDecided = (): boolean => bytesLook !== null || hasObject || lines >= LOOKED_AT

  const see = (batch: LineBatch): void => {
    for (let i = 0; 2 * i < batch.bounds.length && !isDecided(); i++) {
      const tooLong = batch.setAside.get(i)
      const line = trimmed(tooLong?.raw ?? messageOf(batch, i))
      lines++
      // A line too long to decode may be an object.
      hasObject = tooLong === undefined ? isObject(line) && !isInList(before) : line[0] === BRACE
      if (lines === 1 && !hasObject) bytesLook = looksByBytes(line)
      if (kept.length < KEPT) kept.push(Buffer.from(line))
      before = line.at(-1)
    }
  }

  const wrongForm = (): WrongForm | null => {
    if (bytesLook !== null) return wrong(`it looks like ${bytesLook.form}. ${bytesLook.todo}`)
    const look = hasObject || lines === 0 ? null : looksByLines(kept)
    if (look === null) return null
    const none =
      lines === 1
        ? 'its only line is not a JSON object'
        : `none of its ${lines < LOOKED_AT ? '' : 'first '}${countOf(lines, 'line')} is a JSON object`
    return wrong(`${none}; it looks like ${look.form}. ${look.todo}`)
  }
  const wrong = (why: string): WrongForm => ({ kind: 'wrong_form', message: `${name} is not NDJSON: ${why}` })

  return { see, isDecided, wrongForm }
}

const BRACE = 0x7b
const CLOSING_BRACE = 0x7d
const BRACKET = 0x5b
const COMMA = 0x2c

const isObject = (line: Buffer): boolean => {
  if (line[0] !== BRACE || line.at(-1) !== CLOSING_BRACE) return false
  try {
    JSON.parse(line.toString('utf8'))
    return true
  } catch {
    return false
  }
}

/** After a line that ends like this, an object is an item of an array: the last line of an array has no comma. */
const isInList = (before: number | undefined): boolean => before === COMMA || before === BRACKET

const BLANKS: ReadonlyArray<number | undefined> = [0x20, 0x09, 0x0d]

const trimmed = (bytes: Uint8Array): Buffer => {
  let [start, end] = [0, bytes.length]
  while (start < end && BLANKS.includes(bytes[start])) start++
  while (start < end && BLANKS.includes(bytes[end - 1])) end--
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start)
}
