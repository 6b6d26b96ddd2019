import { join } from 'node:path'
import * as E from '#fp/Either'
import type { FileError } from '../foundation/file-error.ts'
import { makeFolder } from '../foundation/folder.ts'
import { jsonText } from '../foundation/json-text.ts'
import type { Pieces } from '../foundation/pieces.ts'
import { removeFile, writeFile } from '../foundation/write-file.ts'
import type { History } from './history.ts'
import { reversibles, reviewItems } from './lists.ts'
import type { Replay } from './replay.ts'
import type { Summary } from './summary.ts'

/** The files of a replay's result, in the order in which they are written; the summary seals the others. */
export const resultFiles = [
  'decisions.ndjson',
  'put-back.ndjson',
  'annul.ndjson',
  'review.ndjson',
  'blame.json',
  'summary.json',
] as const

/**
 * Writes a replay's result into a folder, which is made when it is missing. A summary from an earlier run goes
 * first and the new one comes last, so that a folder with a summary is whole, whenever the process is killed.
 */
export const writeResult = async (
  dir: string,
  result: Replay,
  summary: Summary,
  history: History,
): Promise<E.Either<FileError, void>> => {
  const made = await makeFolder(dir)
  if (E.isLeft(made)) return made
  const removed = await removeFile(join(dir, 'summary.json'))
  if (E.isLeft(removed)) return removed
  const contents: Readonly<Record<(typeof resultFiles)[number], Pieces>> = {
    'decisions.ndjson': ndjson(result.rows),
    'put-back.ndjson': ndjson(reversibles(result.rows, ['reinstate', 'restore'], history)),
    'annul.ndjson': ndjson(reversibles(result.rows, ['annul'], history)),
    'review.ndjson': ndjson(reviewItems(result.rows, result.restingElsewhere)),
    'blame.json': `${jsonText(result.blame, 2)}\n`,
    'summary.json': `${jsonText(summary, 2)}\n`,
  }
  for (const name of resultFiles) {
    const written = await writeFile(join(dir, name), contents[name])
    if (E.isLeft(written)) return written
  }
  return E.right(undefined)
}

function* ndjson(items: ReadonlyArray<unknown>): Iterable<string> {
  for (const item of items) yield `${jsonText(item)}\n`
}
