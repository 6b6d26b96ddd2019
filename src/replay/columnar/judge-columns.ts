import * as E from '#fp/Either'
import { rowsOf } from '../../projection/duckdb.ts'
import { signalSql } from '../../projection/events/signals.ts'
import type { Correction } from '../correction/correction.ts'
import { indexVersions } from '../model/versions.ts'
import { evidenceWantedBy } from '../reference/sightings.ts'
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

/**
 * Hands over the history of each part, with the evidence on which a rule of a correction fires. `among`: only the accounts
 * in this table, in which no group (`h_groups`) may be incomplete; null: all.
 */
export const eachPart = async (
  { source: { connection, signalColumns }, whole, partSize, onProgress, onStep }: Judging,
  correction: Correction,
  among: string | null,
  onPart: (part: PartHistory) => void,
): Promise<E.Either<NotInSql, void>> => {
  const fired = firedSql(correction, whole.versions, signalSql(signalColumns))
  if (E.isLeft(fired)) return fired
  const seen = `FROM h_evidence WHERE ${seenSql(fired.right, among)}`
  await connection.run(`CREATE OR REPLACE TEMP TABLE h_fired AS ${seen}`)
  const [counted] = await rowsOf(connection, 'SELECT count(*)::DOUBLE FROM h_fired')
  onStep({
    what: 'evidence on which a rule fires now',
    found: Number(counted?.[0]),
    unit: 'event',
    sql: seen,
  })
  const parts = await partsOf(connection, { size: partSize, among })
  const total = parts.reduce((sum, { events }) => sum + events, 0)
  const wanted = evidenceWantedBy(correction)
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
