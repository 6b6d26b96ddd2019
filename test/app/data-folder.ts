import { existsSync, readdirSync, readlinkSync, realpathSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, vi } from 'vitest'
import * as E from '#fp/Either'
import type { AppError } from '../../src/app/error.ts'
import type { IncomingEvent } from '../../src/domain/event.ts'
import { type OpenLedger, openLedger } from '../../src/ledger/open.ts'
import { projected } from '../projection/projecting.ts'
import { appendAll, unwrap } from '../replay/ledgers.ts'

/** When the ledger of a test takes everything in. */
export const RECORDED = Date.UTC(2026, 0, 1)

/** Runs a test on an empty temporary folder, removed afterwards. */
export const withTemporaryFolder = async <A>(use: (dir: string) => Promise<A>): Promise<A> => {
  const dir = await mkdtemp(join(tmpdir(), 'redress-app-'))
  try {
    return await use(dir)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/** Opens the ledger of a data folder, made where it is missing, and closes it after `use`. */
const onLedger = async <A>(dir: string, use: (open: OpenLedger) => Promise<A>): Promise<A> => {
  const open = unwrap(await openLedger(dir, { clock: () => RECORDED })())
  return use(open).finally(open.close)
}

/** Records events in the ledger of a data folder. */
export const record = (dir: string, events: ReadonlyArray<IncomingEvent>): Promise<void> =>
  onLedger(dir, (open) => appendAll(open, events))

/** Records events in the ledger of a data folder, and projects all that it holds. */
export const recordAndProject = async (dir: string, events: ReadonlyArray<IncomingEvent>): Promise<void> => {
  await record(dir, events)
  await onLedger(dir, (open) => projected({ dir, open }))
}

/** Files of a folder that this process has open, on a system that tells. */
const openFilesIn = (dir: string): ReadonlyArray<string> => {
  const open = '/proc/self/fd'
  if (!existsSync(open)) return []
  const inside = realpathSync(dir)
  return readdirSync(open)
    .flatMap((fd) => {
      try {
        return [readlinkSync(join(open, fd))]
      } catch {
        // Closed in between, such as the listing's own.
        return []
      }
    })
    .filter((path) => path.startsWith(inside))
}

/** Runs a use case; the test fails where it prints anything, or leaves a file of the data folder open. */
export const quietly = async <A>(dir: string, run: () => Promise<A>): Promise<A> => {
  const streams = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, 'write'))
  const consoles = (['log', 'info', 'warn', 'error'] as const).map((name) => vi.spyOn(console, name))
  try {
    const result = await run()
    for (const spy of [...streams, ...consoles]) expect(spy).not.toHaveBeenCalled()
    expect(openFilesIn(dir)).toEqual([])
    return result
  } finally {
    for (const spy of [...streams, ...consoles]) spy.mockRestore()
  }
}

/** The error of a use case that a test expects to have no result. */
export const errorOf = <A>(result: E.Either<AppError, A>): AppError => {
  if (E.isRight(result)) throw new Error('it was expected to fail')
  return result.left
}
