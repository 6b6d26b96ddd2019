import * as E from '#fp/Either'
import { rowsOf } from '../../projection/duckdb.ts'
import { signalSql } from '../../projection/events/signals.ts'
import type { Correction, Corrections } from '../correction/correction.ts'
import { indexVersions } from '../model/versions.ts'
import { evidenceWantedByAny } from '../reference/sightings.ts'
import { firedSql, type NotInSql } from './fired.ts'
import { historiesOf, type PartHistory, partsOf } from './parts.ts'
import type { PlanStep } from './plan.ts'
import type { ColumnarSource } from './source.ts'
import type { Whole } from './whole.ts'

/** A history in columns that is ready to be judged. */
export type Judging = {
  readonly source: ColumnarSource
  readonly whole: Whole
  /** About how many events are in memory as objects at a time. */
  readonly partSize: number
  /** Called periodically with how many events are judged, and the total. */
  readonly onProgress: (done: number, total: number) => void
  /** Called after each step. */
  readonly onStep: (step: PlanStep) => void
}

/** Which accounts are judged, and how many at a time. */
export type Among = {
  /** Only the accounts in this table, in which no group (`h_groups`) may be incomplete; null: all. */
  readonly table: string | null
  /** About how many events the history of a part has; 1: those of accounts that must be judged together, and no others. */
  readonly batch: number
}

/** The events of a batch, about. They are in memory as objects, which cost the garbage collector little if they are few. */
export const BATCH = 3_000

/** Hands over the history of each part, with the evidence on which a rule of any of some corrections fires. */
export const eachPart = async (
  { source: { connection, signalColumns }, whole, partSize, onProgress, onStep }: Judging,
  corrections: Corrections,
  among: Among,
  onPart: (part: PartHistory) => void,
): Promise<E.Either<NotInSql, void>> => {
  const signal = signalSql(signalColumns)
  const fired = E.traverseArray((correction: Correction) => firedSql(correction, whole.versions, signal))(
    corrections,
  )
  if (E.isLeft(fired)) return fired
  const seen = `FROM h_evidence WHERE ${seenSql([...new Set(fired.right.flat())], among.table)}`
  await connection.run(`CREATE OR REPLACE TEMP TABLE h_fired AS ${seen}`)
  const [counted] = await rowsOf(connection, 'SELECT count(*)::DOUBLE FROM h_fired')
  onStep({
    what: 'evidence on which a rule fires now',
    found: Number(counted?.[0]),
    unit: 'event',
    sql: seen,
  })
  const parts = await partsOf(connection, { size: partSize, among: among.table, batch: among.batch })
  const total = parts.reduce((sum, { events }) => sum + events, 0)
  const wanted = evidenceWantedByAny(corrections)
  let done = 0
  for await (const part of historiesOf(connection, parts, wanted, indexVersions(whole.versions), whole)) {
    onPart(part)
    done += part.events
    onProgress(done, total)
  }
  onStep({ what: 'events of the judged accounts', found: total, unit: 'event', sql: null })
  return E.right(undefined)
}

/** Evidence for which one of some conditions is true. Each is a query of its own: DuckDB cannot compare columns with many at once. */
const seenSql = (conditions: ReadonlyArray<string>, among: string | null): string => {
  if (conditions.length === 0) return 'false'
  const found = conditions.map(
    (condition) => `SELECT sequence, account_no FROM h_evidence WHERE ${condition}`,
  )
  const chosen = among === null ? '' : ` SEMI JOIN ${among} USING (account_no)`
  return `sequence IN (SELECT sequence FROM (${found.join(' UNION ALL ')})${chosen})`
}
