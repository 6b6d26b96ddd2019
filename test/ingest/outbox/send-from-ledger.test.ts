import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:net'
import kafkajs, { Partitioners } from 'kafkajs'
import { describe, expect, test, vi } from 'vitest'
import * as E from '#fp/Either'
import { ledgerIdentity } from '../../../src/ingest/outbox/cursor.ts'
import type { Feed } from '../../../src/ingest/outbox/feed.ts'
import { type SendRequest, sendFromLedger } from '../../../src/ingest/outbox/send-from-ledger.ts'
import type { Ledger, Pages, SequencedEvent } from '../../../src/ledger/port.ts'
import { clientOf } from '../../infra/kafka/client.ts'
import { describeWithKafka } from '../../infra/kafka/kafka.ts'
import { flag, unwrap } from '../../ledger/events.ts'
import { PATIENCE } from '../../patience.ts'
import { withLedger } from '../../replay/ledgers.ts'
import { withStores } from '../kafka/consuming.ts'
import { committedIn, newTopic } from '../kafka/topics.ts'

/** Tells of every event, and how many it has told of: that is what it remembers. */
const countingFeed = (name: string, settings: Readonly<Record<string, string>> = {}): Feed => ({
  topic: { name, purpose: 'tests', settings, partitions: 1 },
  start: (_, saved) => {
    let told = Number(saved)
    return {
      take: async ({ event }) => {
        told++
        return E.right([{ key: event.subject, value: Buffer.from(`${event.id} ${told}`), headers: {} }])
      },
      state: () => told,
    }
  },
})
const newFeed = (settings?: Readonly<Record<string, string>>) =>
  countingFeed(`told-${randomUUID()}`, settings)

const append = async (ledger: Ledger, ...ids: ReadonlyArray<string>): Promise<void> => {
  for (const id of ids) {
    const event = flag(id)
    unwrap(await ledger.append([{ stream: event.stream, expectedRevision: 'any', events: [event] }]))
  }
}

type Sending = {
  readonly ended: ReturnType<typeof sendFromLedger>
  readonly remarks: string[]
  readonly sent: () => number
  readonly ready: Promise<void>
  readonly stop: () => void
}
const sending = (
  ledger: Ledger,
  brokers: string,
  feeds: ReadonlyArray<Feed>,
  more: Partial<SendRequest> = {},
): Sending => {
  const stop = new AbortController()
  const remarks: string[] = []
  const ready = Promise.withResolvers<void>()
  let sent = 0
  const ended = sendFromLedger(
    ledger,
    { kafka: { brokers: [brokers], tls: null, sasl: null }, sender: 'test', feeds, untilEnd: true, ...more },
    {
      onRemark: ({ message }) => remarks.push(message),
      onSent: (messages) => {
        sent += messages
        ready.resolve()
      },
      onRead: () => {},
    },
    stop.signal,
  )
  return { ended, remarks, sent: () => sent, ready: ready.promise, stop: () => stop.abort() }
}
const valuesIn = async (brokers: string, { topic: { name } }: Feed): Promise<ReadonlyArray<string>> =>
  (await committedIn(brokers, name)).map(({ value }) => String(value))

const policyOf = async (brokers: string, name: string): Promise<string | undefined> => {
  const admin = clientOf(brokers).admin()
  await admin.connect()
  const type = kafkajs.ConfigResourceTypes.TOPIC
  const { resources } = await admin.describeConfigs({
    resources: [{ type, name, configNames: ['cleanup.policy'] }],
    includeSynonyms: false,
  })
  await admin.disconnect()
  return resources[0]?.configEntries[0]?.configValue
}

describeWithKafka('given a ledger and a feed', (brokers) => {
  test('when it is sent again and again, then each message is there once, and what the feed remembers goes on', () =>
    withStores(async ({ ledger }) => {
      const feed = newFeed()
      await append(ledger, 'a', 'b')
      expect(await sending(ledger, brokers, [feed]).ended).toEqual(E.right(undefined))
      const idle = sending(ledger, brokers, [feed])
      await idle.ended
      expect(idle.sent()).toBe(0)
      await append(ledger, 'c')
      const { ended, remarks, sent } = sending(ledger, brokers, [feed])
      await ended
      expect([sent(), remarks]).toEqual([1, []])
      expect(await valuesIn(brokers, feed)).toEqual(['a 1', 'b 2', 'c 3'])
    }))

  test('when another feed is added, then that one is sent everything, and the first nothing again', () =>
    withStores(async ({ ledger }) => {
      const [one, other] = [newFeed(), newFeed()]
      await append(ledger, 'a')
      await sending(ledger, brokers, [one]).ended
      await append(ledger, 'b')
      await sending(ledger, brokers, [one, other]).ended
      expect(await valuesIn(brokers, one)).toEqual(['a 1', 'b 2'])
      expect(await valuesIn(brokers, other)).toEqual(['a 1', 'b 2'])
    }))

  test('when a sender was killed within a transaction, then nothing of that is seen, and the next sends all of it', () =>
    withStores(async ({ ledger }) => {
      const feed = newFeed()
      await append(ledger, 'a')
      await sending(ledger, brokers, [feed]).ended
      await append(ledger, 'b')
      const id = unwrap(await ledgerIdentity(ledger.readAll(null)))
      const killed = clientOf(brokers).producer({
        ...{ transactionalId: `redress.test.${id}`, idempotent: true, maxInFlightRequests: 1 },
        createPartitioner: Partitioners.DefaultPartitioner,
      })
      await killed.connect()
      const transaction = await killed.transaction()
      await transaction.send({ topic: feed.topic.name, messages: [{ key: 'u1', value: 'b 2' }] })
      await sending(ledger, brokers, [feed]).ended
      await expect(transaction.commit()).rejects.toThrow('old epoch')
      await killed.disconnect()
      expect(await valuesIn(brokers, feed)).toEqual(['a 1', 'b 2'])
    }))

  test('when a second sender starts, then the first one ends and says why, and nothing is sent twice', () =>
    withStores(async ({ ledger }) => {
      const feed = newFeed()
      await append(ledger, 'a')
      const first = sending(ledger, brokers, [feed], { untilEnd: false })
      await vi.waitFor(() => expect(first.sent()).toBe(1), PATIENCE)
      const second = sending(ledger, brokers, [feed], { untilEnd: false })
      await second.ready
      await append(ledger, 'b', 'c')
      expect(await first.ended).toMatchObject({ left: { kind: 'fenced' } })
      await vi.waitFor(() => expect(second.sent()).toBeGreaterThan(0), PATIENCE)
      second.stop()
      expect(await second.ended).toEqual(E.right(undefined))
      await sending(ledger, brokers, [feed]).ended
      expect(await valuesIn(brokers, feed)).toEqual(['a 1', 'b 2', 'c 3'])
    }))

  test('when the ledger was restored from before the cursor, then that is said, and everything is sent again', () =>
    withLedger(({ ledger: lost }) =>
      withLedger(async ({ ledger: restored }) => {
        const feed = newFeed()
        const first = `a-${randomUUID()}`
        await append(lost, first, 'b')
        await sending(lost, brokers, [feed]).ended
        await append(restored, first, 'c')
        const { ended, remarks } = sending(restored, brokers, [feed])
        await ended
        expect(remarks).toEqual([
          expect.stringContaining('told up to event 2, which this ledger does not have'),
        ])
        expect(await valuesIn(brokers, feed)).toEqual([`${first} 1`, 'b 2', `${first} 1`, 'c 2'])
      }),
    ))

  test('when its topics are missing, then they are created as they should be', () =>
    withStores(async ({ ledger }) => {
      const [plain, compacted] = [newFeed(), newFeed({ 'cleanup.policy': 'compact' })]
      await append(ledger, 'a')
      await sending(ledger, brokers, [plain, compacted]).ended
      expect(await policyOf(brokers, plain.topic.name)).toBe('delete')
      expect(await policyOf(brokers, compacted.topic.name)).toBe('compact')
      expect(await policyOf(brokers, 'redress.cursors')).toBe('compact')
    }))

  test('when a topic should be compacted and is not, then that is said, and it is used', () =>
    withStores(async ({ ledger }) => {
      const feed = countingFeed(await newTopic(brokers, 1), { 'cleanup.policy': 'compact' })
      await append(ledger, 'a')
      const { ended, remarks, sent } = sending(ledger, brokers, [feed])
      await ended
      expect(remarks).toEqual([expect.stringContaining(`${feed.topic.name} is not compacted`)])
      expect(sent()).toBe(1)
    }))

  test('when the ledger is empty, then it waits for its first event', () =>
    withStores(async ({ ledger }) => {
      const feed = newFeed()
      expect(await sending(ledger, brokers, [feed]).ended).toEqual(E.right(undefined))
      const { ended, sent, stop } = sending(ledger, brokers, [feed], { untilEnd: false })
      await append(ledger, 'a')
      await vi.waitFor(() => expect(sent()).toBe(1), PATIENCE)
      stop()
      expect(await ended).toEqual(E.right(undefined))
    }))

  test('when no broker answers, then it waits for one, and goes on when there is one again', () =>
    withStores(async ({ ledger }) => {
      const feed = newFeed()
      await append(ledger, 'a')
      const gate = await portOf(brokers)
      const { ended, sent, remarks, stop } = sending(ledger, gate.address, [feed], { untilEnd: false })
      await vi.waitFor(() => expect(remarks.join()).toContain('ECONNREFUSED'), PATIENCE)
      await append(ledger, 'b')
      await gate.open()
      await vi.waitFor(() => expect(sent()).toBe(2), PATIENCE)
      stop()
      await ended
      await gate.close()
      expect(remarks.at(-1)).toContain('recovered')
      expect(await valuesIn(brokers, feed)).toEqual(['a 1', 'b 2'])
    }))
})

/** A port that leads to the brokers once it is opened. */
const portOf = async (brokers: string) => {
  const [host = '', port = ''] = brokers.split(':')
  const listen = (at: number) => {
    const server = createServer((socket) => {
      const onward = connect(Number(port), host)
      for (const one of [socket, onward]) one.on('error', () => {})
      socket.pipe(onward).pipe(socket)
    })
    return new Promise<typeof server>((done) => {
      server.listen(at, '127.0.0.1', () => done(server))
    })
  }
  const reserved = await listen(0)
  // Cast: it listens on a port.
  const { port: own } = reserved.address() as AddressInfo
  await new Promise((done) => reserved.close(done))
  let server: typeof reserved | null = null
  return {
    address: `127.0.0.1:${own}`,
    open: async () => {
      server = await listen(own)
    },
    close: async () => {
      server?.close()
    },
  }
}

describe('given no broker', () => {
  test('when it is to end, then it says which address did not answer', () =>
    withStores(async ({ ledger }) => {
      await append(ledger, 'a')
      expect(await sending(ledger, 'localhost:1', [newFeed()]).ended).toMatchObject({
        left: { kind: 'unreachable', message: expect.stringContaining('no answer from localhost:1') },
      })
    }))

  test('when it is stopped, then it ends at once', () =>
    withStores(async ({ ledger }) => {
      await append(ledger, 'a')
      const { ended, remarks, stop } = sending(ledger, 'localhost:1', [newFeed()], { untilEnd: false })
      await vi.waitFor(() => expect(remarks).toHaveLength(1), PATIENCE)
      stop()
      expect(await ended).toEqual(E.right(undefined))
    }))
})

describe('given a ledger that cannot be read for now', () => {
  /** The same, but its first reads fail. */
  const away = (ledger: Ledger, reads: number): Ledger => ({
    ...ledger,
    follow: (...args) => (reads-- > 0 ? failing() : ledger.follow(...args)),
    readAll: (...args) => (reads-- > 0 ? failing() : ledger.readAll(...args)),
  })
  async function* failing(): Pages<SequencedEvent> {
    yield E.left({ kind: 'unavailable', message: 'no answer' })
  }

  test('when it is followed, then that is said once, and it goes on', () =>
    withStores(async ({ ledger }) => {
      await append(ledger, 'a')
      const { ended, remarks, stop } = sending(away(ledger, 2), 'localhost:1', [newFeed()], {
        untilEnd: false,
      })
      await vi.waitFor(() => expect(remarks).toHaveLength(2), PATIENCE)
      stop()
      expect(await ended).toEqual(E.right(undefined))
      expect(remarks).toEqual([
        'the ledger is unavailable: no answer; retrying',
        expect.stringContaining('ECONNREFUSED'),
      ])
    }))
})
