import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import * as E from '#fp/Either'
import { removeOnExit } from '../../foundation/files/remove-on-exit.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import type { Ledger } from '../../ledger/port.ts'
import { asFailure, rowsOf } from '../../projection/duckdb.ts'
import { describeProjectionError, type ProjectionError, ProjectionFailure } from '../../projection/errors.ts'
import { readSignalColumns, type SignalColumn } from '../../projection/events/signals.ts'
import { type ProjectionCursor, readProjectionCursor } from '../../projection/progress.ts'
import {
  describePublishedError,
  openPublished,
  type Published,
  type PublishedError,
} from '../../projection/published.ts'
import { isOfLedger } from '../../projection/working-file.ts'
import type { LoadError, LoadOptions } from '../model/load.ts'
import { insertLaterEvents, LATER } from './later-events.ts'

/**
 * The ledger's history up to a sequence, in columns. Its connection has the temporary views `h_actions` and
 * `h_evaluations`, with the columns of `actions` and `evidence`; `h_evidence`, the same without what detectors found that
 * only looked on; and `h_accounts`, with those of `account_ids`: it may also have accounts that appear only after the
 * sequence.
 */
export type ColumnarSource = {
  readonly connection: DuckDBConnection
  readonly sequence: number
  /** The number of events, by view. */
  readonly events: { readonly actions: number; readonly evidence: number }
  /** The last event of the published projections; null: there is none. */
  readonly projected: ProjectionCursor | null
  /** Signals that only a ruleset after the published projections declares have no column. */
  readonly signalColumns: ReadonlyArray<SignalColumn>
  readonly close: () => void
}

/** Why there are no columns to read, so that a replay must read the ledger. */
export type NoSource =
  | PublishedError
  | ProjectionError
  | LoadError
  /** The projections were made from another ledger, or from a later state of this one. */
  | { readonly kind: 'other_ledger' }
  /** The projections do not have all events, because some were left out (`--without-damaged`). */
  | { readonly kind: 'incomplete'; readonly held: number; readonly sequence: number }
  /** Streams of the ledger are incomplete: only reading all of it shows what is missing. */
  | { readonly kind: 'damaged'; readonly streams: number }

/** On one line. */
export const describeNoSource = (reason: NoSource): string => {
  switch (reason.kind) {
    case 'missing':
    case 'unusable':
      return describePublishedError(reason)
    case 'no_such_sequence':
      return `the ledger ends at sequence ${reason.head}, before ${reason.requested}`
    case 'other_ledger':
      return 'the projections were made from another ledger: run redress project'
    case 'incomplete':
      return `the projections have ${reason.held} of ${countOf(reason.sequence, 'event')}: run redress project`
    case 'damaged':
      return `${countOf(reason.streams, 'stream')} of the ledger ${reason.streams === 1 ? 'is' : 'are'} incomplete`
    default:
      return describeProjectionError(reason)
  }
}

/** DuckDB's memory limit. */
const MEMORY = '2GB'

/** What of a ledger is needed. */
type LedgerRead = Pick<Ledger, 'head' | 'damaged' | 'at' | 'sequenceOf' | 'readAll' | 'vocabulary'>

/**
 * Opens the published projections of a data folder for a replay. What the ledger has recorded since is read from it into
 * temporary tables. Nothing is written to the data folder, and the projections are not locked: they may be projected, and
 * another file published, at the same time. Whether a projection is halted does not matter: the history never is.
 */
export const openColumnarSource = async (
  dataDir: string,
  ledger: LedgerRead,
  { at, onProgress }: Pick<LoadOptions, 'at' | 'onProgress'>,
): Promise<E.Either<NoSource, ColumnarSource>> => {
  const head = await ledger.head()
  if (E.isLeft(head)) return head
  const sequence = at ?? head.right.sequence
  if (sequence > head.right.sequence) {
    return E.left({ kind: 'no_such_sequence', requested: sequence, head: head.right.sequence })
  }
  const damaged = await ledger.damaged()
  if (E.isLeft(damaged)) return damaged
  if (damaged.right.length > 0) return E.left({ kind: 'damaged', streams: damaged.right.length })

  const scratch = temporaryFolder()
  const opened = await openPublished(dataDir, {
    memory: MEMORY,
    ...(scratch === undefined ? {} : { scratch: scratch.path }),
  })
  if (E.isLeft(opened)) {
    scratch?.remove()
    return opened
  }
  const close = (): void => {
    opened.right.close()
    scratch?.remove()
  }
  let source: E.Either<NoSource, ColumnarSource> | undefined
  try {
    source = await sourceFrom(opened.right, ledger, sequence, onProgress, close)
    return source
  } catch (error) {
    const failure = asFailure(error)
    if (failure instanceof ProjectionFailure) return E.left(failure.error)
    throw failure
  } finally {
    if (source === undefined || E.isLeft(source)) close()
  }
}

/** A folder for what DuckDB spills; undefined: there is no place to write. */
const temporaryFolder = (): { readonly path: string; readonly remove: () => void } | undefined => {
  try {
    const path = mkdtempSync(join(tmpdir(), 'redress-columns-'))
    const forget = removeOnExit(path)
    const remove = (): void => {
      rmSync(path, { recursive: true, force: true })
      forget()
    }
    return { path, remove }
  } catch {
    return undefined
  }
}

const sourceFrom = async (
  { connection }: Published,
  ledger: LedgerRead,
  sequence: number,
  onProgress: LoadOptions['onProgress'],
  close: () => void,
): Promise<E.Either<NoSource, ColumnarSource>> => {
  const cursor = await readProjectionCursor(connection)
  const useless = await reasonNotToUse(connection, ledger, cursor)
  if (useless !== null) return E.left(useless)
  const projected = cursor?.sequence ?? 0
  const signalColumns = await readSignalColumns(connection)
  if (projected < sequence) {
    await insertLaterEvents(connection, ledger, {
      after: cursor?.position ?? null,
      from: projected,
      until: sequence,
      signalColumns,
      ...(onProgress === undefined ? {} : { onProgress }),
    })
  }
  const later = (table: keyof typeof LATER): string =>
    projected < sequence ? ` UNION ALL FROM ${LATER[table]}` : ''
  const upTo = projected > sequence ? ` WHERE sequence <= ${sequence}` : ''
  await connection.run(`CREATE TEMP VIEW h_actions AS FROM actions${upTo}${later('actions')}`)
  await connection.run(`CREATE TEMP VIEW h_evaluations AS FROM evidence${upTo}${later('evidence')}`)
  await connection.run('CREATE TEMP VIEW h_evidence AS FROM h_evaluations WHERE shadow IS NOT TRUE')
  await connection.run(`CREATE TEMP VIEW h_accounts AS FROM account_ids${later('accounts')}`)
  const [counted = []] = await rowsOf(
    connection,
    'SELECT (SELECT count(*) FROM h_actions)::DOUBLE, (SELECT count(*) FROM h_evaluations)::DOUBLE',
  )
  const events = { actions: Number(counted[0]), evidence: Number(counted[1]) }
  const held = events.actions + events.evidence
  return held === sequence
    ? E.right({ connection, sequence, events, projected: cursor, signalColumns, close })
    : E.left({ kind: 'incomplete', held, sequence })
}

/** Why published projections cannot be used, as far as they go; null: they can. */
const reasonNotToUse = async (
  connection: DuckDBConnection,
  ledger: LedgerRead,
  cursor: ProjectionCursor | null,
): Promise<NoSource | null> => {
  if (cursor === null) return null
  const ours = await isOfLedger(ledger, cursor)
  if (E.isLeft(ours)) return ours.left
  if (!ours.right) return { kind: 'other_ledger' }
  const [row] = await rowsOf(
    connection,
    'SELECT ((SELECT count(*) FROM actions) + (SELECT count(*) FROM evidence))::DOUBLE',
  )
  const held = Number(row?.[0])
  return held === cursor.sequence ? null : { kind: 'incomplete', held, sequence: cursor.sequence }
}
