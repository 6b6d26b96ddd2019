import { randomUUID } from 'node:crypto'
import kafkajs from 'kafkajs'
import { expect, test } from 'vitest'
import { stateSender } from '../../../src/ingest/account-feed/send-states.ts'
import { accountStateOf } from '../../../src/ingest/account-feed/state.ts'
import type { AccountsTopic } from '../../../src/ingest/account-feed/topic.ts'
import { openSender } from '../../../src/ingest/kafka/client/sender.ts'
import { mixed } from '../../../src/simulation/scenarios/mixed.ts'
import { simulate } from '../../../src/simulation/simulate.ts'
import { happened } from '../../domain/happenings.ts'
import { clientOf } from '../../infra/kafka/client.ts'
import { describeWithKafka } from '../../infra/kafka/kafka.ts'
import { consumed, errorOf, withStores } from '../kafka/consuming.ts'
import { messagesIn, newTopic, publish, structured } from '../kafka/topics.ts'
import { foldedStates, lastStates, statesIn } from './accounts.ts'

const lines = [...simulate({ scenario: mixed, seed: 5, accounts: 200 }).lines()]
const newName = (): string => `accounts-${randomUUID()}`
const event = (type: string, id: string, account: string, data: object): string =>
  JSON.stringify({
    ...{ specversion: '1.0', id, source: '/test', type, subject: account },
    ...{ time: '2025-04-29T00:00:00Z', data },
  })
const flag = (id: string, account = 'u1'): string =>
  event('flag.raised.v1', id, account, {
    ...{ flagId: `f-${account}-${id}`, category: 'spam', source: 'own_initiative' },
    ...{ detector: { kind: 'rule', id: 'scanner', version: '1' }, signals: {} },
  })

const inAdmin = async <A>(
  brokers: string,
  use: (admin: ReturnType<ReturnType<typeof clientOf>['admin']>) => Promise<A>,
): Promise<A> => {
  const admin = clientOf(brokers).admin()
  await admin.connect()
  try {
    return await use(admin)
  } finally {
    await admin.disconnect()
  }
}
const topics = (brokers: string) => inAdmin(brokers, (admin) => admin.listTopics())
const policyOf = (brokers: string, name: string) =>
  inAdmin(brokers, async (admin) => {
    const type = kafkajs.ConfigResourceTypes.TOPIC
    const { resources } = await admin.describeConfigs({
      resources: [{ type, name, configNames: ['cleanup.policy'] }],
      includeSynonyms: false,
    })
    return resources[0]?.configEntries[0]?.configValue
  })
const setting = (name: string, value: string) => [{ name, value }]

describeWithKafka('given a topic for accounts\u2019 states', (brokers) => {
  test('when events are consumed, then it is created, compacted, and has the state of each account’s stream', () =>
    withStores(async (stores) => {
      const topic = await newTopic(brokers)
      const accountsTopic = newName()
      await publish(brokers, topic, lines.map(structured))
      const so = await consumed(stores, brokers, topic, { trust: 'all', accountsTopic })
      expect(so.remarks).toEqual([])
      expect(await policyOf(brokers, accountsTopic)).toBe('compact')

      const messages = await messagesIn(brokers, accountsTopic)
      const states = await foldedStates(stores.ledger)
      expect(states.size).toBeGreaterThan(100)
      expect(lastStates(messages)).toEqual(states)
      for (const { key, value, headers } of messages) {
        expect(JSON.parse(String(value)).account).toBe(String(key))
        expect(String(headers?.['content-type'])).toBe('application/json')
        expect(String(headers?.['redress-schema'])).toBe('account.state.v1')
      }
    }))

  test('when an account gets more events, then its state is sent again, and no other', () =>
    withStores(async (stores) => {
      const topic = await newTopic(brokers, 1)
      const accountsTopic = newName()
      const ban = event('account.deactivated.v1', 'e3', 'u1', {
        ...{ decisionId: 'd1', grounds: ['f-u1-e1'], category: 'spam', restriction: 'suspended' },
        ...{
          automation: { detection: true, decision: 'fully' },
          decidedBy: { kind: 'rule', id: 'strikes' },
          until: '2025-05-29T00:00:00+02:00',
        },
      })
      await publish(brokers, topic, [flag('e1'), flag('e2', 'u2')].map(structured))
      await consumed(stores, brokers, topic, { accountsTopic })
      await publish(brokers, topic, [structured(ban)])
      await consumed(stores, brokers, topic, { accountsTopic })
      const messages = await messagesIn(brokers, accountsTopic)
      expect(messages.map(({ key }) => String(key)).sort()).toEqual(['u1', 'u1', 'u2'])
      expect(lastStates(messages).get('u1')).toMatchObject({
        events: 2,
        suspendedUntil: '2025-05-28T22:00:00.000Z',
        deactivations: [{ decisionId: 'd1', restriction: 'suspended' }],
      })
      expect(lastStates(messages)).toEqual(await foldedStates(stores.ledger))
    }))

  test('when the messages are redelivered, or read from the start, then the states are sent again', () =>
    withStores(async (stores) => {
      const topic = await newTopic(brokers, 1)
      await publish(brokers, topic, [flag('e1'), flag('e2'), flag('e1', 'u2')].map(structured))
      await consumed(stores, brokers, topic)
      const [again, fromStart] = [newName(), newName()]
      await consumed(stores, brokers, topic, { accountsTopic: again, groupId: `${topic}-again` })
      await consumed(stores, brokers, topic, { accountsTopic: fromStart, fromStart: true })
      const states = await foldedStates(stores.ledger)
      expect(states.size).toBe(2)
      for (const name of [again, fromStart]) {
        const messages = await messagesIn(brokers, name)
        expect(messages).toHaveLength(2)
        expect(lastStates(messages)).toEqual(states)
      }
    }))

  test('when a message concerns no account, then nothing is sent', () =>
    withStores(async (stores) => {
      const topic = await newTopic(brokers, 1)
      const accountsTopic = newName()
      const evidence = event('content.evaluated.v1', 'e1', 'u1', {
        content: { kind: 'pin', id: '7' },
        ...{ detector: { kind: 'model', id: 'm', version: '1' }, signals: { score: 0.1 } },
      })
      await publish(brokers, topic, [structured(evidence), { value: 'bad' }])
      const so = await consumed(stores, brokers, topic, { accountsTopic })
      expect([so.accepted, so.refused]).toEqual([1, 1])
      expect(await messagesIn(brokers, accountsTopic)).toEqual([])
    }))

  test('when none is named, then no topic is created', () =>
    withStores(async (stores) => {
      const before = new Set(await topics(brokers))
      const topic = await newTopic(brokers, 1)
      await publish(brokers, topic, [structured(flag('e1'))])
      await consumed(stores, brokers, topic)
      const own = (await topics(brokers)).filter((name) => !before.has(name) && name.includes(topic))
      expect(own.sort()).toEqual([topic, `${topic}.dead-letters`])
    }))

  test('when it exists and is not compacted, then that is reported once, and it is used', () =>
    withStores(async (stores) => {
      const topic = await newTopic(brokers, 2)
      const accountsTopic = await newTopic(brokers, 2, {}, setting('cleanup.policy', 'delete'))
      await publish(brokers, topic, [flag('e1'), flag('e1', 'u2')].map(structured))
      const so = await consumed(stores, brokers, topic, { accountsTopic })
      expect(so.remarks).toHaveLength(1)
      expect(so.remarks[0]).toContain(`${accountsTopic} is not compacted`)
      expect(await statesIn(brokers, accountsTopic)).toEqual(await foldedStates(stores.ledger))
    }))

  test('when it is the topic of the events or of the dead letters, then it is refused, and nothing is read', () =>
    withStores(async (stores) => {
      const topic = await newTopic(brokers, 1)
      await publish(brokers, topic, [structured(flag('e1'))])
      for (const accountsTopic of [topic, `${topic}.dead-letters`]) {
        const so = await consumed(stores, brokers, topic, { accountsTopic })
        expect(errorOf(so)).toMatchObject({
          kind: 'topic',
          message: expect.stringContaining('a topic of their own'),
        })
        expect(so.accepted).toBe(0)
      }
    }))
})

describeWithKafka('given an account with more flags than a message can contain', (brokers) => {
  const many = Array.from({ length: 200 }, (_, i) => structured(flag(`e${i}`)))

  test('when it is sent, then its newest entries are, it is marked as truncated, and that is reported once', () =>
    withStores(async (stores) => {
      const topic = await newTopic(brokers, 1)
      const accountsTopic = await newTopic(brokers, 1, {}, [
        ...setting('cleanup.policy', 'compact'),
        ...setting('max.message.bytes', '6000'),
      ])
      await publish(brokers, topic, many)
      const so = await consumed(stores, brokers, topic, { accountsTopic })
      await publish(brokers, topic, [flag('more'), flag('e1', 'u2')].map(structured))
      const more = await consumed(stores, brokers, topic, { accountsTopic })
      for (const { remarks } of [so, more]) {
        expect(remarks.join('\n')).toContain('the account u1 is too large')
        expect(remarks).toHaveLength(1)
      }
      const states = await statesIn(brokers, accountsTopic)
      const whole = (await foldedStates(stores.ledger)).get('u1')
      const cut = Object(states.get('u1'))
      expect(cut).toEqual({ ...whole, truncated: true, flags: whole?.flags.slice(-cut.flags.length) })
      expect(cut.flags.length).toBeGreaterThan(5)
      expect(states.get('u2')).toMatchObject({ account: 'u2', truncated: false })
    }))

  test('when the topic does not even accept a state without entries, then that is reported, and the stream continues', () =>
    withStores(async (stores) => {
      const topic = await newTopic(brokers, 1)
      const accountsTopic = await newTopic(brokers, 1, {}, [
        ...setting('cleanup.policy', 'compact'),
        ...setting('max.message.bytes', '300'),
      ])
      await publish(brokers, topic, [flag('e1'), flag('e1', 'u2')].map(structured))
      const so = await consumed(stores, brokers, topic, { accountsTopic })
      expect(so.accepted).toBe(2)
      const warnings = so.remarks.filter((remark) => remark.includes("raise the topic's max.message.bytes"))
      expect(warnings).toHaveLength(2)
      expect(await messagesIn(brokers, accountsTopic)).toEqual([])
    }))

  test('when the topic accepts less than it claimed, then each state is cut until it is accepted, and none is left out', async () => {
    const name = await newTopic(brokers, 2, {}, setting('max.message.bytes', '6000'))
    const stateOf = (account: string, flags: number) => {
      const events = Array.from({ length: flags }, (_, i) =>
        happened('flag.raised.v1', { flagId: `f${i}` }, { subject: account }),
      )
      const state = accountStateOf(events)
      if (state === null) throw new Error('no events')
      return state
    }
    const states = [stateOf('small', 1), stateOf('large', 100), stateOf('other', 2)]
    const remarks: string[] = []
    const sender = openSender(clientOf(brokers))
    const saysMore: AccountsTopic = { name, mostBytes: 1_000_000 }
    await stateSender(sender, saysMore, ({ message }) => remarks.push(message))(states)
    await sender.close()
    const found = await statesIn(brokers, name)
    expect(found.get('small')).toEqual(states[0])
    expect(found.get('other')).toEqual(states[2])
    expect(Object(found.get('large'))).toMatchObject({ truncated: true, flagsStanding: 100 })
    expect(remarks).toHaveLength(1)
  })
})
