import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api'
import type { Projection } from '../../projections/projection.ts'
import { rowsOf, type Workspace } from './duckdb.ts'
import { OF_INCIDENTS } from './events/read.ts'

/** What a projection's rows are of. */
type Of = Projection['of']

/** The subjects of one kind, and the temporary table of those that have new events since they were last folded. */
type Subjects = {
  readonly table: string
  /** Its column. */
  readonly name: string
  readonly type: string
  /** Selects all of them. */
  readonly all: string
  /** Selects those with an event after the sequence $1. */
  readonly since: string
  /** The column of projections' rows that names the subject, and what selects the names of the touched. */
  readonly key: string
  readonly keys: string
}

const subjects: Readonly<Record<Of, Subjects>> = {
  account: {
    table: 'touched',
    name: 'account_no',
    type: 'INTEGER',
    all: 'SELECT account_no FROM account_ids',
    since: 'SELECT DISTINCT account_no FROM actions WHERE sequence > $1::BIGINT AND account_no IS NOT NULL',
    key: 'account',
    keys: 'SELECT account FROM touched JOIN account_ids USING (account_no)',
  },
  incident: {
    table: 'touched_incidents',
    name: 'incident_id',
    type: 'VARCHAR',
    all: `SELECT DISTINCT incident_id FROM actions WHERE ${OF_INCIDENTS}`,
    since: `SELECT DISTINCT incident_id FROM actions WHERE sequence > $1::BIGINT AND ${OF_INCIDENTS}`,
    key: 'incident_id',
    keys: 'SELECT incident_id FROM touched_incidents',
  },
}

const kinds = Object.values(subjects)

/** A join that leaves the events of what is touched. */
export const touchedOnly = (of: Of): string => `SEMI JOIN ${subjects[of].table} USING (${subjects[of].name})`

/** The condition on a projection's rows that they are of something touched. */
export const isOfTouched = ({ of }: Projection): string => `${subjects[of].key} IN (${subjects[of].keys})`

/** Makes the temporary tables, which belong to one connection. */
export const createTouched = async (connection: DuckDBConnection): Promise<void> => {
  for (const { table, name, type } of kinds)
    await connection.run(`CREATE TEMP TABLE ${table} (${name} ${type})`)
}

/** Touches what has events after a sequence. */
export const touchSince = async (write: DuckDBConnection, sequence: number): Promise<void> => {
  for (const { table, since } of kinds) await write.run(`INSERT INTO ${table} ${since}`, [sequence])
}

/** Touches everything that projections have rows of. */
export const touchAll = async (
  write: DuckDBConnection,
  projections: ReadonlyArray<Projection>,
): Promise<void> => {
  for (const of of new Set(projections.map((projection) => projection.of))) {
    await write.run(`INSERT INTO ${subjects[of].table} ${subjects[of].all}`)
  }
}

/** Touches the accounts whose numbers a query selects. */
export const touchAccounts = async (
  write: DuckDBConnection,
  query: string,
  values: DuckDBValue[],
): Promise<void> => {
  await write.run(`INSERT INTO ${subjects.account.table} ${query}`, values)
}

/** Copies what is touched, each once, to the connection that reads; returns how many there are of each kind. */
export const copyTouched = async ({
  read,
  write,
}: Pick<Workspace, 'read' | 'write'>): Promise<Readonly<Record<Of, number>>> => {
  const copy = async ({ table, name }: Subjects): Promise<number> => {
    const touched = await write.run(`SELECT DISTINCT ${name} FROM ${table} WHERE ${name} IS NOT NULL`)
    await read.run(`DELETE FROM ${table}`)
    const appender = await read.createAppender(table, null, 'temp')
    for (const chunk of await touched.fetchAllChunks()) appender.appendDataChunk(chunk)
    appender.closeSync()
    const [counted] = await rowsOf(read, `SELECT count(*)::DOUBLE FROM ${table}`)
    return Number(counted?.[0])
  }
  return { account: await copy(subjects.account), incident: await copy(subjects.incident) }
}

/** Nothing is touched any more. */
export const forgetTouched = async (write: DuckDBConnection): Promise<void> => {
  for (const { table } of kinds) await write.run(`DELETE FROM ${table}`)
}
