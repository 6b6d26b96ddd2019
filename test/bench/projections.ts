import { statSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'
import * as E from '#fp/Either'
import { projections } from '../../projections/index.ts'
import { decodeIncoming } from '../../src/domain/decode.ts'
import { prepare } from '../../src/ledger/event/prepare.ts'
import { openExisting } from '../../src/ledger/open.ts'
import { publishedFile } from '../../src/projection/files.ts'
import { project } from '../../src/projection/project.ts'
import { openPublished } from '../../src/projection/published.ts'
import { firstLines } from './lines.ts'
import { median } from './measure.ts'

const unwrap = <L, A>(answer: E.Either<L, A>): A => {
  if (E.isLeft(answer)) throw new Error(JSON.stringify(answer.left))
  return answer.right
}

/**
 * Events a second of the least that a fold in JavaScript could do over the same ledger: each event's text parsed, and
 * an account's last one kept.
 */
export const benchPlainFold = async (data: string): Promise<number> => {
  const { ledger, close } = unwrap(await openExisting(data))
  const start = performance.now()
  const last = new Map<string, unknown>()
  let events = 0
  for await (const page of ledger.readAll(null)) {
    for (const { canonical } of unwrap(page)) {
      const event: { readonly subject: string } = JSON.parse(canonical)
      last.set(event.subject, event)
      events++
    }
  }
  const perSecond = (events / (performance.now() - start)) * 1000
  await close()
  return Math.round(perSecond)
}

/** Events a second for a rule's condition in SQL over the typed columns; the median of nine. */
export const benchScan = async (data: string): Promise<number> => {
  const { connection, standing, close } = unwrap(await openPublished(data, { memory: '2GB' }))
  const query = `SELECT count(*) FROM events
    WHERE signal_adult_score_double >= 0.97 AND NOT signal_is_illustration_bool`
  const seconds: number[] = []
  for (let run = 0; run < 9; run++) {
    const start = performance.now()
    await connection.runAndReadAll(query)
    seconds.push((performance.now() - start) / 1000)
  }
  close()
  return Math.round(standing.sequence / median(seconds))
}

/** Bytes of the published file for each event in it. */
export const bytesPerEvent = (data: string, events: number): number =>
  Math.round(statSync(publishedFile(data)).size / events)

/** How far a follower lags while events are appended at a given rate. */
export type Lag = {
  readonly appendedPerSecond: number
  /** From the append of an event to when it is folded, in ms: the median and the maximum. */
  readonly foldedMs: number
  readonly foldedMostMs: number
  /** From the append of an event to when readers see it, in ms: the maximum. */
  readonly publishedMostMs: number
}

const PER_SECOND = 1_000
const EVERY_MS = 100

/** Appends events of a file for some seconds, to the ledger of a data folder that is being followed. */
export const benchLag = async (data: string, file: string, seconds: number): Promise<Lag> => {
  const { ledger, vault, close } = unwrap(await openExisting(data))
  const head = unwrap(await ledger.head()).sequence
  const lines = await firstLines(file, PER_SECOND * seconds)
  const events = lines.map((line, i) =>
    unwrap(prepare(unwrap(decodeIncoming({ ...JSON.parse(line), id: `lag-${i}` })).event)),
  )
  /** When each sequence was appended, folded, and published; in ms. */
  const appended: { readonly sequence: number; readonly at: number }[] = []
  const folded: typeof appended = []
  const published: typeof appended = []
  const stop = new AbortController()
  const caughtUp = Promise.withResolvers<void>()
  let read = head
  const following = project(data, { ledger, vault }, projections, {
    follow: true,
    rebuild: false,
    signal: stop.signal,
    watch: {
      onBegin: () => {},
      onRead: (sequence) => {
        read = sequence
      },
      onFold: (done, of) => {
        if (done === of) folded.push({ sequence: read, at: performance.now() })
      },
      onPoison: ({ message }) => caughtUp.reject(new Error(message)),
      onPublish: (sequence) => {
        published.push({ sequence, at: performance.now() })
        caughtUp.resolve()
      },
    },
  })
  // If already up to date, it publishes nothing until an event arrives.
  await Promise.race([caughtUp.promise, setTimeout(3_000)])
  const start = performance.now()
  const share = (PER_SECOND * EVERY_MS) / 1000
  for (let from = 0; from < events.length; from += share) {
    const due = start + (from / PER_SECOND) * 1000
    await setTimeout(Math.max(0, due - performance.now()))
    const streams = Map.groupBy(events.slice(from, from + share), ({ stream }) => stream)
    const batches = Array.from(streams, ([stream, of]) => ({
      stream,
      expectedRevision: 'any' as const,
      events: of,
    }))
    unwrap(await ledger.append(batches))
    appended.push({ sequence: unwrap(await ledger.head()).sequence, at: performance.now() })
  }
  const took = (performance.now() - start) / 1000
  await setTimeout(2_000)
  stop.abort()
  unwrap(await following)
  await close()
  const lagOf = (seen: typeof appended): ReadonlyArray<number> =>
    appended.flatMap(({ sequence, at }) => {
      const when = seen.find((one) => one.sequence >= sequence)
      return when === undefined ? [] : [when.at - at]
    })
  const folds = lagOf(folded)
  return {
    appendedPerSecond: Math.round(events.length / took),
    foldedMs: Math.round(median(folds)),
    foldedMostMs: Math.round(Math.max(...folds)),
    publishedMostMs: Math.round(Math.max(...lagOf(published))),
  }
}
