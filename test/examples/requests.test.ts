import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { foldAccount } from '../../src/domain/account.ts'
import { decodeIncoming } from '../../src/domain/decode.ts'
import type { IncomingEvent, StoredEvent } from '../../src/domain/event.ts'
import { type RequestState, requestsOf } from '../../src/domain/request.ts'
import { requestFeed } from '../../src/incidents/feeds/requests.ts'
import { sendFromLedger } from '../../src/ingest/outbox/send-from-ledger.ts'
import { appendEvents } from '../../src/ingest/pipeline/append-events.ts'
import { prepare } from '../../src/ledger/event/prepare.ts'
import { openLedger } from '../../src/ledger/open.ts'
import { readDecoded } from '../../src/ledger/read.ts'
import { recordIn, requested, withdrawn } from '../app/dispatch/requesting.ts'
import { describeWithKafka } from '../infra/kafka/kafka.ts'
import { committedIn, newTopic } from '../ingest/kafka/topics.ts'
import { unwrap } from '../ledger/events.ts'
import { service } from '../replay/histories.ts'

let dir = ''
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'redress-reinstating-'))
})
afterAll(() => rmSync(dir, { recursive: true }))

describeWithKafka('given the service that carries out requests, and a broker', (brokers) => {
  const topic = { ...requestFeed.topic, name: `requests-${randomUUID()}`, partitions: 1 }
  /** Sends the requests of the ledger to a topic. */
  const dispatch = async (): Promise<void> => {
    const { ledger, close } = unwrap(await openLedger(dir))
    const kafka = { brokers: [brokers], tls: null, sasl: null }
    const request = { kafka, sender: 'test', feeds: [{ ...requestFeed, topic }], untilEnd: true }
    const on = { onRemark: () => {}, onSent: () => {}, onRead: () => {} }
    unwrap(await sendFromLedger(ledger, request, on, new AbortController().signal))
    await close()
  }
  /** Runs the service until it has said so many lines. */
  const served = async (events: string, lines: number): Promise<ReadonlyArray<string>> => {
    const main = join(import.meta.dirname, '../../examples/requests/main.ts')
    const child = spawn(process.execPath, [main, brokers, topic.name, events])
    const ended = once(child, 'close')
    const said: string[] = []
    for await (const line of createInterface({ input: child.stdout })) {
      said.push(line)
      if (said.length === lines) child.kill('SIGTERM')
    }
    await ended
    expect(child.exitCode).toBe(0)
    return said
  }

  test('when requests of each kind are sent, then each is carried out and told, or declined, once; a withdrawn one is not', async () => {
    const content = { id: '7', kind: 'pin' }
    await recordIn(
      dir,
      requested('r1', 'u1'),
      requested('r2', 'u2', { kind: 'content', content, flagsVoided: [] }),
      requested('r3', 'u3', { kind: 'change', restriction: 'suspended' }),
      requested('r4', 'u4', { kind: 'flags', decisionIds: [] }),
      requested('r5', 'deleted-last-year'),
      requested('r6', 'u6'),
      withdrawn('r6', 'u6'),
    )
    await dispatch()
    const events = await newTopic(brokers, 1)
    expect((await served(events, 5)).toSorted()).toEqual([
      'deleted-last-year: account_gone (r5)',
      'u1: account (r1)',
      'u2: content (r2)',
      'u3: change (r3)',
      'u4: flags (r4)',
    ])
    await recordIn(dir, requested('r7', 'u7'))
    await dispatch()
    expect(await served(events, 1)).toEqual(['u7: account (r7)'])

    const published = (await committedIn(brokers, events)).map(
      ({ value }) => unwrap(decodeIncoming(JSON.parse(String(value)))).event,
    )
    const types = byAccount(published).map(([account, of]) => [account, of.map(({ type }) => type)])
    expect(Object.fromEntries(types)).toEqual({
      u1: ['account.reinstated.v1', 'notice.sent.v1'],
      u2: ['content.restored.v1', 'notice.sent.v1'],
      u3: ['decision.changed.v1', 'flag.dismissed.v1', 'notice.sent.v1'],
      u4: ['flag.dismissed.v1'],
      'deleted-last-year': ['reinstatement.declined.v1'],
      u7: ['account.reinstated.v1', 'notice.sent.v1'],
    })
    await ingest(service.flagged('u4', 1, { flagId: 'f-u4' }), ...published)
    expect(await states()).toEqual({
      ...{ r1: 'told', r2: 'told', r3: 'told', r4: 'carried_out', r7: 'told' },
      ...{ r5: 'declined', r6: 'withdrawn' },
    })
  })
})

const byAccount = <E extends { readonly subject: string }>(events: ReadonlyArray<E>) => [
  ...Map.groupBy(events, ({ subject }) => subject),
]

/** Records what services published. */
const ingest = async (...events: ReadonlyArray<IncomingEvent>): Promise<void> => {
  const { ledger, close } = unwrap(await openLedger(dir))
  unwrap(
    await appendEvents(
      ledger,
      events.map((event) => unwrap(prepare(event))),
    ),
  )
  await close()
}

/** How far each request in the ledger is. */
const states = async (): Promise<Readonly<Record<string, RequestState>>> => {
  const { ledger, close } = unwrap(await openLedger(dir))
  const events: StoredEvent[] = []
  for await (const page of readDecoded(ledger, ledger.readAll(null))) {
    events.push(...unwrap(page).map(({ event }) => event))
  }
  await close()
  const requests = byAccount(events).flatMap(([, of]) => requestsOf(of, foldAccount(of)))
  return Object.fromEntries(requests.map(({ requested: { data }, state }) => [data.requestId, state]))
}
