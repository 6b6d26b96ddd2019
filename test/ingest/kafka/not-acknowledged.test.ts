import { mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDeadLetters } from '../../../src/ingest/dead-letters/open.ts'
import { openLedger } from '../../../src/ledger/open.ts'
import { clientOf } from '../../infra/kafka/client.ts'
import { describeWithKafka } from '../../infra/kafka/kafka.ts'
import { unwrap } from '../../ledger/events.ts'
import { consumed, errorOf, identitiesIn, type Stores } from './consuming.ts'
import { newTopic, publish, structured } from './topics.ts'

const message = (id: string) =>
  structured(
    JSON.stringify({
      specversion: '1.0',
      id,
      source: '/test',
      type: 'flag.dismissed.v1',
      subject: 'u1',
      time: '2025-04-29T00:00:00Z',
      data: { flagId: 'f1', reviewer: { kind: 'human', id: 'r1' } },
    }),
  )

let dir = ''
let now = 0
const at = (name: string): string => join(dir, name)
const setClock = (by: number): void => {
  now += by
}

const open = async (): Promise<Stores & { readonly close: () => Promise<void> }> => {
  const { ledger, expectedKeys, close } = unwrap(await openLedger(at('data'), { clock: () => now }))
  const letters = unwrap(await openDeadLetters(at('data'), () => now))
  const closeAll = async (): Promise<void> => {
    letters.close()
    await close()
  }
  return { dir: at('data'), ledger, expectedKeys, letters, close: closeAll }
}
const committed = async (brokers: string, topic: string): Promise<string | undefined> => {
  const admin = clientOf(brokers).admin()
  await admin.connect()
  const [found] = await admin.fetchOffsets({ groupId: topic, topics: [topic] })
  await admin.disconnect()
  return found?.partitions[0]?.offset
}

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'redress-not-acknowledged-'))
  now = Date.now()
})
afterEach(() => rmSync(dir, { recursive: true }))

describeWithKafka('given a running consumer', (brokers) => {
  test.each([
    ['data folder is moved', () => renameSync(at('data'), at('moved')), 'unavailable'],
    ['clock is set back by an hour', () => setClock(-3_600_000), 'clock_behind'],
  ])('when its %s, then it stops, and no later offset is committed', async (_, happens, kind) => {
    const topic = await newTopic(brokers, 1)
    await publish(brokers, topic, [message('e1'), message('e2')])
    const stores = await open()
    // The first two are taken in and committed before anything happens.
    await consumed(stores, brokers, topic)
    expect(await committed(brokers, topic)).toBe('2')
    happens()
    await publish(brokers, topic, [message('e3'), message('e4')])
    const so = await consumed(stores, brokers, topic)
    expect(errorOf(so)).toMatchObject({ kind: 'ledger', error: { kind } })
    expect(so.accepted).toBe(0)
    expect(await committed(brokers, topic)).toBe('2')
    await stores.close()
    if (kind === 'unavailable') renameSync(at('moved'), at('data'))
    else setClock(3_600_000)
    const again = await open()
    const last = await consumed(again, brokers, topic)
    expect(last.accepted + last.duplicate).toBe(2)
    expect(await committed(brokers, topic)).toBe('4')
    expect(await identitiesIn(again.ledger)).toHaveLength(4)
    await again.close()
  })

  test('when its data folder is moved between two messages, then it stops at the second', async () => {
    const topic = await newTopic(brokers, 1)
    await publish(brokers, topic, [message('e1')])
    const stores = await open()
    const so = await consumed(stores, brokers, topic, {
      untilEnd: false,
      onDurable: (stand) => {
        if (stand.accepted !== 1) return
        setTimeout(() => {
          renameSync(at('data'), at('moved'))
          void publish(brokers, topic, [message('e2')])
        }, 1_500)
      },
    })
    expect(errorOf(so)).toMatchObject({ kind: 'ledger', error: { kind: 'unavailable' } })
    expect(so.accepted).toBe(1)
    expect(await committed(brokers, topic)).toBe('1')
    await stores.close()
  })
})
