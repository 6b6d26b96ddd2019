import { setImmediate } from 'node:timers/promises'
import * as E from '#fp/Either'
import { type DecodedBatch, FULL_BATCH, type RawBatch } from '../accept/batch.ts'

/** A batch as its source gave it, and decoded. */
export type BatchToWrite = { readonly batch: RawBatch; readonly decoded: DecodedBatch }

type Waiting<F, A> = Size & {
  readonly batch: RawBatch
  readonly decoding: Promise<E.Either<F, DecodedBatch>>
  /** Null: still being decoded. */
  decoded: E.Either<F, DecodedBatch> | null
  /** Null: not written yet. */
  written: E.Either<F, A> | null
}

type Size = { readonly messages: number; readonly bytes: number }

/** So few messages are decoded faster than a transaction is committed: what is written waits for them. */
const FEW: Size = { messages: 512, bytes: 512 * 1024 }

/**
 * Decodes batches as they come and writes them in their order; each gets an answer of its own. Those that are ready
 * are written in one transaction, up to a full batch: it takes about as long for a few events as for hundreds, and
 * each partition of a topic delivers a few at a time. After an error nothing more is written.
 */
export const inGroups = <F, A>(
  decode: (batch: RawBatch) => Promise<E.Either<F, DecodedBatch>>,
  /** Answers for each batch of the group. */
  write: (group: ReadonlyArray<BatchToWrite>) => Promise<E.Either<F, ReadonlyArray<A>>>,
): ((batch: RawBatch) => Promise<E.Either<F, A>>) => {
  const queue: Waiting<F, A>[] = []
  let before: Promise<E.Either<F, unknown>> = Promise.resolve(E.right(null))

  const writeGroup = async (): Promise<E.Either<F, unknown>> => {
    const group = readyTogether(queue)
    const batches = queue.splice(0, group.length)
    const answers = await write(group)
    if (E.isLeft(answers)) return answers
    for (const [i, answer] of answers.right.entries()) {
      const batch = batches[i]
      if (batch !== undefined) batch.written = E.right(answer)
    }
    return answers
  }

  return (batch) => {
    // Decoding transfers the buffers, which then are empty.
    const size = { messages: batch.bounds.length / 2, bytes: batch.bytes.length }
    const decoding = decode(batch).then((decoded) => {
      mine.decoded = decoded
      return decoded
    })
    const mine: Waiting<F, A> = { ...size, batch, decoding, decoded: null, written: null }
    queue.push(mine)
    const turn = before.then(async (earlier): Promise<E.Either<F, A>> => {
      if (E.isLeft(earlier)) return earlier
      if (mine.written !== null) return mine.written
      const decoded = await decoding
      if (E.isLeft(decoded)) return decoded
      await Promise.all(fitting(queue, FEW).map((one) => one.decoding))
      // A write blocks this thread: before each, the source and the decoder get a turn, so that both stay ahead.
      await setImmediate()
      const group = await writeGroup()
      if (E.isLeft(group)) return group
      if (mine.written === null) throw new Error('a batch was written without an answer')
      return mine.written
    })
    before = turn
    return turn
  }
}

/** The first batches, as many as do not exceed a size together; at least one. */
const fitting = <W extends Size>(queue: ReadonlyArray<W>, most: Size): ReadonlyArray<W> => {
  let messages = 0
  let bytes = 0
  const end = queue.findIndex((one) => {
    messages += one.messages
    bytes += one.bytes
    return messages > most.messages || bytes > most.bytes
  })
  return end === -1 ? queue : queue.slice(0, Math.max(end, 1))
}

/** The first batches that are decoded and fit into one transaction. */
const readyTogether = <F, A>(queue: ReadonlyArray<Waiting<F, A>>): ReadonlyArray<BatchToWrite> => {
  const group: BatchToWrite[] = []
  for (const { batch, decoded } of fitting(queue, FULL_BATCH)) {
    if (decoded === null || E.isLeft(decoded)) break
    group.push({ batch, decoded: decoded.right })
  }
  return group
}
