import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, expect, test } from 'vitest'
import { redress } from './hostile/run.ts'

const dir = mkdtempSync(join(tmpdir(), 'redress-extreme-'))
afterAll(() => rmSync(dir, { recursive: true }))

const readParquet = async (sql: string) => {
  const instance = await DuckDBInstance.create()
  const connection = await instance.connect()
  try {
    return (await connection.runAndReadAll(sql)).getRowsJson()
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

test('given times before 1678 and after 2262, when they are exported, then every row has its own month and time', async () => {
  const [data, parquet] = [join(dir, 'found'), join(dir, 'found parquet')]
  const found = join(import.meta.dirname, 'extreme/found.ndjson')
  expect(await redress('ingest', found, '--data', data)).toMatchObject({ code: 0 })
  expect(await redress('project', '--data', data)).toMatchObject({ code: 0 })
  expect(await redress('export', 'parquet', parquet, '--data', data)).toMatchObject({ code: 0 })
  expect(
    await readParquet(
      `SELECT id, occurred_at, month, until, content_created_at, effective_from
        FROM read_parquet('${parquet}/events/**/*.parquet', hive_partitioning = true) ORDER BY id`,
    ),
  ).toEqual([
    ['e1', '2025-04-02 00:30:00', '2025-04', '9999-12-31 23:59:59', null, null],
    ['e2', '2025-04-02 00:30:00', '2025-04', '3025-05-01 00:00:00', null, null],
    ['e3', '2025-04-02 00:30:00', '2025-04', '2200-05-01 00:00:00', null, null],
    ['e4', '0001-01-01 00:00:00', '0001-01', null, null, null],
    ['e5', '1600-01-01 00:00:00', '1600-01', null, null, null],
    ['e6', '2025-01-01 00:00:00', '2025-01', null, '0001-01-01 00:00:00', null],
    ['e7', '2025-01-01 00:00:00', '2025-01', null, null, '0001-01-01 00:00:00'],
    ['e8', '2025-01-01 00:00:00', '2025-01', null, null, '9999-01-01 00:00:00'],
  ])
})

test('given a time before 1678, when an analyst asks for its month, then the answer is its month', async () => {
  const { code, stdout } = await redress(
    ...['query', "SELECT DISTINCT strftime(occurred_at, '%Y-%m') AS month FROM events ORDER BY 1", '--json'],
    ...['--data', join(dir, 'found')],
  )
  expect(code).toBe(0)
  expect(JSON.parse(stdout.toString()).map(({ month }: { month: string }) => month)).toEqual([
    ...['0001-01', '1600-01', '2025-01', '2025-04'],
  ])
})
