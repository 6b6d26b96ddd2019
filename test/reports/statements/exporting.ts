import { mkdtemp, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { IncomingEvent } from '../../../src/domain/event.ts'
import { openPublished } from '../../../src/projection/published.ts'
import { type Exported, exportStatements } from '../../../src/reports/statements/export.ts'
import { type Folder, projected, withFolder } from '../../projection/projecting.ts'
import { appendAll, unwrap } from '../../replay/ledgers.ts'
import { mappingOf } from './mappings.ts'

/** Fills every decision of category `alpha`. */
export const goodText = `
territorial_scope: EU
content_types: {pin: [CONTENT_TYPE_IMAGE], board: [CONTENT_TYPE_TEXT]}
account_content_type: [CONTENT_TYPE_TEXT]
content_date: application_date
source_type: SOURCE_VOLUNTARY
missing_grounds: ignore
default: {basis: terms, terms: {ground: Terms, explanation: They forbid it.}, facts: Facts.}
categories: {alpha: {category: STATEMENT_CATEGORY_VIOLENCE}}
`
export const good = mappingOf(goodText)

type Options = {
  readonly mapping?: typeof good
  readonly at?: number
  readonly from?: number
  readonly to?: number
  readonly onProgress?: () => void
}
/** Runs an export into a folder from what a data folder has published. */
export const exporting = async (data: string, dir: string, options: Options = {}): Promise<Exported> => {
  const published = unwrap(await openPublished(data, { memory: '1GB' }))
  try {
    const { mapping = good, at = published.standing.sequence, from, to, onProgress = () => {} } = options
    return await exportStatements(published.connection, { dir, mapping, at, from, to, onProgress })
  } finally {
    published.close()
  }
}

const linesOf = async (path: string) =>
  (await readFile(path, 'utf8'))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))

/** What a folder contains. */
export const contentsOf = async (dir: string) => {
  const names = (await readdir(dir)).sort()
  const batches = []
  for (const name of names.filter((each) => each.startsWith('batch-'))) {
    batches.push(JSON.parse(await readFile(join(dir, name), 'utf8')).statements)
  }
  return {
    names,
    batches,
    puids: batches.flat().map(({ puid }) => puid as string),
    corrections: await linesOf(join(dir, 'corrections.ndjson')),
    remarks: await linesOf(join(dir, 'remarks.ndjson')),
    leftOut: await linesOf(join(dir, 'left-out.ndjson')),
    errors: await linesOf(join(dir, 'errors.ndjson')),
    cursor: JSON.parse(await readFile(join(dir, 'cursor.json'), 'utf8')),
  }
}

/** A data folder with these events projected, and a folder to export to. */
export const given = async (
  events: ReadonlyArray<IncomingEvent>,
  use: (folder: Folder, out: string) => Promise<void>,
): Promise<void> =>
  withFolder(async (folder) => {
    await appendAll(folder.open, events)
    await projected(folder)
    await use(folder, await mkdtemp(join(folder.dir, 'out-')))
  })
