import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { openWorkspace, type Workspace } from '../../../src/projection/duckdb.ts'
import { describedBy } from '../../../src/projection/sql-fence/described.ts'
import { parseSql } from '../../../src/projection/sql-fence/parse.ts'

let workspace: Workspace
beforeAll(async () => {
  workspace = await openWorkspace(':memory:')
})
afterAll(() => workspace.close())

const asked = async (sql: string) => {
  const parsed = await parseSql(workspace.read, sql)
  if (E.isLeft(parsed)) throw new Error(parsed.left)
  return describedBy(parsed.right[0])
}

describe('what a statement asks to describe', () => {
  test.each([
    'DESCRIBE accounts',
    'DESC accounts; -- all of it',
    'SHOW accounts',
    'DESCRIBE TABLE main.accounts',
    'DESCRIBE FROM accounts',
    'DESCRIBE SELECT * EXCLUDE (a) FROM accounts WHERE a > 1',
  ])('given %s: the table', async (sql) => {
    expect(await asked(sql)).toEqual({ table: 'accounts' })
  })

  test.each([
    'DESCRIBE SELECT 1 AS account',
    'DESCRIBE SELECT 1 AS account FROM accounts',
    'DESCRIBE SELECT * REPLACE (1 AS account) FROM accounts',
    'DESCRIBE SELECT * RENAME (held_by AS account) FROM accounts',
    'DESCRIBE FROM accounts AS accounts (status, account)',
    'DESCRIBE WITH accounts AS (SELECT 1 AS account) FROM accounts',
    'DESCRIBE FROM accounts, appeals',
    'DESCRIBE FROM accounts_at(now())',
    'DESCRIBE SELECT * FROM accounts UNION SELECT * FROM appeals',
  ])('given %s: a query result, whose columns may mean something else', async (sql) => {
    expect(await asked(sql)).toEqual({ table: null })
  })

  test.each([
    'FROM accounts',
    'SUMMARIZE accounts',
    'SHOW TABLES',
    'DESCRIBE',
    'SELECT * FROM (DESCRIBE accounts)',
    'FROM accounts UNION FROM accounts',
  ])('given %s: nothing', async (sql) => {
    expect(await asked(sql)).toBeNull()
  })
})
