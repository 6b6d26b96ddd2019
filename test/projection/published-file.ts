import { mkdirSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { projections } from '../../projections/index.ts'
import { sqlText } from '../../src/foundation/sql.ts'
import { madeAs } from '../../src/projection/definition.ts'
import { history } from '../../src/projection/events/tables.ts'

/** The versions that this Redress makes, so that readers accept the file. */
const made = [history, ...projections.map(madeAs)]

/** The version that this Redress makes of a projection. */
export const versionOf = (name: string): number => made.find((one) => one.name === name)?.version ?? 0

/** What every published file contains, and tables like those of the projections, for six events. */
const tables = (sequence: number): ReadonlyArray<string> => [
  'CREATE TABLE cursor (sequence BIGINT, position VARCHAR, leaf_sha256 VARCHAR, recorded_at TIMESTAMP, vocabulary INTEGER)',
  `INSERT INTO cursor VALUES (${sequence}, 'p', 'aa', TIMESTAMP '2025-05-19 09:30:00.123', 1)`,
  `CREATE TABLE projections (name VARCHAR, version INTEGER, definition VARCHAR, sequence BIGINT,
    poison_sequence BIGINT, poison_event VARCHAR, poison_message VARCHAR)`,
  ...made.map(
    ({ name, version, definition }) =>
      `INSERT INTO projections VALUES (${sqlText(name)}, ${version}, '${definition}', ${sequence}, NULL, NULL, NULL)`,
  ),
  `CREATE TABLE events AS SELECT i AS sequence, 'u' || i % 2 AS account,
      make_timestamp_ms(1743465600000 + i * 864000000)::TIMESTAMP AS occurred_at,
      (CASE WHEN i % 2 = 0 THEN 'flag.raised' ELSE 'appeal.filed' END)::ENUM ('flag.raised', 'appeal.filed') AS type,
      ['f-' || i, NULL] AS grounds, {'adult_score': i / 4} AS signals
    FROM range(6) r (i)`,
  "COMMENT ON TABLE events IS 'Each event'",
  'CREATE TABLE signal_columns (signal VARCHAR, type VARCHAR, column_name VARCHAR)',
  "INSERT INTO signal_columns VALUES ('seen', 'bool', 'signal_seen_bool')",
  `CREATE TABLE accounts (account VARCHAR, status ENUM ('active', 'suspended'), strikes INTEGER)`,
  "COMMENT ON TABLE accounts IS 'Where each account stands'",
  "COMMENT ON COLUMN accounts.strikes IS 'strike points that stand'",
  "INSERT INTO accounts VALUES ('u0', 'active', 0), ('u1', 'suspended', 3)",
  'CREATE TABLE appeals (appeal VARCHAR, filed_at TIMESTAMP)',
  'CREATE VIEW counts AS SELECT account, sum(sequence) AS total, count(*) AS events FROM events GROUP BY account ORDER BY account',
  'CREATE MACRO appeals_at(as_of) AS TABLE SELECT * FROM appeals WHERE filed_at <= as_of',
  'CREATE VIEW unanswered AS SELECT * FROM appeals_at(now()::TIMESTAMP)',
]

type Published = {
  readonly sequence?: number
  /** More SQL to run. */
  readonly more?: ReadonlyArray<string>
}

/** Publishes a file into a data folder as the runner does, by renaming it there. */
export const publish = async (
  dataDir: string,
  { sequence = 6, more = [] }: Published = {},
): Promise<void> => {
  mkdirSync(dataDir, { recursive: true })
  const working = join(dirname(dataDir), `working-${process.pid}-${Math.random()}`)
  const instance = await DuckDBInstance.create(working)
  const connection = await instance.connect()
  for (const statement of [...tables(sequence), ...more, 'CHECKPOINT']) await connection.run(statement)
  connection.closeSync()
  instance.closeSync()
  renameSync(working, join(dataDir, 'projections.duckdb'))
}

/** A projection that stopped at an event. */
export const poisoned = `UPDATE projections SET sequence = 3, poison_sequence = 4,
  poison_event = '/services/appeals a-4', poison_message = 'no such appeal' || chr(27) || '[31m' WHERE name = 'appeals'`
