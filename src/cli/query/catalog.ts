import { type CatalogRow, readColumns, readTables } from '../../app/query/catalog.ts'
import type { Guard } from '../../app/query/guard.ts'
import { gridOf } from '../../foundation/text/grid.ts'
import { safeText } from '../../foundation/text/safe-text.ts'
import type { Published } from '../../projection/published.ts'
import { CliError, printLine } from '../output.ts'
import { terminalWidth } from '../terminal.ts'

const print = (titles: ReadonlyArray<string>, rows: ReadonlyArray<CatalogRow>): void => {
  const cells = rows.map((row) => row.map(safeText))
  const { head, line } = gridOf(
    titles.map((title) => ({ title, isNumber: false })),
    cells,
    terminalWidth(),
  )
  for (const each of [...head, ...cells.map(line)]) printLine(each)
}

/** Prints the tables, views and table macros, with their descriptions. */
export const listTables = async (published: Published, watch: Guard): Promise<void> =>
  print(['name', 'kind', 'about'], await readTables(published, watch))

/** Prints the columns of a table or view, or of all. */
export const describeTables =
  (name: string | null) =>
  async (published: Published, watch: Guard): Promise<void> => {
    const rows = await readColumns(published, watch, name)
    if (rows.length === 0) throw new CliError(`no such table: ${name ?? ''}; .tables lists them`)
    print(['table', 'column', 'type', 'about'], rows)
  }
