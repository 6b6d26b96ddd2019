import { beforeEach, describe, expect, test } from 'vitest'
import { readColumns, readTables } from '../../../src/app/query/catalog.ts'
import { unwrap } from '../../ledger/events.ts'
import { publish } from '../../projection/published-file.ts'
import { errorOf, useCaseFolder } from '../use-case.ts'

const at = useCaseFolder()
const options = () => ({
  ...{ data: at('data'), memory: '500MB', timeout: 60 },
  ...{ signal: new AbortController().signal, onStuck: () => {} },
})

describe('given published projections', () => {
  beforeEach(() => publish(at('data')))

  test('when the tables are listed, then views and macros are included, with their descriptions', async () => {
    const tables = unwrap(await readTables(options()))
    expect(tables).toContainEqual({ name: 'accounts', kind: 'table', about: 'Where each account stands' })
    expect(tables).toContainEqual({ name: 'counts', kind: 'view', about: '' })
    expect(tables).toContainEqual({ name: 'appeals_at(as_of)', kind: 'as of', about: '' })
  })

  test('when the columns of one table are listed, then they are in order, with types and descriptions', async () => {
    expect(unwrap(await readColumns({ ...options(), table: 'accounts' }))).toEqual([
      { table: 'accounts', column: 'account', type: 'VARCHAR', about: '' },
      { table: 'accounts', column: 'status', type: "ENUM('active', 'suspended')", about: '' },
      { table: 'accounts', column: 'strikes', type: 'INTEGER', about: 'strike points that stand' },
    ])
  })

  test('when the columns of all tables are listed, then all are returned; for one that does not exist, none', async () => {
    const columns = unwrap(await readColumns({ ...options(), table: null }))
    expect(new Set(columns.map(({ table }) => table))).toContain('appeals')
    expect(unwrap(await readColumns({ ...options(), table: 'nope' }))).toEqual([])
  })

  test('when its caller stops it, then the error says so', async () => {
    expect(errorOf(await readTables({ ...options(), signal: AbortSignal.abort() })).kind).toBe('stopped')
  })
})

test('given nothing published, when the tables are listed, then the error says what to do', async () => {
  expect(errorOf(await readTables(options()))).toMatchObject({
    kind: 'failed',
    message: expect.stringContaining('nothing is projected'),
  })
})
