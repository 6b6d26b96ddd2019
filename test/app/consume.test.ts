import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { beforeAll, describe, expect, test } from 'vitest'
import { type ConsumeOptions, type ConsumeTopicWatch, consumeTopic } from '../../src/app/consume.ts'
import { describeWithKafka } from '../infra/kafka/kafka.ts'
import { messagesIn, newTopic, publish, structured } from '../ingest/kafka/topics.ts'
import { unwrap } from '../ledger/events.ts'
import { goodLine } from './ingest/lines.ts'
import { errorOf, leftOpenIn, storedIn, useCaseFolder } from './use-case.ts'

const at = useCaseFolder()

const RECORDED = Date.UTC(2026, 0, 1)
const silent: ConsumeTopicWatch = {
  onStart: () => {},
  onDurable: () => {},
  onLag: () => {},
  onRemark: () => {},
}

const consume = (brokers: string, options: Partial<ConsumeOptions>) =>
  consumeTopic({
    ...{ data: at('data'), clock: () => RECORDED, kafka: { brokers: [brokers], tls: null, sasl: null } },
    ...{ topic: 'events', group: 'redress', trust: [], untilEnd: true, fromStart: false },
    ...{ accountsTopic: null, signal: new AbortController().signal, onOpen: () => {}, watch: silent },
    ...options,
  })

describe('given what cannot be consumed', () => {
  test('when the states would go to the topic of the events, then that is the error, and no folder is created', async () => {
    for (const accountsTopic of ['events', 'events.dead-letters']) {
      expect(errorOf(await consume('localhost:1', { accountsTopic }))).toEqual({
        kind: 'invalid',
        message: expect.stringContaining('account states need a topic of their own'),
      })
    }
    expect(existsSync(at('data'))).toBe(false)
  })

  test('when no broker answers, then that is the error, and the ledger is closed', async () => {
    let isOpen = false
    const onOpen = (): void => {
      isOpen = true
    }
    expect(errorOf(await consume('localhost:1', { onOpen }))).toEqual({
      kind: 'failed',
      message: expect.stringContaining('no answer from localhost:1'),
    })
    expect(isOpen).toBe(true)
    expect(leftOpenIn(at('data'))).toEqual([])
  })
})

describeWithKafka('given a topic with good messages, a duplicate and a bad one', (brokers) => {
  let topic = ''
  const messages = [...['e1', 'e2', 'e2'].map((id) => structured(goodLine(id))), { value: 'not json' }]
  beforeAll(async () => {
    topic = await newTopic(brokers, 1)
    await publish(brokers, topic, messages)
  })
  let n = 0
  const fresh = () => ({ topic, group: `${topic}-${n++}` })

  test('when it is consumed to its end, then each message is counted, and on disk', async () => {
    const { tally, ...rest } = unwrap(await consume(brokers, fresh()))
    expect(rest).toEqual({ lag: 0, losses: [], statesSent: 0, failure: null })
    expect(tally).toMatchObject({ accepted: 2, duplicate: 1, rejected: 1 })
    expect(tally.firstRefused.map(({ origin }) => origin)).toEqual([`${topic}[0]@3`])
    const events = await storedIn(at('data'))
    expect(events.map(({ id }) => id)).toEqual(['e1', 'e2'])
    expect(new Set(events.map(({ recordedat }) => Date.parse(String(recordedat))))).toEqual(
      new Set([RECORDED]),
    )
    expect(leftOpenIn(at('data'))).toEqual([])
  })

  test('when it is watched, then the start, each dead letter and the counts so far are reported', async () => {
    const calls: string[] = []
    await consume(brokers, {
      ...fresh(),
      onOpen: () => calls.push('open'),
      watch: {
        ...silent,
        onStart: (partitions, lag) => calls.push(`start ${partitions} ${lag}`),
        onDurable: ({ refused }, { accepted, duplicate, rejected }) =>
          calls.push(`${refused.length} refused; ${accepted} ${duplicate} ${rejected}`),
      },
    })
    expect(calls).toEqual(['open', 'start 1 4', '1 refused; 2 1 1'])
  })

  test('when the states of accounts are asked for, then they are sent and counted', async () => {
    const accountsTopic = `${topic}.accounts`
    const { statesSent, failure } = unwrap(await consume(brokers, { ...fresh(), accountsTopic }))
    expect({ statesSent, failure }).toEqual({ statesSent: 1, failure: null })
    expect((await messagesIn(brokers, accountsTopic)).map(({ key }) => String(key))).toEqual(['u1'])
  })

  test('when it follows the topic and is stopped, then it ends with its counts', async () => {
    const stop = new AbortController()
    const watch = { ...silent, onDurable: () => stop.abort() }
    const { tally, failure } = unwrap(
      await consume(brokers, { ...fresh(), untilEnd: false, signal: stop.signal, watch }),
    )
    expect({ accepted: tally.accepted, failure }).toEqual({ accepted: 2, failure: null })
    expect(leftOpenIn(at('data'))).toEqual([])
  })

  test('when another ledger has read for the group, then that is the error, with what to do', async () => {
    const options = fresh()
    unwrap(await consume(brokers, { ...options, data: at('first') }))
    expect(errorOf(await consume(brokers, options))).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('--from-start'),
    })
  })

  test('when it fails after some are ingested, then the result has the counts and why', async () => {
    const one = await newTopic(brokers, 1)
    await publish(brokers, one, [structured(goodLine('e1'))])
    const loseEvents = (): void => {
      const db = new DatabaseSync(at('data/ledger.db'))
      db.exec('ALTER TABLE events RENAME TO gone')
      db.close()
      sending = publish(brokers, one, [structured(goodLine('e2'))])
    }
    let sending: Promise<void> | null = null
    const { tally, failure } = unwrap(
      await consume(brokers, {
        ...{ topic: one, group: one, untilEnd: false },
        watch: { ...silent, onDurable: loseEvents },
      }),
    )
    await sending
    expect(tally.accepted).toBe(1)
    expect(failure).toEqual({
      kind: 'failed',
      message: expect.stringContaining('events'),
      details: [
        'What is counted is on disk. Fix the problem and run it again; events already stored count as duplicates.',
      ],
    })
    expect(leftOpenIn(at('data'))).toEqual([])
  })
})
