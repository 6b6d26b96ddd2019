import { join } from 'node:path'
import * as E from '#fp/Either'
import type { FileError } from '../../foundation/files/file-error.ts'
import { makeFolder } from '../../foundation/files/folder.ts'
import { removeFile, writeFile } from '../../foundation/files/write-file.ts'
import { jsonText } from '../../foundation/text/json-text.ts'
import type { Pieces } from '../../foundation/text/pieces.ts'
import { type Columns, decisionColumns, listCsv, reversibleColumns, reviewColumns } from './list-csv.ts'
import { reversibles, reviewItems } from './lists.ts'
import type { Replay } from './replay.ts'
import type { Summary } from './summary.ts'

/** How the lists of a result are written: for programs, or for a spreadsheet. */
export const listFormats = ['ndjson', 'csv'] as const
export type ListFormat = (typeof listFormats)[number]

const lists = ['decisions', 'put-back', 'annul', 'review'] as const
const BLAME = 'blame.json'
const SUMMARY = 'summary.json'

const listFiles = (format: ListFormat): ReadonlyArray<string> => lists.map((list) => `${list}.${format}`)

/** The files of a replay's result, in the order in which they are written; the summary seals the others. */
export const resultFiles = (format: ListFormat): ReadonlyArray<string> => [
  ...listFiles(format),
  BLAME,
  SUMMARY,
]

/** What is written of a replay. */
export type WrittenResult = {
  readonly result: Replay
  readonly summary: Summary
}

/**
 * Writes a replay's result into a folder, which is created if missing. An earlier summary is deleted first and the new one
 * written last, so that a folder with a summary is complete whenever the process is killed; lists of an earlier run in
 * another format are deleted too, because they belong to another result.
 */
export const writeResult = async (
  dir: string,
  { result, summary }: WrittenResult,
  format: ListFormat = 'ndjson',
): Promise<E.Either<FileError, void>> => {
  const made = await makeFolder(dir)
  if (E.isLeft(made)) return made
  const others = listFormats.filter((each) => each !== format).flatMap(listFiles)
  for (const name of [SUMMARY, ...others]) {
    const removed = await removeFile(join(dir, name))
    if (E.isLeft(removed)) return removed
  }
  const { rows, toDo } = result
  const listed = <T>(columns: Columns<T>, items: ReadonlyArray<T>): Pieces =>
    format === 'csv' ? listCsv(columns, items) : ndjson(items)
  const contents: Readonly<Record<(typeof lists)[number], Pieces>> = {
    decisions: format === 'csv' ? listCsv(decisionColumns, rows) : rows.lines(),
    'put-back': listed(reversibleColumns, reversibles(toDo, ['reinstate', 'restore'])),
    annul: listed(reversibleColumns, reversibles(toDo, ['annul'])),
    review: listed(reviewColumns, reviewItems(toDo, result.restingElsewhere)),
  }
  const files: ReadonlyArray<readonly [name: string, content: Pieces]> = [
    ...lists.map((list) => [`${list}.${format}`, contents[list]] as const),
    [BLAME, `${jsonText(result.blame, 2)}\n`],
    [SUMMARY, `${jsonText(summary, 2)}\n`],
  ]
  for (const [name, content] of files) {
    const written = await writeFile(join(dir, name), content)
    if (E.isLeft(written)) return written
  }
  return E.right(undefined)
}

/** Items as NDJSON. */
export function* ndjson(items: ReadonlyArray<unknown>): Iterable<string> {
  for (const item of items) yield `${jsonText(item)}\n`
}
