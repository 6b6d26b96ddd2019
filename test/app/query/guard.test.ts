import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { guard, QueryStopped } from '../../../src/app/query/guard.ts'

describe('a guard', () => {
  let instance: DuckDBInstance
  beforeAll(async () => {
    instance = await DuckDBInstance.create()
  })
  afterAll(() => instance.closeSync())

  const endless =
    'SELECT count(*) FROM range(10000000000) a, range(10000000000) b WHERE a.range + b.range > 3'

  test('stops a query at its time limit; the connection is free then', async () => {
    const connection = await instance.connect()
    await expect(guard(connection, 0.2).call(() => connection.run(endless))).rejects.toMatchObject({
      reason: 'timeout',
      isStuck: false,
    })
    expect(
      await guard(connection, 10).call(async () => (await connection.run('SELECT 42')).getRows()),
    ).toEqual([[42]])
  })

  test('stopped between two calls, makes no more', async () => {
    const connection = await instance.connect()
    const watch = guard(connection, 10)
    const result = await watch.call(() => connection.stream('FROM range(100000000)'))
    await watch.call(() => result.fetchChunk())
    watch.stop('interrupted')
    await expect(watch.call(() => result.fetchChunk())).rejects.toBeInstanceOf(QueryStopped)
    expect((await connection.runAndReadAll('SELECT 42')).getRows()).toEqual([[42]])
  })

  test('stopped during a fetch, does not report the end of the rows', async () => {
    const connection = await instance.connect()
    const watch = guard(connection, 10)
    const result = await watch.call(() =>
      connection.stream(
        "SELECT range FROM range(1000000000000) WHERE range < 3000000 OR md5(range::VARCHAR) LIKE '00000000%'",
      ),
    )
    setTimeout(() => watch.stop('interrupted'), 200)
    const readAll = async (): Promise<void> => {
      while (((await watch.call(() => result.fetchChunk()))?.rowCount ?? 0) > 0);
    }
    await expect(readAll()).rejects.toMatchObject({ reason: 'interrupted', isStuck: false })
  })

  test('gives up on a query that ignores it', async () => {
    const connection = await instance.connect()
    vi.useFakeTimers()
    try {
      const watch = guard(connection, 10)
      const call = watch.call(() => new Promise<never>(() => {}))
      watch.stop('interrupted')
      vi.advanceTimersByTime(3_000)
      await expect(call).rejects.toMatchObject({ reason: 'interrupted', isStuck: true })
    } finally {
      vi.useRealTimers()
    }
  })
})
