import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as E from '#fp/Either'
import type { Sha256 } from '../../domain/ids.ts'
import { syncPath } from '../../foundation/files/durable.ts'
import { makeFolder } from '../../foundation/files/folder.ts'
import { writeNewFile } from '../../foundation/files/write-file.ts'
import { jsonText } from '../../foundation/text/json-text.ts'
import type { StatementCorrection } from './correction.ts'
import { type Cursor, readCursor } from './cursor.ts'
import type { Filled } from './fill.ts'
import type { FieldError } from './part.ts'
import type { LeftOutBy } from './source.ts'
import { limits } from './statement.ts'

/** Which statement a line is about; `puid`: set for a change of the decision. */
type About = { readonly decisionId: string; readonly puid?: string; readonly account: string }

/** A field of a decision that could not be filled; a line of `errors.ndjson`. */
type UnfilledField = About & FieldError

/** A decision that the mapping leaves out, and the entry that does; a line of `left-out.ndjson`. */
type LeftOutStatement = About & LeftOutBy

/** What earlier runs left in a folder. */
export type Done = {
  /** Null: nothing yet. */
  readonly cursor: Cursor | null
  /** The text of the file that it was read from; null: there was none. */
  readonly cursorText: string | null
  /** The puids in `corrections.ndjson`. */
  readonly corrected: ReadonlySet<string>
  /** The decisions to retry: those in `errors.ndjson` and, if the mapping has changed, in `left-out.ndjson`. */
  readonly retried: ByAccount
  /** Those that are not exported and not retried. */
  readonly settled: ByAccount
  /** Their lines in `errors.ndjson`, which stay. */
  readonly final: ReadonlyArray<UnfilledField>
  /** The lines in `left-out.ndjson` that stay. */
  readonly leftOut: ReadonlyArray<LeftOutStatement>
}
/** Statements (puids) by the account whose decisions they are about. */
type ByAccount = ReadonlyMap<string, ReadonlySet<string>>

/** A folder that cannot be used as it is; a person must look at it. */
export class FolderError extends Error {}

const CURSOR = 'cursor.json'
const CORRECTIONS = 'corrections.ndjson'
const ERRORS = 'errors.ndjson'
const LEFT_OUT = 'left-out.ndjson'
const REMARKS = 'remarks.ndjson'
const OURS = [CURSOR, CORRECTIONS, ERRORS, LEFT_OUT, REMARKS]
/** A run writes into the first; once renamed to the second it is complete, and only needs to be moved into place. */
const IN_PROGRESS = '.begun'
const COMPLETE = '.whole'

const BATCH = /^batch-\d+\.json$/
const nameOfBatch = (n: number): string => `batch-${String(n).padStart(6, '0')}.json`

/** Opens (or creates) an export's folder for a run with a mapping; finishes or drops what a killed run left. */
export const openFolder = async (dir: string, mappingSha256: Sha256): Promise<Done> => {
  const made = await makeFolder(dir)
  if (E.isLeft(made)) throw new FolderError(made.left.message)
  await refuseOthers(dir)
  await rm(join(dir, IN_PROGRESS), { recursive: true, force: true })
  await moveIntoPlace(dir)
  const names = await readdir(dir)
  if (!names.includes(CURSOR)) {
    if (names.some((name) => BATCH.test(name) || OURS.includes(name))) {
      throw new FolderError(
        `${dir} contains statements but no ${CURSOR}, so how far they go is unknown; name another folder`,
      )
    }
    return {
      cursor: null,
      cursorText: null,
      corrected: new Set(),
      retried: new Map(),
      settled: new Map(),
      final: [],
      leftOut: [],
    }
  }
  const path = join(dir, CURSOR)
  const cursorText = await readFile(path, 'utf8')
  const cursor = readCursor(parsed(cursorText, path))
  if (E.isLeft(cursor)) throw new FolderError(`${path}: ${cursor.left}`)
  const errors = await linesOf<UnfilledField>(dir, ERRORS)
  const final = errors.filter((line) => line.final === true)
  const leftOut = await linesOf<LeftOutStatement>(dir, LEFT_OUT)
  const isSameMapping = cursor.right.mappingSha256 === mappingSha256
  const corrected = new Set((await linesOf<StatementCorrection>(dir, CORRECTIONS)).map(({ puid }) => puid))
  return {
    cursor: cursor.right,
    cursorText,
    corrected,
    retried: byAccount([...errors.filter((line) => line.final !== true), ...(isSameMapping ? [] : leftOut)]),
    settled: byAccount([...final, ...(isSameMapping ? leftOut : [])]),
    final,
    leftOut: isSameMapping ? leftOut : [],
  }
}

const byAccount = (lines: ReadonlyArray<About>): ByAccount => {
  const ids = new Map<string, Set<string>>()
  for (const { account, decisionId, puid = decisionId } of lines) {
    const known = ids.get(account)
    if (known === undefined) ids.set(account, new Set([puid]))
    else known.add(puid)
  }
  return ids
}

/** What a run writes: none of it is in place before `finish`, and all of it after, even if the process is killed. */
export type Run = {
  readonly statement: (filled: Filled) => Promise<void>
  readonly correction: (correction: StatementCorrection) => void
  readonly unfilled: (fields: ReadonlyArray<UnfilledField>) => void
  readonly leaveOut: (leftOut: LeftOutStatement) => void
  /** Returns the counts of everything in the folder, earlier runs included. */
  readonly finish: (
    cursor: Pick<Cursor, 'sequence' | 'event' | 'mappingSha256' | 'from' | 'to'>,
  ) => Promise<Cursor>
}

/** Starts a run that continues after `done`. */
export const beginRun = async (
  dir: string,
  { cursor: before, cursorText, final: kept, leftOut: stillLeftOut }: Done,
): Promise<Run> => {
  const inProgress = join(dir, IN_PROGRESS)
  await mkdir(inProgress)
  let batches = before?.batches ?? 0
  let statements = before?.statements ?? 0
  let corrections = before?.corrections ?? 0
  let unfilled = 0
  let batch: string[] = []
  const correctionLines = [await textOf(dir, CORRECTIONS)]
  const remarkLines = [await textOf(dir, REMARKS)]
  const remarks = new Map(Object.entries(before?.remarks ?? {}))
  let final = before?.final ?? 0
  const errors = kept.map(lineOf)
  const leftOutLines = stillLeftOut.map((line) => `${jsonText(line)}\n`)

  const flush = async (): Promise<void> => {
    if (batch.length === 0) return
    batches++
    await writeNewFile(join(inProgress, nameOfBatch(batches)), `{"statements":[\n${batch.join(',\n')}\n]}\n`)
    statements += batch.length
    batch = []
  }
  return {
    statement: async ({ statement, remarks: made }) => {
      batch.push(jsonText(statement))
      for (const { field, remark } of made) {
        remarkLines.push(`${jsonText({ puid: statement.puid, field, remark })}\n`)
        remarks.set(field, (remarks.get(field) ?? 0) + 1)
      }
      if (batch.length === limits.batch) await flush()
    },
    correction: (correction) => {
      correctionLines.push(`${jsonText(correction)}\n`)
      corrections++
    },
    unfilled: (fields) => {
      if (fields.some((field) => field.final === true)) final++
      else unfilled++
      errors.push(...fields.map(lineOf))
    },
    leaveOut: (leftOut) => leftOutLines.push(`${jsonText(leftOut)}\n`),
    finish: async (reached) => {
      await flush()
      const leftOut = leftOutLines.length
      const counts = { batches, statements, corrections, unfilled, final, leftOut }
      const byField = Object.fromEntries([...remarks].sort(([a], [b]) => (a < b ? -1 : 1)))
      const cursor: Cursor = { version: '2', ...reached, ...counts, remarks: byField }
      await writeNewFile(join(inProgress, CORRECTIONS), correctionLines.join(''))
      await writeNewFile(join(inProgress, LEFT_OUT), leftOutLines.join(''))
      await writeNewFile(join(inProgress, REMARKS), remarkLines.join(''))
      await writeNewFile(join(inProgress, ERRORS), errors.join(''))
      await writeNewFile(join(inProgress, CURSOR), `${jsonText(cursor, 2)}\n`)
      syncPath(inProgress, true)
      const now = existsSync(join(dir, CURSOR)) ? await readFile(join(dir, CURSOR), 'utf8') : null
      if (now !== cursorText)
        throw new FolderError(`another export wrote into ${dir} during this run; run it again`)
      await rename(inProgress, join(dir, COMPLETE))
      syncPath(dir, true)
      await moveIntoPlace(dir)
      return cursor
    },
  }
}

const lineOf = (line: UnfilledField): string => `${jsonText(line)}\n`

/** Moves what a complete run wrote into place, the cursor last. After a kill it resumes where it stopped. */
const moveIntoPlace = async (dir: string): Promise<void> => {
  const complete = join(dir, COMPLETE)
  if (!existsSync(complete)) return
  const names = (await readdir(complete)).filter((name) => name !== CURSOR).sort()
  for (const name of names) await rename(join(complete, name), join(dir, name))
  syncPath(dir, true)
  if (existsSync(join(complete, CURSOR))) await rename(join(complete, CURSOR), join(dir, CURSOR))
  syncPath(dir, true)
  await rm(complete, { recursive: true })
}

/** Moving our files into place would replace a link or a device that has one of their names. */
const refuseOthers = async (dir: string): Promise<void> => {
  const entries = await readdir(dir, { withFileTypes: true })
  const other = entries.find(
    (entry) => isOurs(entry.name) && !(isOwnFolder(entry.name) ? entry.isDirectory() : entry.isFile()),
  )
  if (other === undefined) return
  throw new FolderError(
    `${join(dir, other.name)} is not a regular file, and an export would replace it: move it away, or name another folder`,
  )
}

const isOwnFolder = (name: string): boolean => name === IN_PROGRESS || name === COMPLETE
const isOurs = (name: string): boolean => isOwnFolder(name) || OURS.includes(name) || BATCH.test(name)

const parsed = (text: string, path: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw new FolderError(`${path} is not JSON`)
  }
}

/** The text of a file that earlier runs wrote; empty if it is missing. */
const textOf = async (dir: string, name: string): Promise<string> =>
  existsSync(join(dir, name)) ? await readFile(join(dir, name), 'utf8') : ''

const linesOf = async <A>(dir: string, name: string): Promise<ReadonlyArray<A>> => {
  const path = join(dir, name)
  const lines = (await textOf(dir, name)).split('\n').filter((line) => line !== '')
  // Cast: written by `beginRun` alone.
  return lines.map((line) => parsed(line, path) as A)
}
