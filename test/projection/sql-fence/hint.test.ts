import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { projections } from '../../../projections/index.ts'
import { openWorkspace, type Workspace } from '../../../src/projection/duckdb.ts'
import { createEventTables } from '../../../src/projection/events/tables.ts'
import { hintOf } from '../../../src/projection/sql-fence/hint.ts'
import { createTable } from '../../../src/projection/tables.ts'

let workspace: Workspace
beforeAll(async () => {
  workspace = await openWorkspace(':memory:')
  await createEventTables(workspace.write)
  for (const projection of projections) await createTable(workspace.write, projection)
  await workspace.write.run('CREATE MACRO shards_at(i) AS TABLE SELECT i + 1 AS status')
})
afterAll(() => workspace.close())

const hintFor = async (sql: string): Promise<string | null> => {
  const error = await workspace.read.prepare(sql).then(
    () => {
      throw new Error(`${sql} was expected to fail`)
    },
    (reason: unknown) => reason,
  )
  return hintOf(workspace.read, sql, error instanceof Error ? error.message : String(error))
}

describe('given a column that is elsewhere', () => {
  const ofAccounts =
    'accounts has no column status, which depends on the time: query accounts_at(now()), or give another time'
  test.each([
    ["SELECT account FROM accounts WHERE status = 'suspended'", ofAccounts],
    ['SELECT a.status FROM Accounts a', ofAccounts],
    ['SELECT (SELECT max(status) FROM accounts)', ofAccounts],
    [
      'SELECT is_breach FROM appeals',
      'appeals has no column is_breach, which depends on the time: query appeals_at(now(), sla_days), or give another time',
    ],
    [
      'SELECT status FROM decisions',
      'there is no column status here; these have one: appeals, accounts_at(now())',
    ],
    [
      'EXPLAIN SELECT Overturn_Rate FROM events',
      'there is no column Overturn_Rate here; these have one: rule_health',
    ],
  ])('%s: %s', async (sql, hint) => {
    expect(await hintFor(sql)).toBe(hint)
  })

  test('a macro that does not take a time is not suggested', async () => {
    await expect(workspace.read.run('FROM shards_at(now())')).rejects.toThrow('Binder Error')
    expect(await hintFor('SELECT status FROM decisions')).not.toContain('shards_at')
  })

  test('the query that a hint suggests works', async () => {
    await workspace.read.run("SELECT account FROM accounts_at(now()) WHERE status = 'suspended'")
    await workspace.read.run('SELECT account FROM events')
  })
})

test.each([
  ['a column that is nowhere', 'SELECT nope FROM accounts'],
  ['another error', 'SELECT lower(1, 2)'],
])('given %s, DuckDB\u2019s own message is kept', async (_, sql) => {
  expect(await hintFor(sql)).toBeNull()
})
