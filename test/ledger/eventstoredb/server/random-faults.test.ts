import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { append, type Client, collect, disposeClient, id, openClient, seen } from './client.ts'
import { randomAppendFaults, randomReadFaults } from './random-faults.ts'
import { startTestServer } from './server.ts'

const COUNT = 60

describe('given a server with many faults, determined by a seed', () => {
  test.each([1, 2, 3])(
    'when each append is retried with the same id and revision, then each event is stored once, in order (%i)',
    async (seed) => {
      const server = await startTestServer({ seed })
      let client = openClient(server.url)
      /** A silent client is of no use any more; its successor begins when it is gone. */
      const untilAnswered = async <T>(call: (current: Client) => Promise<T>): Promise<T> => {
        for (;;) {
          const result = await seen(call(client), 150)
          if (result.kind === 'answered') return result.value
          if (result.kind === 'silent') {
            await disposeClient(client, 150)
            client = openClient(server.url)
          } else await sleep(5)
        }
      }
      server.faults.scheduleAppends(randomAppendFaults(seed))
      server.faults.scheduleReads(randomReadFaults(seed))
      for (let number = 0; number < COUNT; number += 1) {
        const expected = number === 0 ? 'no_stream' : BigInt(number - 1)
        await untilAnswered((current) => append(current, 'a', [number], expected))
      }
      const read = await untilAnswered((current) => collect(current.readStream('a')))
      const should = Array.from({ length: COUNT }, (_, number) => id(number))
      expect(read.map((event) => event.id)).toEqual(should)
      expect(server.userLog().map((event) => event.id)).toEqual(should)
      expect(server.faults.appends().filter(({ fault }) => fault !== null).length).toBeGreaterThan(5)
      await disposeClient(client, 150)
      await server.close()
    },
  )
})
