import type { DuckDBConnection } from '@duckdb/node-api'
import * as E from '#fp/Either'
import type { Flag } from '../../domain/account.ts'
import { formatInstant, instantOf } from '../../domain/time.ts'
import { rowsOf } from '../../projection/duckdb.ts'
import { accountsOf, type HistoryEvent } from '../../projection/events/read.ts'
import { DECISIONS_MADE, typesSql } from '../../projection/events/types-sql.ts'
import { orderedOf, subjectOf } from '../../projection/fold.ts'
import { correctionsOf } from './correction.ts'
import type { Cursor } from './cursor.ts'
import { dueOf, type Reached } from './due.ts'
import { fillStatement } from './fill.ts'
import { beginRun, type Done, FolderError, openFolder, type Run } from './folder.ts'
import type { Mapping } from './mapping.ts'
import type { FieldError } from './part.ts'
import { leftOutBy } from './source.ts'

export type ExportOptions = {
  readonly dir: string
  readonly mapping: Mapping
  /** The history up to this sequence, which is projected. */
  readonly at: number
  /** Decisions made at or after `from` and before `to` (ms); undefined: as in earlier runs into the folder. */
  readonly from: number | undefined
  readonly to: number | undefined
  readonly onProgress?: (done: number, total: number) => void
}

/** What is in the folder now, and what this run added. */
export type Exported = {
  readonly cursor: Cursor
  readonly now: Pick<Cursor, 'batches' | 'statements' | 'corrections' | 'final' | 'leftOut' | 'remarks'>
}

/** The number of accounts read at once: what DuckDB sorts by account must fit into memory. */
const SLICE = 20_000

const OVERTURNING = typesSql({
  'flag.raised.v1': false,
  'flag.dismissed.v1': false,
  'content.evaluated.v1': false,
  'content.removed.v1': false,
  'account.deactivated.v1': false,
  'decision.changed.v1': false,
  'content.restored.v1': true,
  'account.reinstated.v1': true,
  'notice.received.v1': false,
  'order.received.v1': false,
  'notice.sent.v1': false,
  'appeal.filed.v1': false,
  'appeal.decided.v1': true,
  'ruleset.published.v1': false,
  'flag.rescored.v1': false,
  'decision.audited.v1': false,
  'reinstatement.declined.v1': false,
})
/** What a statement or a correction is made from. */
const READ = typesSql({
  'flag.raised.v1': true,
  'flag.dismissed.v1': false,
  'content.evaluated.v1': false,
  'content.removed.v1': true,
  'account.deactivated.v1': true,
  'decision.changed.v1': true,
  'content.restored.v1': true,
  'account.reinstated.v1': true,
  'notice.received.v1': true,
  'order.received.v1': false,
  'notice.sent.v1': false,
  'appeal.filed.v1': true,
  'appeal.decided.v1': true,
  'ruleset.published.v1': false,
  'flag.rescored.v1': false,
  'decision.audited.v1': false,
  'reinstatement.declined.v1': false,
})

/**
 * Exports what a folder does not have yet: decisions recorded since its cursor, those that could not be filled before,
 * and corrections of what is exported. However the work is split into runs, every decision is exported once or is an
 * error. Throws `FolderError`, and whatever reading the projections throws.
 */
export const exportStatements = async (
  connection: DuckDBConnection,
  { dir, mapping, at, onProgress, ...period }: ExportOptions,
): Promise<Exported> => {
  const done = await openFolder(dir, mapping.sha256)
  const { cursor } = done
  const { from, to } = periodOf(cursor, period)
  await checkSameLedger(connection, cursor, at, dir)
  const after = cursor?.sequence ?? 0
  const changesAfter = cursor?.version === '1' ? 0 : after
  const owners = await ownersOfSharedIds(connection, at)
  const isInPeriod = (made: number): boolean => (from === null || made >= from) && (to === null || made < to)
  const touched = await touchedAccounts(connection, { after, changesAfter, at }, done)
  const run = await beginRun(dir, done)
  let accounts = 0
  for (let slice = 0; slice * SLICE < touched; slice++) {
    const slices = `SELECT account_no FROM touched WHERE slice = ${slice}`
    const where = `type IN (${READ}) AND sequence <= ${at} AND account_no IN (${slices})`
    for await (const account of accountsOf(connection, { where })) {
      await exportAccount(account, { after, changesAfter, done, mapping, owners, isInPeriod, run })
      onProgress?.(++accounts, touched)
    }
  }
  const reached = await run.finish({
    sequence: at,
    event: await eventAt(connection, at),
    mappingSha256: mapping.sha256,
    from: from === null ? null : formatInstant(from),
    to: to === null ? null : formatInstant(to),
  })
  const added = (count: 'batches' | 'statements' | 'corrections' | 'final' | 'leftOut') =>
    reached[count] - (cursor?.[count] ?? 0)
  const remarks = Object.entries(reached.remarks)
    .map(([field, count]) => [field, count - (cursor?.remarks[field] ?? 0)] as const)
    .filter(([, count]) => count > 0)
  return {
    cursor: reached,
    now: {
      batches: added('batches'),
      statements: added('statements'),
      corrections: added('corrections'),
      final: added('final'),
      leftOut: added('leftOut'),
      remarks: Object.fromEntries(remarks),
    },
  }
}

type Work = Reached & {
  readonly done: Done
  readonly mapping: Mapping
  /** The account that a decision id belongs to, if several accounts use it. */
  readonly owners: ReadonlyMap<string, string>
  readonly isInPeriod: (made: number) => boolean
  readonly run: Run
}

const exportAccount = async (account: ReadonlyArray<HistoryEvent>, work: Work): Promise<void> => {
  const { done, mapping, owners, isInPeriod, run } = work
  const { account: id, record } = subjectOf(orderedOf(account))
  const flags = new Map<string, Flag>(record.flags.map((flag) => [flag.raised.data.flagId, flag]))
  const corrections = correctionsOf(record)
  const retried = done.retried.get(id)
  const settled = done.settled.get(id)
  for (const { stated, time, isNew } of dueOf(account, record, work)) {
    const { decisionId, puid } = stated
    if (settled?.has(puid) || !isInPeriod(time)) continue
    if (isNew || retried?.has(puid)) {
      const about = { decisionId, ...(stated.change === null ? {} : { puid }), account: id }
      const grounds = [...new Set(stated.made.data.grounds)].flatMap((flagId) => flags.get(flagId) ?? [])
      const leftOut = leftOutBy(stated, grounds, mapping)
      if (leftOut !== null) {
        run.leaveOut({ ...about, ...leftOut })
        continue
      }
      const owner = owners.get(decisionId) ?? id
      const filled =
        owner === id
          ? fillStatement(stated, grounds, mapping)
          : E.left<ReadonlyArray<FieldError>>([takenId(owner)])
      if (E.isLeft(filled)) {
        run.unfilled(filled.left.map((field) => ({ ...about, ...field })))
        continue
      }
      await run.statement(filled.right)
    }
    const correction = corrections.get(decisionId)
    if (correction !== undefined && !done.corrected.has(puid)) run.correction({ ...correction, puid })
  }
}

const takenId = (owner: string): FieldError => ({
  field: 'puid',
  problem: `a decision of account ${owner} has the same id and was recorded earlier`,
  todo: 'decision ids must be unique across the platform: fix the service, and have it publish this decision under another id; this line stays, and no run tries it again',
  final: true,
})

/** Decision ids that several accounts use, each with the account whose decision was recorded first. */
const ownersOfSharedIds = async (
  connection: DuckDBConnection,
  at: number,
): Promise<ReadonlyMap<string, string>> => {
  const rows = await rowsOf(
    connection,
    `SELECT decision_id, arg_min(account, sequence) FROM actions
      WHERE type IN (${DECISIONS_MADE}) AND sequence <= ${at}
      GROUP BY decision_id HAVING count(DISTINCT account_no) > 1`,
  )
  return new Map(rows.map(([decisionId, account]) => [String(decisionId), String(account)]))
}

/** Makes the temporary table `touched` of the accounts that a run must read, in slices; returns their number. */
const touchedAccounts = async (
  connection: DuckDBConnection,
  { after, changesAfter, at }: Reached & { readonly at: number },
  { retried }: Done,
): Promise<number> => {
  await connection.run('CREATE OR REPLACE TEMP TABLE retried (account VARCHAR)')
  if (retried.size > 0) {
    const accounts = [...retried.keys()].join('\n')
    await connection.run('INSERT INTO retried SELECT unnest(string_split($1, chr(10)))', [accounts])
  }
  await connection.run(`CREATE OR REPLACE TEMP TABLE touched AS
    SELECT account_no, (row_number() OVER (ORDER BY account_no) - 1) // ${SLICE} AS slice FROM (
      SELECT account_no FROM actions
        WHERE sequence <= ${at} AND (type IN (${DECISIONS_MADE}, ${OVERTURNING}) AND sequence > ${after}
          OR type = 'decision.changed.v1' AND sequence > ${changesAfter})
      UNION SELECT account_no FROM account_ids SEMI JOIN retried USING (account))`)
  const [counted] = await rowsOf(connection, 'SELECT count(*)::DOUBLE FROM touched')
  return Number(counted?.[0])
}

const eventAt = async (connection: DuckDBConnection, sequence: number): Promise<string | null> => {
  const [row] = await rowsOf(
    connection,
    `SELECT source || ' ' || id FROM events WHERE sequence = ${sequence}`,
  )
  return row === undefined ? null : String(row[0])
}

const checkSameLedger = async (
  connection: DuckDBConnection,
  cursor: Cursor | null,
  at: number,
  dir: string,
): Promise<void> => {
  if (cursor === null) return
  if (at < cursor.sequence) {
    throw new FolderError(
      `${dir} is already exported up to sequence ${cursor.sequence}, past ${at}; name another folder`,
    )
  }
  if ((await eventAt(connection, cursor.sequence)) !== cursor.event) {
    throw new FolderError(
      `${dir} was exported from another ledger, which has a different event at sequence ${cursor.sequence}; name another folder`,
    )
  }
}

/** The period of a folder never changes: otherwise what was left out could no longer be determined. */
const periodOf = (cursor: Cursor | null, { from, to }: Pick<ExportOptions, 'from' | 'to'>) => {
  if (cursor === null) return { from: from ?? null, to: to ?? null }
  const fixed = {
    from: cursor.from === null ? null : instantOf(cursor.from),
    to: cursor.to === null ? null : instantOf(cursor.to),
  }
  if ((from ?? fixed.from) !== fixed.from || (to ?? fixed.to) !== fixed.to) {
    throw new FolderError(
      `this folder is for decisions made from ${cursor.from ?? 'the first'} to ${cursor.to ?? 'the last'}; name another folder for another period`,
    )
  }
  return fixed
}
