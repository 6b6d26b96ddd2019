import { existsSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { projections } from '../../../projections/index.ts'
import type { Position } from '../../../src/ledger/port.ts'
import { madeAs } from '../../../src/projection/definition.ts'
import { rowsOf } from '../../../src/projection/duckdb.ts'
import { addSignalColumns, createEventTables, history } from '../../../src/projection/events/tables.ts'
import {
  createProgressTables,
  enterProjection,
  writeCursor,
  writeSequences,
  writeVocabulary,
} from '../../../src/projection/progress.ts'
import { createTable } from '../../../src/projection/tables.ts'
import { planActions } from './actions.ts'
import { makeDecisions } from './decisions.ts'
import { evaluationTimes, insertEvidence } from './evidence.ts'
import { makeFlags } from './flags.ts'
import { accountSql } from './ids.ts'
import { period, releases } from './rulesets.ts'
import { countPlanned, type Generation, openGeneration, stageSlice } from './stage.ts'

export type GenerateOptions = {
  readonly events: number
  readonly seed: number
  /** In DuckDB's notation; more is spilled to disk. */
  readonly memory?: string
  /** Called after each part of the work. */
  readonly onPart?: (part: string) => void
}

/** What is known about a generated history without replaying it. */
export type Generated = {
  readonly events: number
  readonly accounts: number
  readonly byType: Readonly<Record<string, number>>
  /** Decisions that the rightful rules never asked for, as far as that is simply known: nearly all of them. */
  readonly wrongful: { readonly deactivation: number; readonly removal: number }
}

/**
 * Writes a published projections file with a history of two years: `events` events, four of five of them evaluations. The
 * same seed gives the same history. It is written by SQL alone: the column `event` is null, and the tables of the other
 * projections are empty. The documents of its rulesets are `publishedDocuments`.
 */
export const generateHistory = async (path: string, options: GenerateOptions): Promise<Generated> => {
  const { memory = '2GB', onPart = () => {} } = options
  for (const file of [path, `${path}.wal`]) if (existsSync(file)) rmSync(file)
  const instance = await DuckDBInstance.create(path, {
    memory_limit: memory,
    threads: String(availableParallelism()),
    temp_directory: `${path}.spilled`,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  })
  const connection = await instance.connect()
  try {
    await connection.run("SET TimeZone = 'UTC'")
    await createTables(connection)
    const declared = new Map(
      releases.flatMap(({ ruleset }) =>
        [...ruleset.signals].map(([signal, type]) => [`${signal} ${type}`, { signal, type }] as const),
      ),
    )
    const signals = await addSignalColumns(connection, [], [...declared.values()])
    const generation = openGeneration(connection, signals, options)
    await makeFlags(generation)
    await makeDecisions(generation)
    onPart('flags and decisions')
    await planActions(generation)
    onPart('appeals and reversals')
    await fill(generation, onPart)
    await finish(generation)
    return await describe(generation)
  } finally {
    connection.closeSync()
    instance.closeSync()
    rmSync(`${path}.spilled`, { recursive: true, force: true })
  }
}

const createTables = async (connection: DuckDBConnection): Promise<void> => {
  await createProgressTables(connection)
  await createEventTables(connection)
  await enterProjection(connection, history)
  for (const projection of projections) {
    await createTable(connection, projection)
    await enterProjection(connection, madeAs(projection))
  }
}

/** This many events are numbered and inserted at once. */
const SLICE = 2_000_000

/** Numbers all events in the order of their times and inserts them, by slices of the period. */
const fill = async (generation: Generation, onPart: (part: string) => void): Promise<void> => {
  const { connection, events } = generation
  const evaluations = events - (await countPlanned(generation))
  onPart('actions counted')
  if (evaluations <= 0) throw new RangeError('too few events for a history')
  const slices = Math.ceil(events / SLICE)
  const length = period.to - period.from
  let sequence = 0
  for (let slice = 0; slice < slices; slice++) {
    const from = Math.floor((evaluations * slice) / slices)
    const to = Math.floor((evaluations * (slice + 1)) / slices)
    const startsAt = (first: number): number => period.from + Math.floor((length * first) / evaluations)
    await stageSlice(generation, { from: startsAt(from), to: startsAt(to) })
    await connection.run(`CREATE OR REPLACE TEMP TABLE slots AS
      SELECT ${sequence} + row_number() OVER (ORDER BY moment, i) AS sequence, moment, i FROM (
        ${evaluationTimes(generation, evaluations, { from, to })}
        UNION ALL
        SELECT epoch_ms(occurred_at), NULL FROM staged)`)
    await insertEvidence(generation, evaluations)
    // Both sides are in the order of their times, in which only actions of one time are alike.
    await connection.run(`INSERT INTO actions BY NAME SELECT * FROM staged
      POSITIONAL JOIN (SELECT sequence FROM slots WHERE i IS NULL)`)
    const [last] = await rowsOf(connection, 'SELECT max(sequence)::DOUBLE FROM slots')
    sequence = Number(last?.[0])
    onPart(`${slice + 1} of ${slices} slices`)
  }
  if (sequence !== events) throw new Error(`${sequence} events instead of ${events}`)
}

/** Records how far the file is, as if it had been projected from a ledger. */
const finish = async ({ connection, events, accounts }: Generation): Promise<void> => {
  await connection.run(
    `INSERT INTO account_ids SELECT n::INTEGER, ${accountSql('n')} FROM range(1, ${accounts + 1}) r (n)`,
  )
  await writeCursor(connection, {
    sequence: events,
    // Cast: no ledger has these events, so there is none that could look it up.
    position: String(events) as Position,
    leaf: '0'.repeat(64),
    recordedAt: period.to,
  })
  await writeVocabulary(connection, 2)
  await writeSequences(connection, [history.name, ...projections.map(({ name }) => name)], events)
  await connection.run('CHECKPOINT')
}

const describe = async ({ connection, events, accounts }: Generation): Promise<Generated> => {
  const counted = async (sql: string): Promise<Readonly<Record<string, number>>> =>
    Object.fromEntries((await rowsOf(connection, sql)).map(([name, count]) => [String(name), Number(count)]))
  const wrongful = await counted(
    `SELECT kind, count(*)::DOUBLE FROM decisions WHERE falls AND moment < ${period.to} GROUP BY kind`,
  )
  return {
    events,
    accounts,
    byType: await counted('SELECT type::VARCHAR, count(*)::DOUBLE FROM events GROUP BY type ORDER BY 2 DESC'),
    wrongful: { deactivation: wrongful.deactivation ?? 0, removal: wrongful.removal ?? 0 },
  }
}
