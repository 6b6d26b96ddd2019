import { on } from 'node:events'
import { Worker } from 'node:worker_threads'
import * as E from '#fp/Either'
import type { StreamName } from '../../domain/stream.ts'
import { attempt } from '../../foundation/attempt.ts'
import type { OpenFile } from '../../foundation/sqlite/read-only.ts'
import type { LedgerError, Pages, SequencedEvent } from '../port.ts'
import { sequencePosition } from './position.ts'

/** What a thread reads: the events of a file after one sequence, up to another (inclusive). */
export type ReadRequest = { readonly path: string; readonly after: number; readonly upTo: number }

/** A page in few large values: a clone of each event as an object takes several times as long. */
export type PackedPage = {
  /** The sequence of the first event; the others follow without a gap. */
  readonly first: number
  readonly texts: ReadonlyArray<string>
  readonly streams: ReadonlyArray<string>
  readonly revisions: Float64Array
  /** The leaf hashes, 64 characters each. */
  readonly leaves: string
}

/** An answer of the thread, in order. The main thread answers each with a message, which asks for one more. */
export type ReadAnswer = E.Either<LedgerError, PackedPage>

/** The pages that the thread reads ahead. */
export const AHEAD = 2

const LEAF = 64

/** Room for pages of the largest events; without a limit, the thread would collect its garbage rarely. */
const HEAP = { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 8 }

export const packPage = (page: ReadonlyArray<SequencedEvent>): PackedPage => ({
  first: page[0]?.sequence ?? 0,
  texts: page.map(({ canonical }) => canonical),
  streams: page.map(({ stream }) => stream),
  revisions: Float64Array.from(page, ({ revision }) => revision),
  leaves: page.map(({ leafHash }) => leafHash).join(''),
})

const unpackPage = ({
  first,
  texts,
  streams,
  revisions,
  leaves,
}: PackedPage): ReadonlyArray<SequencedEvent> =>
  texts.map((canonical, i) => ({
    // Cast: packed from an event.
    stream: streams[i] as StreamName,
    revision: revisions[i] ?? 0,
    position: sequencePosition(first + i),
    sequence: first + i,
    canonical,
    leafHash: leaves.slice(i * LEAF, (i + 1) * LEAF),
  }))

const failed = (message: string): E.Either<LedgerError, never> =>
  E.left({ kind: 'unavailable', message: `the reading thread failed: ${message}; run it again` })

const CLOSED = E.left<LedgerError>({
  kind: 'unavailable',
  message: 'the ledger was closed while it was read',
})

/**
 * Reads and checks events as `LedgerReading.range` does, in a thread of its own, with its own connection to the file, so
 * that this thread can decode and use the pages before in the meantime. When `closed` aborts, it ends with an error.
 * While nobody waits for a page, it does not keep the process alive.
 */
export async function* readInThread(
  request: ReadRequest,
  { assertInPlace }: Pick<OpenFile, 'assertInPlace'>,
  closed: AbortSignal,
): Pages<SequencedEvent> {
  // The file next to this one: TypeScript in the checkout, JavaScript in the package.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const worker = new Worker(new URL(`./reading-worker.${extension}`, import.meta.url), {
    workerData: request,
    resourceLimits: HEAP,
  })
  const end = () => void worker.terminate()
  closed.addEventListener('abort', end)
  let { after } = request
  try {
    for await (const [answer] of on(worker, 'message', { close: ['exit'] })) {
      if (closed.aborted) break
      // Cast: all that the thread posts.
      const page = answer as ReadAnswer
      if (after === request.after) {
        // The thread opened the path itself: it must still be this file.
        const inPlace = attempt(request.path, assertInPlace)
        if (E.isLeft(inPlace)) {
          yield inPlace
          return
        }
      }
      worker.postMessage(null)
      if (E.isLeft(page)) {
        yield page
        return
      }
      const events = unpackPage(page.right)
      after += events.length
      worker.unref()
      yield E.right(events)
      worker.ref()
    }
    if (after === request.upTo) return
    yield closed.aborted ? CLOSED : failed(`it ended after sequence ${after}`)
  } catch (error) {
    yield failed(error instanceof Error ? error.message : String(error))
  } finally {
    closed.removeEventListener('abort', end)
    await worker.terminate()
  }
}
