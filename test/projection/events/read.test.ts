import { setTimeout } from 'node:timers/promises'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { accountsOf } from '../../../src/projection/events/read.ts'

const EVENT = JSON.stringify({ type: 'flag.dismissed.v1', id: 'x'.repeat(600) })

describe('given the actions of three accounts, more than are sorted at once', () => {
  let instance: DuckDBInstance
  let connection: DuckDBConnection
  beforeAll(async () => {
    instance = await DuckDBInstance.create(':memory:')
    connection = await instance.connect()
    await connection.run(
      `CREATE TABLE actions AS SELECT 60000 - i AS sequence, i // 20000 AS account_no, '${EVENT}' AS event FROM range(60000) t(i)`,
    )
  })
  afterAll(() => {
    connection.closeSync()
    instance.closeSync()
  })

  test('when they are read, then account by account, each in the order of the ledger', async () => {
    const accounts: unknown[] = []
    for await (const events of accountsOf(connection, {})) {
      const sequences = events.map(({ sequence }) => sequence)
      expect(sequences).toEqual([...sequences].sort((a, b) => a - b))
      accounts.push([events[0]?.accountNo, events.length])
    }
    expect(accounts).toEqual([
      [0, 20_000],
      [1, 20_000],
      [2, 20_000],
    ])
  })

  test('when the next range fails while one is processed, then the reader gets the error, and nothing else does', async () => {
    let runs = 0
    const failing = new Proxy(connection, {
      get: (of, name) =>
        name === 'run' && ++runs > 1
          ? async () => Promise.reject(new Error('Out of Memory Error: a test'))
          : Reflect.get(of, name).bind(of),
    })
    const unhandled: unknown[] = []
    const note = (reason: unknown): unknown => unhandled.push(reason)
    process.on('unhandledRejection', note)
    const read = async (): Promise<void> => {
      for await (const _ of accountsOf(failing, {})) await setTimeout(20)
    }
    await expect(read()).rejects.toThrow('Out of Memory Error')
    process.off('unhandledRejection', note)
    expect(unhandled).toEqual([])
  })
})
