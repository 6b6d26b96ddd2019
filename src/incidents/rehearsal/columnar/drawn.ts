import type { DuckDBConnection } from '@duckdb/node-api'
import type { Signals } from '../../../domain/parts.ts'
import { rowsOf } from '../../../projection/duckdb.ts'
import type { Drawn } from '../rehearsal.ts'
import type { RulePair } from '../rule-pairs.ts'
import { truthFrom, truthSql } from './conditions.ts'
import { EVALUATIONS, FLAGS, inWindowSql, type Looking, sourcesOf } from './looking.ts'

/** Draws some of the evidence on which only the new version of a rule fires. */
export const drawEvidenceFor = async (looking: Looking, pair: RulePair): Promise<ReadonlyArray<Drawn>> => {
  const { connection, window, question } = looking
  const firing = sourcesOf(looking).map(({ kind, from, written }) => {
    const { was, now } = truthSql(pair, written)
    return `SELECT '${kind}' AS kind, sequence, source, id, ${was} AS was FROM ${from}
      AND ${inWindowSql(window)} AND ${now} AND ${was} IS NOT TRUE`
  })
  const rows = await rowsOf(
    connection,
    `SELECT kind, sequence::DOUBLE, source, id, was FROM (${firing.join(' UNION ALL ')})
      ORDER BY sha256(source || ' ' || id) LIMIT ${question.sample}`,
  )
  const details = await detailsOf(
    connection,
    rows.map(([, sequence]) => Number(sequence)),
  )
  return rows.flatMap(([kind, sequence, source, id, was]) => {
    const detail = details.get(Number(sequence))
    // Cast: the query writes the kinds.
    const drawn = { kind: kind as Drawn['kind'], source: String(source), id: String(id) }
    return detail === undefined
      ? []
      : [{ ...drawn, ...detail, truth: { was: truthFrom(was), now: 'true' as const } }]
  })
}

type Detail = Pick<Drawn, 'occurredAt' | 'content' | 'detector' | 'signals'>

/** More of some evidence, by sequence: little, which DuckDB finds without reading the rest of the tables. */
const detailsOf = async (
  connection: DuckDBConnection,
  sequences: ReadonlyArray<number>,
): Promise<ReadonlyMap<number, Detail>> => {
  if (sequences.length === 0) return new Map()
  const queries = [EVALUATIONS, FLAGS].map(
    (
      from,
    ) => `SELECT sequence::DOUBLE, epoch_ms(occurred_at)::DOUBLE, content_kind, content_id, detector_kind::VARCHAR,
      detector, detector_version, signals::VARCHAR FROM ${from} AND sequence IN (${sequences.join(', ')})`,
  )
  const rows = await rowsOf(connection, queries.join(' UNION ALL '))
  return new Map(
    rows.map(([sequence, at, contentKind, contentId, kind, id, version, signals]) => [
      Number(sequence),
      {
        occurredAt: Number(at),
        content: contentId === null ? null : { id: String(contentId), kind: String(contentKind) },
        detector: { kind: String(kind), id: String(id), version: String(version) },
        // Cast: signals that were decoded when they were recorded.
        signals: JSON.parse(String(signals)) as Signals,
      },
    ]),
  )
}
