import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { accountsPublisher } from '../../../src/ingest/account-feed/publish.ts'
import { readAccountState } from '../../../src/ingest/account-feed/read-state.ts'
import type { SendStates } from '../../../src/ingest/account-feed/send-states.ts'
import type { PublishedState } from '../../../src/ingest/account-feed/state.ts'
import type { KafkaRemark } from '../../../src/ingest/kafka/log-entry.ts'
import { appendEvents } from '../../../src/ingest/pipeline/append-events.ts'
import type { Ledger } from '../../../src/ledger/port.ts'
import { flag, unwrap } from '../../ledger/events.ts'
import { openOn } from '../../ledger/eventstoredb/cluster.ts'
import { startTestServer } from '../../ledger/eventstoredb/server/server.ts'
import { withStores } from '../kafka/consuming.ts'

/** A topic: what came last of each account, and all that came. */
const topic = () => {
  const all: PublishedState[] = []
  const send: SendStates = async (states) => {
    all.push(...states)
  }
  return { all, send, last: (account: string) => all.findLast((state) => state.account === account) }
}
const append = async (ledger: Ledger, ...events: ReadonlyArray<ReturnType<typeof flag>>) =>
  unwrap(await appendEvents(ledger, events))

describe('given accounts with events', () => {
  test('when they are published, then each is sent once, with the state of its stream; one without events is not', () =>
    withStores(async ({ ledger }) => {
      const accounts = Array.from({ length: 300 }, (_, i) => `u${i}`)
      await append(ledger, ...accounts.flatMap((account) => [flag('e1', account), flag('e2', account)]))
      const { all, send } = topic()
      expect(await accountsPublisher(ledger, send)([...accounts, 'nobody'])).toEqual(E.right(300))
      expect(all.map(({ account, events }) => `${account} ${events}`)).toEqual(
        accounts.map((account) => `${account} 2`),
      )
    }))

  test('when another consumer sends a later state before this one is sent, then the later one is sent again after it', () =>
    withStores(async ({ ledger }) => {
      await append(ledger, flag('e1'), flag('e1', 'u2'))
      const { all, send, last } = topic()
      const other = accountsPublisher(ledger, send)
      let isFirst = true
      const slow: SendStates = async (states) => {
        if (isFirst) {
          isFirst = false
          await append(ledger, flag('e2'))
          await other(['u1'])
        }
        await send(states)
      }
      expect(await accountsPublisher(ledger, slow)(['u1', 'u2'])).toEqual(E.right(3))
      expect(all.map(({ account, events }) => `${account} ${events}`)).toEqual([
        'u1 2',
        'u1 1',
        'u2 1',
        'u1 2',
      ])
      expect(last('u1')?.events).toBe(2)
    }))

  test('when two are published at the same time, then one follows the other: a producer sends one batch at a time', () =>
    withStores(async ({ ledger }) => {
      const accounts = Array.from({ length: 300 }, (_, i) => `u${i}`)
      await append(ledger, ...accounts.map((account) => flag('e1', account)))
      let underWay = 0
      let most = 0
      const publish = accountsPublisher(ledger, async () => {
        most = Math.max(most, ++underWay)
        await setImmediate()
        underWay--
      })
      expect(await Promise.all([publish(accounts), publish(accounts)])).toEqual([E.right(300), E.right(300)])
      expect(most).toBe(1)
    }))

  test('when sending fails, then the caller gets the error, and the next call sends', () =>
    withStores(async ({ ledger }) => {
      await append(ledger, flag('e1'))
      const { all, send } = topic()
      let isAway = true
      const publish = accountsPublisher(ledger, (states) =>
        isAway ? Promise.reject(new Error('no broker')) : send(states),
      )
      const both = [publish(['u1']), publish(['u1'])].map((one) => one.catch((error) => String(error)))
      expect(await Promise.all(both)).toEqual(['Error: no broker', 'Error: no broker'])
      isAway = false
      expect(await publish(['u1'])).toEqual(E.right(1))
      expect(all).toHaveLength(1)
    }))

  test('when the ledger cannot be read, then that is the error', () =>
    withStores(async ({ ledger }) => {
      const damaged: Ledger = {
        ...ledger,
        readStream: async function* () {
          yield E.left({ kind: 'corrupt', message: 'torn' })
        },
      }
      const { send } = topic()
      expect(await accountsPublisher(damaged, send)(['u1'])).toEqual(
        E.left({ kind: 'corrupt', message: 'torn' }),
      )
    }))
})

test('whatever several consumers do at the same time, the last state in the topic is the latest one', () =>
  withStores(async ({ ledger }) => {
    let run = 0
    const steps = fc.array(
      fc.record({ account: fc.nat(2), waits: fc.array(fc.nat(12), { minLength: 3, maxLength: 3 }) }),
      { minLength: 1, maxLength: 4 },
    )
    const consumers = fc.array(steps, { minLength: 2, maxLength: 3 })
    const property = fc.asyncProperty(consumers, async (all) => {
      run++
      const { send, last } = topic()
      const pause = async (turns: number | undefined): Promise<void> => {
        for (let i = 0; i < (turns ?? 0); i++) await setImmediate()
      }
      await Promise.all(
        all.map(async (own, c) => {
          let waits: ReadonlyArray<number> = []
          const publish = accountsPublisher(ledger, async (states) => {
            await pause(waits[0])
            await send(states)
            await pause(waits[1])
          })
          for (const [i, step] of own.entries()) {
            waits = step.waits
            const account = `run${run}-${step.account}`
            await append(ledger, flag(`e${c}-${i}`, account))
            await pause(waits[2])
            unwrap(await publish([account]))
          }
        }),
      )
      for (const step of all.flat()) {
        const account = `run${run}-${step.account}`
        expect(last(account)).toEqual(unwrap(await readAccountState(ledger, account)))
      }
    })
    await fc.assert(property, { numRuns: 200 })
  }))

describe('given a cluster, and an account whose stream was truncated while its writer knew it', () => {
  test('when accounts are published, then nothing is sent for that one, which is reported, and the others are sent', async () => {
    const server = await startTestServer()
    const { ledger, remove } = openOn(server.url, () => Date.UTC(2026, 0, 1))
    try {
      await append(ledger, flag('e1'), flag('e2'), flag('e1', 'u2'))
      server.setMetadata('account-u1', { maxCount: 1 })
      await append(ledger, flag('e3'))
      const { all, send } = topic()
      const remarks: KafkaRemark[] = []
      const publish = accountsPublisher(ledger, send, (remark) => remarks.push(remark))
      expect(await publish(['u1', 'u2'])).toEqual(E.right(1))
      expect(all.map(({ account }) => account)).toEqual(['u2'])
      expect(remarks).toMatchObject([{ level: 'error', message: expect.stringContaining('account-u1') }])
    } finally {
      await remove()
      await server.close()
    }
  })
})
