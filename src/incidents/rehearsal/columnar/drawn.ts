import type { DuckDBConnection } from '@duckdb/node-api'
import type { Signals } from '../../../domain/parts.ts'
import { rowsOf } from '../../../projection/duckdb.ts'
import type { Truth } from '../../../rulesets/ruleset.ts'
import type { Drawn } from '../rehearsal.ts'
import type { RulePair } from '../rule-pairs.ts'
import { truthSql } from './conditions.ts'
import { FLAGS, type Looking } from './seen.ts'

/** A truth from its value in SQL. */
export const truthFrom = (value: unknown): Truth =>
  value === null ? 'unknown' : value === true ? 'true' : 'false'

/** Draws some of the evidence in `r_seen` on which only the new version of a rule fires. */
export const drawSeen = async (
  { connection, conditions, question: { sample } }: Looking,
  pair: RulePair,
): Promise<ReadonlyArray<Drawn>> => {
  const { was, now } = truthSql(pair, conditions)
  const rows = await rowsOf(
    connection,
    `SELECT sequence::DOUBLE, kind, source, id, epoch_ms(occurred_at)::DOUBLE, content_kind, content_id,
        detector_kind, detector, detector_version, ${was}, ${now}
      FROM r_seen WHERE ${now} AND ${was} IS NOT TRUE ORDER BY sha256(source || ' ' || id) LIMIT ${sample}`,
  )
  const signals = await signalsOf(
    connection,
    rows.map(([sequence]) => Number(sequence)),
  )
  return rows.map(
    ([sequence, kind, source, id, at, contentKind, contentId, detectorKind, detector, version, a, b]) => ({
      // Cast: `findSeen` writes the kinds.
      kind: kind as Drawn['kind'],
      ...{ source: String(source), id: String(id), occurredAt: Number(at) },
      content: contentId === null ? null : { id: String(contentId), kind: String(contentKind) },
      detector: {
        kind: String(detectorKind),
        id: String(detector),
        version: String(version),
      },
      signals: signals.get(Number(sequence)) ?? {},
      truth: { was: truthFrom(a), now: truthFrom(b) },
    }),
  )
}

/** The recorded signals of some evidence, by sequence. Few: DuckDB finds them without reading the rest of the tables. */
const signalsOf = async (
  connection: DuckDBConnection,
  sequences: ReadonlyArray<number>,
): Promise<ReadonlyMap<number, Signals>> => {
  if (sequences.length === 0) return new Map()
  const among = `sequence IN (${sequences.join(', ')})`
  const rows = await rowsOf(
    connection,
    `SELECT sequence::DOUBLE, signals::VARCHAR FROM h_evidence WHERE ${among}
      UNION ALL SELECT sequence::DOUBLE, signals::VARCHAR FROM ${FLAGS} AND ${among}`,
  )
  // Cast: signals that were decoded when they were recorded.
  return new Map(rows.map(([sequence, text]) => [Number(sequence), JSON.parse(String(text)) as Signals]))
}
