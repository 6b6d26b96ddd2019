import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import * as E from '#fp/Either'
import { type Groups, startBroker } from '../../../infra/kafka/broker.ts'
import { describeWithOwnBroker } from '../../infra/kafka/kafka.ts'
import { consumed, errorOf, withStores } from './consuming.ts'
import { newTopic, publish } from './topics.ts'

// Brokers that start, on a machine that others use too.
vi.setConfig({ testTimeout: 120_000 })

const withBroker = async (groups: Groups, use: (brokers: string) => Promise<void>): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'redress-fresh-'))
  const broker = await startBroker({ folder, groups })
  try {
    await use(broker.address)
  } finally {
    await broker.kill()
    rmSync(folder, { recursive: true })
  }
}

describeWithOwnBroker('given a broker that has not coordinated any group yet', () => {
  test('when a topic is consumed, with dead letters and accounts’ states, then retriable errors are retried and reported once', () =>
    withBroker('later', (brokers) =>
      withStores(async (stores) => {
        const topic = await newTopic(brokers, 1)
        await publish(brokers, topic, [{ value: 'bad' }])
        const so = await consumed(stores, brokers, topic, { accountsTopic: `${topic}-accounts` })
        expect(so.result()).toEqual(E.right(undefined))
        expect(so.refused).toBe(1)
        expect(so.remarks).toEqual([])
        expect(so.troubles.filter((told) => told.endsWith('; retrying')).length).toBeGreaterThan(0)
        expect(new Set(so.troubles).size).toBe(so.troubles.length)
        expect(so.troubles.at(-1)).toContain('recovered after')
        expect(await consumed(stores, brokers, topic)).toMatchObject({ refused: 0, troubles: [] })
      }),
    ))

  test('when its first consumer reads again from the start, then that works', () =>
    withBroker('later', (brokers) =>
      withStores(async (stores) => {
        const topic = await newTopic(brokers, 1)
        await publish(brokers, topic, [{ value: 'bad' }])
        const so = await consumed(stores, brokers, topic, { fromStart: true })
        expect(so.result()).toEqual(E.right(undefined))
        expect(so.refused).toBe(1)
      }),
    ))
})

describeWithOwnBroker('given a broker that never coordinates groups', () => {
  for (const untilEnd of [true, false]) {
    test(`when consuming starts (${untilEnd ? 'to the end' : 'to follow'}), then it ends in time, with the reason`, () =>
      withBroker('never', (brokers) =>
        withStores(async (stores) => {
          const topic = await newTopic(brokers, 1)
          const so = await consumed(stores, brokers, topic, { untilEnd, patience: 4_000 })
          expect(errorOf(so)).toMatchObject({
            kind: 'not_ready',
            message: expect.stringContaining('coordinator'),
          })
          expect(so.troubles.filter((told) => told.includes('group coordinator'))).toHaveLength(1)
        }),
      ))
  }
})
