import type { DuckDBConnection } from '@duckdb/node-api'
import * as E from '#fp/Either'
import { sqlText } from '../../foundation/sql.ts'
import type { LedgerError } from '../../ledger/port.ts'
import { asFailure, rowsOf } from '../../projection/duckdb.ts'
import { type ProjectionError, ProjectionFailure } from '../../projection/errors.ts'
import { signalSql } from '../../projection/events/signals.ts'
import type { Ruleset } from '../../rulesets/ruleset.ts'
import { type Correction, rulesetIdOf } from '../correction/correction.ts'
import { collectHistory } from '../model/collect.ts'
import type { VersionOnRecord } from '../model/history.ts'
import { indexVersions } from '../model/versions.ts'
import { checkRules, type NoRulesPublished } from '../reference/judging-rules.ts'
import { evidenceWantedBy } from '../reference/sightings.ts'
import { collectReplay, type Replay, type Window } from '../result/replay.ts'
import type { SummarySource } from '../result/summary.ts'
import { firedSql, type NotInSql } from './fired.ts'
import { happeningsSql, readHappenings } from './happenings.ts'
import { linkAccounts } from './links.ts'
import { historiesOf, partsOf } from './parts.ts'
import { findReusedIds, type ReusedEvent } from './reused-ids.ts'
import type { ColumnarSource } from './source.ts'

/** The compiled documents with these hashes. */
export type CompileDocuments = (
  hashes: ReadonlySet<string>,
) => Promise<E.Either<LedgerError, ReadonlyMap<string, Ruleset>>>

export type ColumnarOptions = {
  readonly correction: Correction
  readonly window: Window
  readonly documents: CompileDocuments
  /** About how many events are judged at a time, and are in memory as objects. */
  readonly partSize?: number
  /** Called periodically with how many events are judged, and the total. */
  readonly onProgress?: (done: number, total: number) => void
}

const PART = 100_000

/** Why a replay cannot be made from columns. */
export type ColumnarError = LedgerError | ProjectionError | NoRulesPublished | NotInSql

/** A replay, and what its summary says of the history. */
export type ColumnarReplay = { readonly result: Replay; readonly history: SummarySource['history'] }

/**
 * Replays a history from its columns: the same result as that of the reference, which reads the ledger. Actions are judged in
 * parts, by the same code; evidence on which nothing fired is read in SQL, and only where a rule of B fires does it leave it.
 */
export const replayColumns = async (
  source: ColumnarSource,
  { correction, window, documents, onProgress, partSize = PART }: ColumnarOptions,
): Promise<E.Either<ColumnarError, ColumnarReplay>> => {
  const { connection } = source
  try {
    const published = await versionsIn(connection, rulesetIdOf(correction), documents)
    if (E.isLeft(published)) return published
    const versions = published.right
    const checked = checkRules(correction, { versions })
    if (E.isLeft(checked)) return checked
    const fired = firedSql(correction, versions, signalSql(source.signalColumns))
    if (E.isLeft(fired)) return fired
    await connection.run(`CREATE OR REPLACE TEMP TABLE h_fired AS FROM h_evidence WHERE ${fired.right}`)
    await linkAccounts(connection)
    const reused = await findReusedIds(connection)
    await leaveOut(connection, reused)
    const whole = {
      versions,
      reusedIds: reused.map((event) => event.reused),
      end: await endOf(connection),
      events: source.events.actions + source.events.evidence,
      withoutAccounts: [],
    }
    const parts = await partsOf(connection, partSize)
    const total = parts.reduce((sum, { events }) => sum + events, 0)
    const collection = collectReplay(correction, window)
    let done = 0
    const wanted = evidenceWantedBy(correction)
    for await (const part of historiesOf(connection, parts, wanted, indexVersions(versions), whole)) {
      collection.add(part.history)
      done += part.events
      onProgress?.(done, total)
    }
    const flags = await recordedAmong(connection, listedFlags(correction))
    return E.right({ result: collection.finish(whole), history: { ...whole, flags } })
  } catch (error) {
    const failure = asFailure(error)
    if (failure instanceof ProjectionFailure) return E.left(failure.error)
    throw failure
  }
}

/** Makes the temporary table of the events that do not count. */
const leaveOut = async (connection: DuckDBConnection, events: ReadonlyArray<ReusedEvent>): Promise<void> => {
  await connection.run('CREATE OR REPLACE TEMP TABLE h_reused (sequence BIGINT)')
  if (events.length === 0) return
  const sequences = events.map(({ sequence }) => sequence).join(',')
  await connection.run("INSERT INTO h_reused SELECT unnest(string_split($1, ','))::BIGINT", [sequences])
}

/** The published versions of a ruleset's id. */
const versionsIn = async (
  connection: DuckDBConnection,
  rulesetId: string,
  documents: CompileDocuments,
): Promise<E.Either<LedgerError, ReadonlyArray<VersionOnRecord>>> => {
  const collection = collectHistory({ rulesetId, needsVersions: false, keepsEvaluation: () => false })
  const type = 'ruleset.published.v1'
  const rows = await rowsOf(connection, happeningsSql(type, 'h_actions', `ruleset = ${sqlText(rulesetId)}`))
  for (const [text] of rows) readHappenings(type, String(text), collection.addPlaced)
  const compiled = await documents(collection.documentsNeeded())
  return E.isLeft(compiled) ? compiled : E.right(collection.finish(compiled.right).versions)
}

const endOf = async (connection: DuckDBConnection): Promise<number | null> => {
  const [row] = await rowsOf(
    connection,
    `SELECT epoch_ms(max(occurred_at))::DOUBLE
      FROM (SELECT max(occurred_at) AS occurred_at FROM h_evidence
        UNION ALL SELECT max(occurred_at) FROM h_actions WHERE type <> 'flag.rescored.v1')`,
  )
  return row?.[0] == null ? null : Number(row[0])
}

const listedFlags = ({ withdrawals }: Correction): ReadonlyArray<string> =>
  withdrawals.flatMap(({ of }) => (of.kind === 'flags' ? [...of.flagIds] : []))

/** Those of some flags that are in the history. */
const recordedAmong = async (
  connection: DuckDBConnection,
  flagIds: ReadonlyArray<string>,
): Promise<ReadonlySet<string>> => {
  if (flagIds.length === 0) return new Set()
  const rows = await rowsOf(
    connection,
    `SELECT DISTINCT flag_id FROM h_actions
      SEMI JOIN (SELECT unnest(string_split($1, chr(10))) AS flag_id) USING (flag_id)
      WHERE type = 'flag.raised.v1'`,
    [flagIds.join('\n')],
  )
  return new Set(rows.map(([flagId]) => String(flagId)))
}
