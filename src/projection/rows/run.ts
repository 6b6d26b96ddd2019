import { type DuckDBConnection, DuckDBTableFunction, INTEGER } from '@duckdb/node-api'
import { duckdbType } from './buffer.ts'
import type { StatementRows } from './growing.ts'

/** The table function that statements read from; its argument is the number of their rows. */
const FUNCTION = 'rows_of_javascript'

/** Rows that are being read, by their numbers. */
const reading = new Map<number, StatementRows>()
let last = 0

/** Lets all connections of an instance read rows. */
export const registerRows = (connection: DuckDBConnection): void => {
  connection.registerTableFunction(
    DuckDBTableFunction.create({
      name: FUNCTION,
      parameterTypes: [INTEGER],
      bindFunction: (bind) => {
        const rows = reading.get(Number(bind.getParameter(0)))
        if (rows === undefined) return bind.setError('these rows are not there')
        for (const { name, type } of rows.columns) bind.addResultColumn(name, duckdbType(type))
        bind.setBindData(rows)
      },
      initFunction: (init) => init.setInitData({ next: 0 }),
      mainFunction: (info, chunk) => {
        // Casts: set above.
        const state = info.initData as { next: number }
        const part = (info.bindData as StatementRows).buffers[state.next++]
        if (part === undefined) chunk.rowCount = 0
        else part.buffer.copyTo(chunk, part.rows)
      },
    }),
  )
}

/** Runs a statement that reads rows `from` an SQL expression. DuckDB asks for them while it runs, in its own thread. */
export const runWithRows = async (
  connection: DuckDBConnection,
  statement: (from: string) => string,
  rows: StatementRows,
): Promise<void> => {
  const number = ++last
  reading.set(number, rows)
  try {
    await connection.run(statement(`${FUNCTION}(${number})`))
  } finally {
    reading.delete(number)
  }
}
