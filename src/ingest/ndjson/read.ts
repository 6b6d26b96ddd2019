import type { Readable } from 'node:stream'
import * as E from '#fp/Either'
import { isSystemError, notRead } from '../../foundation/files/file-error.ts'
import { withoutMark } from '../../foundation/text/utf8.ts'
import { type LineBatch, lineSplitter } from './lines.ts'
import { startingWith, unpacked } from './unpack.ts'

/** Reading the input failed; the lines before are delivered first. */
export type ReadError = { readonly kind: 'unreadable'; readonly message: string }

/** A live pipe may be slow or pause: the time in ms that complete lines may spend waiting for more input. */
const LONGEST_WAIT = 50
/** The length of a byte order mark. */
const MARK_BYTES = 3

/**
 * The lines of an NDJSON stream in batches, gzip and Zstandard decompressed; `name` is the file's. If `stop` is
 * aborted, or reading the input fails, the complete lines read so far are the last; an unfinished one is dropped.
 */
export async function* readNdjson(
  stream: Readable,
  name: string,
  stop: AbortSignal,
): AsyncGenerator<E.Either<ReadError, LineBatch>, void, undefined> {
  const splitter = lineSplitter(name)
  const chunks = startingWith(MARK_BYTES, unpacked(stream, name))
  let last: LineBatch | undefined
  let error: ReadError | undefined
  let isFirst = true
  let next = chunks.next()
  /** How long the first of the complete lines may still wait. */
  let patience = LONGEST_WAIT
  try {
    for (;;) {
      const start = performance.now()
      const came = await nextOf(next, splitter.hasLines() ? patience : undefined, stop)
      if (splitter.hasLines()) patience = Math.max(0, patience - (performance.now() - start))
      if (came === 'stopped') {
        last = splitter.flush()
        break
      }
      if (came === 'paused') {
        const waiting = splitter.flush()
        patience = LONGEST_WAIT
        if (waiting !== undefined) yield E.right(waiting)
        continue
      }
      if (came.done === true) {
        last = splitter.end()
        break
      }
      const chunk = isFirst ? withoutMark(came.value) : came.value
      isFirst = false
      for (const batch of splitter.push(chunk)) {
        patience = LONGEST_WAIT
        yield E.right(batch)
      }
      next = chunks.next()
    }
  } catch (cause) {
    last = splitter.flush()
    error = { kind: 'unreadable', message: describe(cause, name) }
  } finally {
    stream.destroy()
    next.catch(() => {}) // destroyed, and possibly not awaited
  }
  if (last !== undefined) yield E.right(last)
  if (error !== undefined) yield E.left(error)
}

/** The next chunk, or that none came in time, or that reading must stop. */
const nextOf = <A>(
  next: Promise<A>,
  wait: number | undefined,
  stop: AbortSignal,
): Promise<A | 'paused' | 'stopped'> =>
  new Promise((resolve, reject) => {
    if (stop.aborted) return resolve('stopped')
    // After a turn of the event loop: a chunk may have come while this thread was busy.
    const pause = (): unknown => setImmediate(() => settle('paused'))
    const timer = wait === undefined ? undefined : setTimeout(pause, wait)
    const onStop = (): void => settle('stopped')
    const release = (): void => {
      clearTimeout(timer)
      stop.removeEventListener('abort', onStop)
    }
    const settle = (result: A | 'paused' | 'stopped'): void => {
      release()
      resolve(result)
    }
    stop.addEventListener('abort', onStop)
    next.then(settle, (cause: unknown) => {
      release()
      reject(cause)
    })
  })

const describe = (cause: unknown, name: string): string => {
  if (isSystemError(cause)) return notRead(name, cause).message
  return `cannot read ${name}: ${cause instanceof Error ? cause.message : String(cause)}`
}
