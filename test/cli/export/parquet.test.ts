import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dependents } from '../../../src/app/export/tables.ts'
import { history } from '../../../src/projection/events/tables.ts'
import { poisoned, publish, versionOf } from '../../projection/published-file.ts'

const main = join(import.meta.dirname, '../../../src/cli/main.ts')
const dir = mkdtempSync(join(tmpdir(), 'redress-export-'))
const data = join(dir, 'data')
afterAll(() => rmSync(dir, { recursive: true }))

const exported = (target: string, ...args: ReadonlyArray<string>) => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [main, 'export', 'parquet', target, '--data', data, ...args],
    { cwd: dir, encoding: 'utf8' },
  )
  return { status, stdout, stderr }
}

let connection: DuckDBConnection
const ask = async (sql: string) => (await connection.runAndReadAll(sql)).getRowsJson()
beforeAll(async () => {
  await publish(data, { more: [poisoned] })
  connection = await (await DuckDBInstance.create()).connect()
})

describe('what is exported', () => {
  const target = join(dir, 'whole')
  const manifest = () => JSON.parse(readFileSync(join(target, 'manifest.json'), 'utf8'))
  beforeAll(() => {
    expect(exported(target)).toMatchObject({ status: 0, stdout: expect.stringContaining('as of sequence 6') })
  })

  test('tables are partitioned by the month of their first time, others and empty ones are single files', () => {
    expect(globSync('**/*.parquet', { cwd: target }).sort()).toEqual([
      'accounts/data_0.parquet',
      'appeals/data_0.parquet',
      'counts/data_0.parquet',
      'cursor/data_0.parquet',
      'events/month=2025-04/data_0.parquet',
      'events/month=2025-05/data_0.parquet',
      'projections/data_0.parquet',
      'signal_columns/data_0.parquet',
    ])
  })

  test('every row is exported', async () => {
    expect(
      await ask(
        `SELECT month, list(sequence::INTEGER ORDER BY sequence) FROM read_parquet('${target}/events/**/*.parquet', hive_partitioning = true) GROUP BY month ORDER BY month`,
      ),
    ).toEqual([
      ['2025-04', [0, 1, 2]],
      ['2025-05', [3, 4, 5]],
    ])
    expect(await ask(`FROM '${target}/counts/*.parquet'`)).toEqual([
      ['u0', '6', '3'],
      ['u1', '9', '3'],
    ])
  })

  test('no type is specific to DuckDB', async () => {
    const columns = await ask(
      `SELECT column_name, column_type FROM (DESCRIBE FROM '${target}/events/*/*.parquet')`,
    )
    expect(Object.fromEntries(columns)).toMatchObject({
      sequence: 'BIGINT',
      account: 'VARCHAR',
      occurred_at: 'TIMESTAMP',
      type: 'VARCHAR',
      grounds: 'VARCHAR[]',
      signals: 'STRUCT(adult_score DOUBLE)',
    })
    expect(
      await ask(
        `SELECT name, type, logical_type FROM parquet_schema('${target}/events/month=2025-04/data_0.parquet') WHERE name IN ('occurred_at', 'type')`,
      ),
    ).toEqual([
      ['occurred_at', 'INT64', expect.stringMatching(/^TimestampType\(isAdjustedToUTC=0, unit=.*MICROS/)],
      ['type', 'BYTE_ARRAY', null],
    ])
    expect(await ask(`SELECT column_type FROM (DESCRIBE FROM '${target}/counts/*.parquet')`)).toEqual([
      ['VARCHAR'],
      ['BIGINT'],
      ['BIGINT'],
    ])
  })

  test('the manifest says as of when it is, what it includes, and what not', () => {
    expect(manifest()).toMatchObject({
      sequence: 6,
      recordedAt: '2025-05-19T09:30:00.123Z',
      leafSha256: 'aa',
      projections: [
        { name: 'accounts', version: versionOf('accounts'), stopped: null },
        { name: 'appeals', version: versionOf('appeals'), stopped: { sequence: 4 } },
        { name: 'decisions', stopped: null },
        { name: 'events', version: history.version, stopped: null },
        { name: 'incidents', stopped: null },
        { name: 'remediations', stopped: null },
        { name: 'requests', stopped: null },
        { name: 'rescorings', stopped: null },
        { name: 'rule_counts', stopped: null },
      ],
      leftOut: ['unanswered'],
    })
    const { tables } = manifest()
    expect(tables).toHaveLength(7)
    expect(tables).toContainEqual({
      name: 'accounts',
      kind: 'table',
      rows: 2,
      columns: [
        { name: 'account', type: 'VARCHAR' },
        { name: 'status', type: 'VARCHAR' },
        { name: 'strikes', type: 'INTEGER' },
      ],
      byMonthOf: null,
    })
    expect(tables).toContainEqual(
      expect.objectContaining({ name: 'events', rows: 6, byMonthOf: 'occurred_at' }),
    )
  })

  test('given an existing export, it is replaced only with --overwrite', async () => {
    writeFileSync(join(target, 'mine.txt'), '')
    expect(exported(target)).toMatchObject({ status: 2, stderr: expect.stringContaining('--overwrite') })
    expect(existsSync(join(target, 'mine.txt'))).toBe(true)
    const { status, stdout } = exported(target, '--overwrite', '--json')
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toEqual(manifest())
    expect(existsSync(join(target, 'mine.txt'))).toBe(false)
    expect(readdirSync(dir).sort()).toEqual(['data', 'whole'])
  })
})

test('given an empty folder, it is used; one with other files is left alone even with --overwrite', () => {
  const target = join(dir, 'given')
  mkdirSync(target)
  expect(exported(target).status).toBe(0)
  rmSync(join(target, 'manifest.json'))
  expect(exported(target, '--overwrite')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('not an export'),
  })
  expect(exported(join(dir, 'nowhere/x'))).toMatchObject({ status: 2 })
  writeFileSync(join(dir, 'file'), '')
  expect(exported(join(dir, 'file'))).toMatchObject({ status: 2 })
})

describe('stopped part-way', () => {
  const target = join(dir, 'stopped')
  const partials = () => readdirSync(dir).filter((name) => name.startsWith('stopped'))

  test.each([
    ['SIGTERM', [143, null], 0],
    ['SIGINT', [130, null], 0],
    ['SIGKILL', [null, 'SIGKILL'], 1],
  ] as const)('%s: no folder of that name is left', async (signal, end, left) => {
    await publish(data, {
      more: [
        "CREATE TABLE big AS SELECT md5(range::VARCHAR) AS s, md5(range::VARCHAR || 'x') AS t FROM range(4000000)",
      ],
    })
    const child = spawn(process.execPath, [main, 'export', 'parquet', target, '--data', data])
    const ended = once(child, 'exit')
    while (globSync('stopped.partial-*/big/*', { cwd: dir }).length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    child.kill(signal)
    expect(await ended).toEqual(end)
    expect(existsSync(target)).toBe(false)
    expect(partials()).toHaveLength(left)
  })
})

describe('what depends on the current time', () => {
  test.each([
    ['SELECT now()', true],
    ['SELECT CURRENT_TIMESTAMP AS t', true],
    ['SELECT today()', true],
    ['SELECT random()', true],
    ['SELECT * FROM changing WHERE x', true],
    ['SELECT * FROM outer_one', true],
    ['SELECT now FROM t', false],
    ['SELECT now_at(x) FROM t', false],
    ['SELECT * FROM unchanging', false],
  ])('%s: %s', (sql, expected) => {
    const definitions = new Map([
      ['v', sql],
      ['outer_one', 'SELECT * FROM changing'],
      ['changing', 'SELECT now()'],
      ['unchanging', 'SELECT 1'],
    ])
    expect(dependents(definitions, new Set(['now', 'today', 'random'])).has('v')).toBe(expected)
  })
})
