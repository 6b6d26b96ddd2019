import { type CatalogOptions, readColumns, readTables } from '../../app/query/catalog.ts'
import { gridOf } from '../../foundation/text/grid.ts'
import { safeText } from '../../foundation/text/safe-text.ts'
import { CliError, printLine } from '../output.ts'
import { resultOrFail } from '../result.ts'
import { terminalWidth } from '../terminal.ts'

const print = (titles: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): void => {
  const cells = rows.map((row) => row.map(safeText))
  const { head, line } = gridOf(
    titles.map((title) => ({ title, isNumber: false })),
    cells,
    terminalWidth(),
  )
  for (const each of [...head, ...cells.map(line)]) printLine(each)
}

/** Prints the tables, views and table macros, with their descriptions. */
export const listTables = async (options: CatalogOptions): Promise<void> => {
  const tables = resultOrFail(await readTables(options), 'SIGINT')
  print(
    ['name', 'kind', 'about'],
    tables.map(({ name, kind, about }) => [name, kind, about]),
  )
}

/** Prints the columns of a table or view, or of all. */
export const describeTables =
  (name: string | null) =>
  async (options: CatalogOptions): Promise<void> => {
    const columns = resultOrFail(await readColumns({ ...options, table: name }), 'SIGINT')
    if (columns.length === 0) throw new CliError(`no such table: ${name ?? ''}; .tables lists them`)
    print(
      ['table', 'column', 'type', 'about'],
      columns.map(({ table, column, type, about }) => [table, column, type, about]),
    )
  }
