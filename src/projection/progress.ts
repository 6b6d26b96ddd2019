import type { DuckDBConnection } from '@duckdb/node-api'
import type { Position } from '../ledger/port.ts'
import { describe } from './comments.ts'
import type { MadeAs } from './definition.ts'
import { rowsOf } from './duckdb.ts'
import type { Poison } from './fold.ts'

/** How far into the ledger the projections are. */
export type ProjectionCursor = {
  readonly sequence: number
  readonly position: Position
  /** The leaf hash of the event there (hexadecimal), which differs in another ledger. */
  readonly leaf: string
}

export type ProjectionState = MadeAs & {
  /** Its rows are as of this sequence. */
  readonly sequence: number
  readonly isPoisoned: boolean
}

/** Creates the tables that say how far everything is. */
export const createProgressTables = async (connection: DuckDBConnection): Promise<void> => {
  await connection.run(
    'CREATE TABLE cursor (sequence BIGINT, position VARCHAR, leaf_sha256 VARCHAR, recorded_at TIMESTAMP, vocabulary INTEGER)',
  )
  await connection.run('INSERT INTO cursor VALUES (0, NULL, NULL, NULL, 1)')
  await describe(connection, 'TABLE', 'cursor', 'The last event of the ledger that is projected', {
    sequence: 'its sequence; 0: none yet',
    position: 'its position in the ledger, as the ledger writes it',
    leaf_sha256: 'its leaf hash',
    recorded_at: 'when the ledger recorded it',
    vocabulary: 'the version of the vocabulary that the projected events need',
  })
  await connection.run(`CREATE TABLE projections (name VARCHAR, version INTEGER, definition VARCHAR, sequence BIGINT,
    poison_sequence BIGINT, poison_event VARCHAR, poison_message VARCHAR)`)
  const about = 'Each projection, how far it is, and the event at which its fold failed'
  await describe(connection, 'TABLE', 'projections', about, {
    name: 'the projection; events: the history',
    version: 'the version of its rows',
    definition: 'the SHA-256 of the definition of its columns and views',
    sequence: 'the sequence that its rows are as of',
    poison_sequence: 'the sequence of the event at which its fold failed; null: it did not',
    poison_event: 'the source and id of that event',
    poison_message: 'why it failed',
  })
}

/** Reads the cursor; null: nothing was read yet. */
export const readProjectionCursor = async (
  connection: DuckDBConnection,
): Promise<ProjectionCursor | null> => {
  const [row] = await rowsOf(connection, 'SELECT sequence::DOUBLE, position, leaf_sha256 FROM cursor')
  const [sequence, position, leaf] = row ?? []
  // Cast: the position is stored as the ledger gave it, and the ledger compares it with its own.
  return position == null
    ? null
    : { sequence: Number(sequence), position: position as Position, leaf: String(leaf) }
}

export const writeCursor = async (
  connection: DuckDBConnection,
  { sequence, position, leaf, recordedAt }: ProjectionCursor & { readonly recordedAt: number },
): Promise<void> => {
  await connection.run(
    `UPDATE cursor SET sequence = $1::BIGINT, position = $2, leaf_sha256 = $3,
      recorded_at = epoch_ms($4::BIGINT)`,
    [sequence, position, leaf, recordedAt],
  )
}

/** Records the version of the vocabulary that the projected events need. */
export const writeVocabulary = async (connection: DuckDBConnection, version: number): Promise<void> => {
  await connection.run('UPDATE cursor SET vocabulary = $1::INTEGER', [version])
}

/** The version of the vocabulary that the projected events need; null: the file does not say. */
export const readVocabulary = async (connection: DuckDBConnection): Promise<number | null> => {
  // Looked for first: what an earlier Redress made has no such column.
  const columns = await rowsOf(
    connection,
    "SELECT 1 FROM duckdb_columns() WHERE table_name = 'cursor' AND column_name = 'vocabulary'",
  )
  if (columns.length === 0) return null
  const [row] = await rowsOf(connection, 'SELECT vocabulary FROM cursor')
  return row?.[0] == null ? null : Number(row[0])
}

export const readProjectionStates = async (
  connection: DuckDBConnection,
): Promise<ReadonlyMap<string, ProjectionState>> => {
  const rows = await rowsOf(
    connection,
    'SELECT name, version, definition, sequence::DOUBLE, poison_sequence IS NOT NULL FROM projections',
  )
  return new Map(
    rows.map(([name, version, definition, sequence, poisoned]) => [
      String(name),
      {
        name: String(name),
        version: Number(version),
        definition: String(definition),
        sequence: Number(sequence),
        isPoisoned: poisoned === true,
      },
    ]),
  )
}

/** Records a projection whose table was just created. */
export const enterProjection = async (
  connection: DuckDBConnection,
  { name, version, definition }: MadeAs,
): Promise<void> => {
  await connection.run('DELETE FROM projections WHERE name = $1', [name])
  await connection.run(
    'INSERT INTO projections (name, version, definition, sequence) VALUES ($1, $2, $3, 0)',
    [name, version, definition],
  )
}

/** Records the sequence that projections are as of. */
export const writeSequences = async (
  connection: DuckDBConnection,
  names: ReadonlyArray<string>,
  sequence: number,
): Promise<void> => {
  for (const name of names)
    await connection.run('UPDATE projections SET sequence = $1::BIGINT WHERE name = $2', [sequence, name])
}

export const writePoison = async (connection: DuckDBConnection, poison: Poison): Promise<void> => {
  await connection.run(
    'UPDATE projections SET poison_sequence = $1::BIGINT, poison_event = $2, poison_message = $3 WHERE name = $4',
    [poison.sequence, poison.event, poison.message, poison.projection],
  )
}

/** The recorded poisons. */
export const readPoisons = async (connection: DuckDBConnection): Promise<ReadonlyArray<Poison>> => {
  const rows = await rowsOf(
    connection,
    `SELECT name, poison_sequence::DOUBLE, poison_event, poison_message FROM projections
      WHERE poison_sequence IS NOT NULL ORDER BY name`,
  )
  return rows.map(([name, sequence, event, message]) => ({
    projection: String(name),
    sequence: Number(sequence),
    event: String(event),
    message: String(message),
  }))
}
