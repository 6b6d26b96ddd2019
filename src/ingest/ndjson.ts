import type { Readable } from 'node:stream'
import * as E from '#fp/Either'
import { withoutMark } from '../foundation/utf8.ts'
import { type LineBatch, lineSplitter } from './lines.ts'

/** The input could not be read on; the lines before are handed over first. */
export type ReadError = { readonly kind: 'unreadable'; readonly message: string }

/** A live pipe may pause for long: whole lines wait no longer than this for more to come, in ms. */
const LONGEST_WAIT = 200
const GZIP = [0x1f, 0x8b] as const

/**
 * The lines of an NDJSON stream in batches; `name` is the file's. When `stop` is aborted, the whole lines read so far
 * are the last; an unfinished one is left out.
 */
export async function* readNdjson(
  stream: Readable,
  name: string,
  stop: AbortSignal,
): AsyncGenerator<E.Either<ReadError, LineBatch>, void, undefined> {
  const splitter = lineSplitter(name)
  const chunks = whole(stream)
  let last: LineBatch | undefined
  let error: ReadError | undefined
  let isFirst = true
  try {
    let next = chunks.next()
    for (;;) {
      const came = await nextOf(next, splitter.hasLines() ? LONGEST_WAIT : undefined, stop)
      if (came === 'stopped') {
        next.catch(() => {}) // destroyed below: nobody waits for it any more
        last = splitter.flush()
        break
      }
      if (came === 'paused') {
        const waiting = splitter.flush()
        if (waiting !== undefined) yield E.right(waiting)
        continue
      }
      if (came.done === true) {
        last = splitter.end()
        break
      }
      const chunk = isFirst ? withoutMark(came.value) : came.value
      if (isFirst && chunk[0] === GZIP[0] && chunk[1] === GZIP[1]) {
        error = {
          kind: 'unreadable',
          message: `${name} is compressed; unpack it first: gunzip -c FILE | redress ingest -`,
        }
        break
      }
      isFirst = false
      for (const batch of splitter.push(chunk)) yield E.right(batch)
      next = chunks.next()
    }
  } catch (cause) {
    last = splitter.flush()
    error = { kind: 'unreadable', message: `can't read ${name}: ${reasonOf(cause)}` }
  } finally {
    stream.destroy()
  }
  if (last !== undefined) yield E.right(last)
  if (error !== undefined) yield E.left(error)
}

/** A mark at the beginning of the input, of UTF-8 or of gzip, is no longer than this. */
const MARK = 3

/** The chunks of a stream, the first of them long enough to show by what mark it begins. */
async function* whole(stream: Readable): AsyncGenerator<Uint8Array, void, undefined> {
  let first = Buffer.of()
  for await (const chunk of stream) {
    if (first.length >= MARK) {
      yield toBytes(chunk)
      continue
    }
    first = Buffer.concat([first, toBytes(chunk)])
    if (first.length >= MARK) yield first
  }
  if (first.length < MARK) yield first
}

/** The next chunk, or that none came in time, or that reading is to stop. */
const nextOf = <A>(
  next: Promise<A>,
  wait: number | undefined,
  stop: AbortSignal,
): Promise<A | 'paused' | 'stopped'> =>
  new Promise((resolve, reject) => {
    if (stop.aborted) return resolve('stopped')
    const timer = wait === undefined ? undefined : setTimeout(() => settle('paused'), wait)
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

const toBytes = (chunk: unknown): Uint8Array =>
  chunk instanceof Uint8Array ? chunk : Buffer.from(String(chunk))

const reasonOf = (cause: unknown): string => {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  switch (code) {
    case 'ENOENT':
      return 'there is no such file'
    case 'EISDIR':
      return 'it is a folder'
    case 'EACCES':
    case 'EPERM':
      return 'its permissions forbid it'
    default:
      return cause instanceof Error ? cause.message : String(cause)
  }
}
