import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, vi } from 'vitest'
import * as E from '#fp/Either'
import type { AppError } from '../../src/app/error.ts'
import { decodeIncoming } from '../../src/domain/decode.ts'
import type { IncomingEvent } from '../../src/domain/event.ts'
import { type PreparedEvent, prepare } from '../../src/ledger/event/prepare.ts'
import { openExisting, openLedger } from '../../src/ledger/open.ts'
import { all } from '../ledger/contract.ts'
import { unwrap } from '../ledger/events.ts'
import { PATIENCE } from '../patience.ts'
import { projected } from '../projection/projecting.ts'

/** When the ledger of a test takes everything in. */
export const RECORDED = Date.UTC(2026, 0, 1)
export const clock = (): number => RECORDED

/**
 * A temporary folder for each test of a file, and a look at what use cases print while they run: each test fails that ends
 * with anything printed, or with a file of the folder open. Gives the path of a name in the folder.
 */
export const useCaseFolder = (): ((name: string) => string) => {
  let dir = ''
  const printed: unknown[] = []
  const print = (...what: ReadonlyArray<unknown>): true => {
    printed.push(what[0])
    return true
  }
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'redress-app-'))
    for (const stream of [process.stdout, process.stderr]) {
      vi.spyOn(stream, 'write').mockImplementation(print)
    }
    for (const level of ['log', 'info', 'warn', 'error'] as const) {
      vi.spyOn(console, level).mockImplementation(print)
    }
  })
  afterEach(async () => {
    vi.restoreAllMocks()
    try {
      // A stream that was destroyed closes its file a moment later.
      await vi.waitFor(() => expect(openFilesIn(dir)).toEqual([]), { timeout: PATIENCE })
    } finally {
      rmSync(dir, { recursive: true, force: true })
    }
    expect(printed.splice(0)).toEqual([])
  })
  return (name) => join(dir, name)
}

/** Files of a folder that this process has open, on a system that tells. */
const openFilesIn = (dir: string): ReadonlyArray<string> => {
  const descriptors = '/proc/self/fd'
  if (!existsSync(descriptors)) return []
  const inside = realpathSync(dir)
  return readdirSync(descriptors)
    .flatMap((descriptor) => {
      try {
        return [readlinkSync(join(descriptors, descriptor))]
      } catch {
        // Closed since, as that of the listing is.
        return []
      }
    })
    .filter((path) => path.startsWith(inside))
}

/** What a data folder's ledger holds, parsed, in the order of the ledger. */
export const storedIn = async (data: string): Promise<ReadonlyArray<Record<string, unknown>>> => {
  const { ledger, close } = unwrap(await openExisting(data))
  const events = await all(ledger.readAll(null))
  await close()
  return events.map(({ canonical }) => Object(JSON.parse(canonical)))
}

/** A store that is still open leaves its write-ahead log. */
export const leftOpenIn = (data: string): ReadonlyArray<string> =>
  readdirSync(data).filter((name) => name.endsWith('-wal'))

/** The error of a use case that a test expects to have no result. */
export const errorOf = (result: E.Either<AppError, unknown>): AppError => {
  if (E.isRight(result)) throw new Error(`it has a result: ${JSON.stringify(result.right)}`)
  return result.left
}

/** Fills the ledger of a data folder, which is made when it is missing. */
export const record = async (data: string, events: ReadonlyArray<PreparedEvent>): Promise<void> => {
  mkdirSync(data, { recursive: true })
  const { ledger, close } = unwrap(await openLedger(data, { clock }))
  for (const event of events) {
    unwrap(await ledger.append([{ stream: event.stream, expectedRevision: 'any', events: [event] }]))
  }
  await close()
}

/** Fills the ledger of a data folder with what services publish. */
export const recordIncoming = (data: string, events: ReadonlyArray<IncomingEvent>): Promise<void> =>
  record(
    data,
    events.map((event) => unwrap(prepare(event))),
  )

/** The same, and projects all that the ledger holds. */
export const recordAndProject = async (data: string, events: ReadonlyArray<IncomingEvent>): Promise<void> => {
  await recordIncoming(data, events)
  const open = unwrap(await openLedger(data, { clock }))
  await projected({ dir: data, open }).finally(open.close)
}

/** The path of a file of a replay vector. */
export const vectorFile = (vector: string, name: string): string =>
  join(import.meta.dirname, '../vectors', vector, name)

/** The events of a replay vector. */
export const vectorEvents = (vector: string): ReadonlyArray<PreparedEvent> =>
  readFileSync(vectorFile(vector, 'events.ndjson'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => unwrap(prepare(unwrap(decodeIncoming(JSON.parse(line))).event)))
