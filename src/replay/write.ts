import { mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as TE from '#fp/TaskEither'
import { jsonText } from '../foundation/json-text.ts'
import type { History } from './history.ts'
import { reversibles, reviewItems } from './lists.ts'
import type { Replay } from './replay.ts'
import type { Summary } from './summary.ts'

export type WriteError = { readonly kind: 'not_written'; readonly message: string }

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
export const writeResult = (
  dir: string,
  result: Replay,
  summary: Summary,
  history: History,
): TE.TaskEither<WriteError, void> =>
  TE.tryCatch(
    async () => {
      await mkdir(dir, { recursive: true })
      await rm(join(dir, 'summary.json'), { force: true })
      const contents: Readonly<Record<(typeof resultFiles)[number], Iterable<string>>> = {
        'decisions.ndjson': ndjson(result.rows),
        'put-back.ndjson': ndjson(reversibles(result.rows, ['reinstate', 'restore'], history)),
        'annul.ndjson': ndjson(reversibles(result.rows, ['annul'], history)),
        'review.ndjson': ndjson(reviewItems(result.rows, result.restingElsewhere)),
        'blame.json': [`${jsonText(result.blame, 2)}\n`],
        'summary.json': [`${jsonText(summary, 2)}\n`],
      }
      for (const name of resultFiles) await writeWhole(join(dir, name), contents[name])
    },
    (error) => ({ kind: 'not_written', message: error instanceof Error ? error.message : String(error) }),
  )

function* ndjson(items: ReadonlyArray<unknown>): Iterable<string> {
  for (const item of items) yield `${jsonText(item)}\n`
}

/** Writes a file so that its name shows all of it or what was there before. */
const writeWhole = async (path: string, lines: Iterable<string>): Promise<void> => {
  const partial = `${path}.partial`
  const file = await open(partial, 'w')
  try {
    let chunk = ''
    for (const line of lines) {
      chunk += line
      if (chunk.length < 1 << 16) continue
      await file.appendFile(chunk)
      chunk = ''
    }
    await file.appendFile(chunk)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(partial, path)
}
