import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { projections as all } from '../../projections/index.ts'
import type { Projection } from '../../projections/projection.ts'
import { type OpenLedger, openLedger } from '../../src/ledger/open.ts'
import type { ProjectionError } from '../../src/projection/errors.ts'
import { publishedFile } from '../../src/projection/files.ts'
import { type Projected, project, type Watch } from '../../src/projection/project.ts'
import { unwrap } from '../replay/ledgers.ts'

/** A data folder with an embedded ledger of its own. */
export type Folder = { readonly dir: string; readonly open: OpenLedger }

/** When the ledger of a test records everything. */
const RECORDED = Date.UTC(2026, 0, 1)

export const withFolder = async <A>(use: (folder: Folder) => Promise<A>): Promise<A> => {
  const dir = await mkdtemp(join(tmpdir(), 'redress-projection-'))
  const open = unwrap(await openLedger(dir, { clock: () => RECORDED }))
  try {
    return await use({ dir, open })
  } finally {
    await open.close()
    await rm(dir, { recursive: true, force: true })
  }
}

export const silent: Watch = {
  onBegin: () => {},
  onRead: () => {},
  onFold: () => {},
  onPoison: () => {},
  onPublish: () => {},
}

type Options = {
  readonly rebuild?: boolean
  readonly follow?: boolean
  readonly projections?: ReadonlyArray<Projection>
  readonly watch?: Partial<Watch>
  readonly signal?: AbortSignal
}

const run = ({ dir, open }: Folder, options: Options) =>
  project(dir, open, options.projections ?? all, {
    follow: options.follow ?? false,
    rebuild: options.rebuild ?? false,
    signal: options.signal ?? new AbortController().signal,
    watch: { ...silent, ...options.watch },
  })

/** Projects what the ledger contains, or fails the test. */
export const projected = async (folder: Folder, options: Options = {}): Promise<Projected> =>
  unwrap(await run(folder, options))

/** The error that projecting ends with. */
export const projectionError = async (folder: Folder, options: Options = {}): Promise<ProjectionError> => {
  const result = await run(folder, options)
  if (result._tag === 'Right') throw new Error('it was expected to fail')
  return result.left
}

/** The rows of a query over what is published. */
export const rowsOf = async (
  dir: string,
  sql: string,
): Promise<ReadonlyArray<Readonly<Record<string, unknown>>>> => {
  const instance = await DuckDBInstance.create(publishedFile(dir), { access_mode: 'READ_ONLY' })
  const connection = await instance.connect()
  try {
    await connection.run("SET TimeZone = 'UTC'")
    return (await connection.runAndReadAll(sql)).getRowObjectsJson()
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

/** The contents of each table, whatever the order of its rows, without what identifies positions in one ledger. */
export const tablesOf = async (dir: string): Promise<Readonly<Record<string, ReadonlyArray<string>>>> => {
  const tables: Record<string, ReadonlyArray<string>> = {}
  for (const table of [
    'accounts',
    'decisions',
    'appeals',
    'rule_counts',
    'rescorings',
    'incidents',
    'remediations',
    'requests',
  ]) {
    tables[table] = (await rowsOf(dir, `FROM ${table}`)).map((row) => JSON.stringify(row)).sort()
  }
  const signals = (await rowsOf(dir, 'FROM signal_columns'))
    .map(({ column_name }) => `"${column_name}"`)
    .sort()
  const events = await rowsOf(
    dir,
    `SELECT account, type, occurred_at, occurred_ns, recorded_at, source, id, flag_id, decision_id, appeal_id, category, grounds,
      because_of, decision_ids, flags_voided, until, until_lifted, restriction, outcome, signals
      ${signals.map((column) => `, ${column}`).join('')}
      FROM events`,
  )
  tables.events = events.map((row) => JSON.stringify(row)).sort()
  return tables
}
