import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { type Broker, startBroker } from '../../../infra/kafka/broker.ts'
import { mixed } from '../../../src/simulation/scenarios/mixed.ts'
import { simulate } from '../../../src/simulation/simulate.ts'
import { describeWithOwnBroker } from '../../infra/kafka/kafka.ts'
import { foldedStates, statesIn } from '../account-feed/accounts.ts'
import { consumed, identitiesIn, identityOf, withStores } from './consuming.ts'
import { newTopic, publish, structured } from './topics.ts'

const lines = [...simulate({ scenario: mixed, seed: 9, accounts: 2_000 }).lines()]
const identities = new Set(lines.map((line) => identityOf(JSON.parse(line))))
const half = Math.floor(lines.length / 2)

describeWithOwnBroker('given a consumer that follows a topic', () => {
  let dir = ''
  let broker: Broker
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'redress-outage-'))
    broker = await startBroker({ folder: dir })
  })
  afterAll(async () => {
    await broker.kill()
    rmSync(dir, { recursive: true })
  })

  for (const [how, end] of [
    ['stopped', () => broker.stop()],
    ['killed', () => broker.kill()],
  ] as const) {
    test(`when its broker is ${how} in mid-stream and started again, then it waits, and nothing is lost or duplicated, nor is any account’s state`, () =>
      withStores(async (stores) => {
        const topic = await newTopic(broker.address, 4)
        await publish(broker.address, topic, lines.slice(0, half).map(structured))
        const accountsTopic = `${topic}-accounts`
        const stop = new AbortController()
        const midStream = Promise.withResolvers<void>()
        const all = Promise.withResolvers<void>()
        const consuming = consumed(stores, broker.address, topic, {
          untilEnd: false,
          trust: 'all',
          accountsTopic,
          stop: stop.signal,
          onDurable: ({ accepted }) => {
            if (accepted > 0) midStream.resolve()
            if (accepted === identities.size) all.resolve()
          },
        })
        await midStream.promise
        await end()
        await setTimeout(3_000)
        await broker.start()
        await publish(broker.address, topic, lines.slice(half).map(structured))
        await Promise.race([all.promise, consuming])
        stop.abort()
        const so = await consuming
        expect(so.result()).toEqual(E.right(undefined))
        const found = await identitiesIn(stores.ledger)
        expect(found).toHaveLength(identities.size)
        expect(new Set(found)).toEqual(identities)
        expect(so.refused).toBe(0)
        // What was durable and not published comes again.
        await consumed(stores, broker.address, topic, { trust: 'all', accountsTopic })
        expect(await statesIn(broker.address, accountsTopic)).toEqual(await foldedStates(stores.ledger))
      }))
  }
})
