import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import canonicalize from 'canonicalize'
import {
  type DeclaredSignal,
  found,
  foundValues,
  type SignalColumn,
  signalSql,
} from '../../../src/projection/events/signals.ts'
import type { Evidence } from '../../../src/rulesets/ruleset.ts'
import type { EvidenceColumns } from '../../../src/rulesets/sql/from-cel.ts'

/** Opens a DuckDB of its own. */
export const openDuckdb = async (): Promise<DuckDBConnection> =>
  (await DuckDBInstance.create(':memory:')).connect()

const columnOf = ({ signal, type }: DeclaredSignal): SignalColumn => ({
  ...{ signal, type, column: `signal_${signal}_${type}` },
})

/** A row for each evidence, numbered from 0: signals as the history's columns and JSON have them. */
export const createEvidenceTable = async (
  connection: DuckDBConnection,
  evidences: ReadonlyArray<Evidence>,
  declared: ReadonlyArray<DeclaredSignal>,
): Promise<void> => {
  // A canonical text has no line feeds.
  const lines = evidences.map((evidence) => canonicalize(evidence) ?? '').join('\n')
  await connection.run(
    `CREATE OR REPLACE TABLE evidence AS
    SELECT ${[
      'n',
      "json->'/signals' AS signals",
      ...['detector/kind', 'detector/id', 'detector/version', 'flag/category', 'flag/source']
        .concat('content/id', 'content/kind')
        .map((path) => `json->>'/${path}' AS ${path.replace('/', '_')}`),
      ...foundValues(declared.map(columnOf)),
    ].join(', ')}
    FROM (SELECT *, ${found("json->'/signals'", declared)} AS found
      FROM (SELECT unnest(lines)::JSON AS json, generate_subscripts(lines, 1) - 1 AS n
        FROM (SELECT string_split($1, chr(10)) AS lines)))`,
    [lines],
  )
}

/** The columns of that table, with those of some signals only; other signals are taken from the JSON. */
export const evidenceTableColumns = (known: ReadonlyArray<DeclaredSignal>): EvidenceColumns => ({
  signal: signalSql(known.map(columnOf)),
  detector: { kind: 'detector_kind', id: 'detector_id', version: 'detector_version' },
  flag: { category: 'flag_category', source: 'flag_source' },
  content: { id: 'content_id', kind: 'content_kind' },
})
