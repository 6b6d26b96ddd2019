import { existsSync, statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import * as E from '#fp/Either'
import { projections } from '../../projections/index.ts'
import { sqlText } from '../foundation/sql.ts'
import { unknownVocabulary } from '../ledger/vocabulary.ts'
import { rowsOf } from './duckdb.ts'
import { publishedFile } from './files.ts'
import { historyMismatch, type Mismatch, projectionMismatch, UPDATE_OR_REBUILD } from './mismatch.ts'
import { readVocabulary } from './progress.ts'

export type PublishedError =
  /** Nothing was projected yet. */
  | { readonly kind: 'missing'; readonly dataDir: string }
  /** The file exists, but not as this version makes it. */
  | { readonly kind: 'unusable'; readonly message: string }

export const describePublishedError = (error: PublishedError): string =>
  error.kind === 'missing'
    ? `nothing is projected in ${error.dataDir} yet: run redress project, or name another folder with --data`
    : error.message

/** What a reader may use and access. */
export type Limits = {
  /** In DuckDB's notation: `2GB`. */
  readonly memory: string
  /**
   * The only folder for files: what `COPY` writes, and what does not fit into memory. Only for SQL of our own, because
   * DuckDB has ways around it. Without it no file can be opened at all, and what does not fit is an error.
   */
  readonly scratch?: string
}

/** A projection, and the event at which its fold threw, if it did. */
type PublishedProjection = {
  readonly name: string
  readonly version: number
  /** The sequence that its rows are as of. */
  readonly sequence: number
  readonly stopped: { readonly sequence: number; readonly event: string; readonly message: string } | null
}

/** How far the projections are. */
export type ProjectionProgress = {
  /** The ledger's last event that is included; 0: none. */
  readonly sequence: number
  /** When the ledger recorded it, in ms; null: there is none. */
  readonly recordedAt: number | null
  /** Its leaf hash. */
  readonly leaf: string | null
  readonly projections: ReadonlyArray<PublishedProjection>
}

export type Published = {
  readonly connection: DuckDBConnection
  readonly standing: ProjectionProgress
  /** Which file it is: see `publishedFileVersion`. This one is read although another is published. */
  readonly version: string | undefined
  readonly close: () => void
}

/** Opens the published projections of a data folder for reading, with nothing else within reach of a query. */
export const openPublished = async (
  dataDir: string,
  limits: Limits,
): Promise<E.Either<PublishedError, Published>> => {
  const file = publishedFile(dataDir)
  if (!existsSync(file)) return E.left({ kind: 'missing', dataDir })
  try {
    return E.right(await open(file, limits))
  } catch (error) {
    return E.left({ kind: 'unusable', message: reasonOf(file, error) })
  }
}

/** Names the file that is published in a data folder, another after each publishing; undefined: there is none. */
export const publishedFileVersion = (dataDir: string): string | undefined => fileAt(publishedFile(dataDir))

const open = async (file: string, limits: Limits): Promise<Published> => {
  const version = fileAt(file)
  const instance = await DuckDBInstance.create(file, {
    access_mode: 'READ_ONLY',
    memory_limit: limits.memory,
    threads: String(availableParallelism()),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    allow_persistent_secrets: 'false',
    temp_directory: '',
  })
  const connection = await instance.connect()
  const close = (): void => {
    connection.closeSync()
    instance.closeSync()
  }
  try {
    for (const statement of lockdown(limits)) await connection.run(statement)
    const standing = await readStanding(connection)
    return { connection, standing, version, close }
  } catch (error) {
    close()
    throw error
  }
}

/**
 * With external access off, DuckDB still lets `COPY` write to the `.wal` of the open file and read files next to those
 * that it spills. Without its file system no file can be named any more, while the open file can still be read.
 */
const lockdown = ({ scratch }: Limits): ReadonlyArray<string> => [
  "SET GLOBAL TimeZone = 'UTC'",
  ...(scratch === undefined
    ? []
    : [
        `SET GLOBAL allowed_directories = [${sqlText(resolve(scratch))}]`,
        `SET GLOBAL temp_directory = ${sqlText(join(resolve(scratch), 'spilled'))}`,
      ]),
  // Tracks the progress of a query, for a progress bar of our own.
  'SET enable_progress_bar = true',
  'SET enable_progress_bar_print = false',
  'SET GLOBAL enable_external_access = false',
  ...(scratch === undefined ? ["SET GLOBAL disabled_filesystems = 'LocalFileSystem'"] : []),
  'SET GLOBAL lock_configuration = true',
]

/** Which file is at a path; undefined: none. */
const fileAt = (path: string): string | undefined => {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false })
  return stats && `${stats.dev}:${stats.ino}:${stats.mtimeNs}`
}

const readStanding = async (connection: DuckDBConnection): Promise<ProjectionProgress> => {
  // First, because rebuilding cannot help with events that this Redress does not know.
  const unknown = unknownVocabulary((await readVocabulary(connection)) ?? 1)
  if (unknown !== null) throw new NewerEvents(unknown.message)
  const mismatch = (await historyMismatch(connection)) ?? (await projectionMismatch(connection, projections))
  if (mismatch !== null) throw new OtherVersion(mismatch)
  const [cursor] = await rowsOf(
    connection,
    'SELECT sequence::DOUBLE, epoch_ms(recorded_at)::DOUBLE, leaf_sha256 FROM cursor',
  )
  if (cursor === undefined) throw new Error('it does not record its sequence')
  const [sequence, recordedAt, leaf] = cursor
  const published = await rowsOf(
    connection,
    `SELECT name, version, sequence::DOUBLE, poison_sequence::DOUBLE, poison_event, poison_message
      FROM projections ORDER BY name`,
  )
  return {
    sequence: Number(sequence),
    recordedAt: recordedAt == null ? null : Number(recordedAt),
    leaf: leaf == null ? null : String(leaf),
    projections: published.map(([name, version, at, stoppedAt, event, message]) => ({
      name: String(name),
      version: Number(version),
      sequence: Number(at),
      stopped:
        stoppedAt == null
          ? null
          : { sequence: Number(stoppedAt), event: String(event), message: String(message) },
    })),
  }
}

/** Thrown on opening a file that another version of Redress made. */
class OtherVersion extends Error {
  readonly isNewer: boolean
  constructor({ isNewer, message }: Mismatch) {
    super(message)
    this.isNewer = isNewer
  }
}

/** Thrown while a file is opened whose events need a newer vocabulary. */
class NewerEvents extends Error {}

const reasonOf = (file: string, error: unknown): string => {
  const [first = ''] = (error instanceof Error ? error.message : String(error)).split('\n', 1)
  if (error instanceof NewerEvents) return `cannot use the projections in ${file}: ${first}`
  const whatToDo =
    error instanceof OtherVersion && error.isNewer ? UPDATE_OR_REBUILD : 'rebuild them with redress project'
  return `cannot use the projections in ${file} (${first}): ${whatToDo}`
}
