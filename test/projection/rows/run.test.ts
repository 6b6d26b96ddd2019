import * as fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openWorkspace, rowsOf, type Workspace } from '../../../src/projection/duckdb.ts'
import { MOST_ROWS, Numbers, type RowType, Texts } from '../../../src/projection/rows/buffer.ts'
import { GrowingRows, type StatementRows } from '../../../src/projection/rows/growing.ts'
import { runWithRows } from '../../../src/projection/rows/run.ts'

let workspace: Workspace

beforeEach(async () => {
  workspace = await openWorkspace(':memory:')
})
afterEach(() => workspace.close())

const WORDS = ['first', 'second', 'third']
const types: ReadonlyArray<RowType> = ['text', 'json', 'number', 'integer', 'boolean', { words: WORDS }]

/** The rows in which DuckDB reads these values, of which each column has its own; null: not set. */
const rowsWith = (given: ReadonlyArray<ReadonlyArray<string | number | null>>): StatementRows => {
  const rows = new GrowingRows(types.map((type, i) => ({ name: `c${i}`, type })))
  for (const values of given) {
    const at = rows.add()
    values.forEach((value, i) => {
      const column = rows.values[i]
      if (typeof value === 'string' && column instanceof Texts) column.set(at, value)
      if (typeof value === 'number' && column instanceof Numbers) column.set(at, value)
    })
  }
  return rows
}

const shown = ([text, json, number, integer, truth, word]: ReadonlyArray<string | number | null>) => [
  text,
  json,
  number,
  integer,
  truth === null ? null : truth === 1,
  word === null ? null : WORDS[Number(word)],
]

/** Around twelve bytes, DuckDB begins to keep a text elsewhere. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 14 }),
  fc.constantFrom('', '\u0000', 'twelve bytes', 'thirteen byte', 'a\u0000bcdefghijklmn', 'zwölf Bytes!'),
)
const row = fc.tuple(
  fc.option(text),
  fc.option(text.map((one) => JSON.stringify(one))),
  fc.option(fc.double({ noNaN: true })),
  fc.option(fc.integer()),
  fc.option(fc.constantFrom(0, 1)),
  fc.option(fc.nat(WORDS.length - 1)),
)

/** What DuckDB reads. */
const readBack = async (rows: StatementRows) => {
  await workspace.write.run('DROP TABLE IF EXISTS t')
  await runWithRows(workspace.write, (from) => `CREATE TABLE t AS FROM ${from}`, rows)
  return rowsOf(workspace.read, 'FROM t ORDER BY rowid')
}

test('rows of every type are read as they were given', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 50 }), async (given) => {
      expect(await readBack(rowsWith(given))).toEqual(given.map(shown))
    }),
    { numRuns: 30 },
  )
})

test.each([0, 1, MOST_ROWS, MOST_ROWS + 1, 3 * MOST_ROWS])('%i rows are read in order', async (count) => {
  const given = Array.from({ length: count }, (_, i) => [`row ${i}`, null, i, null, null, i % WORDS.length])
  expect(await readBack(rowsWith(given))).toEqual(given.map(shown))
})

test('two statements read their own rows at the same time', async () => {
  const numbered = (from: number) =>
    rowsWith(Array.from({ length: 2 * MOST_ROWS }, (_, i) => [null, null, from + i, null, null, null]))
  await workspace.write.run('CREATE TABLE a (n DOUBLE)')
  await workspace.write.run('CREATE TABLE b (n DOUBLE)')

  await Promise.all([
    runWithRows(workspace.write, (from) => `INSERT INTO a SELECT c2 FROM ${from}`, numbered(0)),
    runWithRows(workspace.evidence, (from) => `INSERT INTO b SELECT c2 FROM ${from}`, numbered(1_000_000)),
  ])

  const extremes = (table: string) =>
    rowsOf(workspace.read, `SELECT min(n), max(n), count(*)::INTEGER FROM ${table}`)
  expect(await extremes('a')).toEqual([[0, 2 * MOST_ROWS - 1, 2 * MOST_ROWS]])
  expect(await extremes('b')).toEqual([[1_000_000, 1_000_000 + 2 * MOST_ROWS - 1, 2 * MOST_ROWS]])
})

test('a statement that fails leaves the next one unharmed', async () => {
  const rows = rowsWith([['one', null, null, null, null, null]])
  await expect(
    runWithRows(workspace.write, (from) => `SELECT c0::INTEGER FROM ${from}`, rows),
  ).rejects.toThrow(/Conversion Error/)
  expect(await readBack(rows)).toEqual([['one', null, null, null, null, null]])
})
