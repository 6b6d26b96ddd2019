import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { recordOwn } from '../../src/app/record-own.ts'
import type { OwnEvent } from '../../src/domain/event.ts'
import { formatInstant } from '../../src/domain/time.ts'
import { holdFeed } from '../../src/incidents/feeds/holds.ts'
import { ownEvent } from '../../src/incidents/own-event.ts'
import type { Feed } from '../../src/ingest/outbox/feed.ts'
import { sendFromLedger } from '../../src/ingest/outbox/send-from-ledger.ts'
import { openLedger } from '../../src/ledger/open.ts'
import { describeWithKafka } from '../infra/kafka/kafka.ts'
import { newTopic } from '../ingest/kafka/topics.ts'
import { unwrap } from '../ledger/events.ts'

let dir = ''
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'redress-holds-'))
})
afterAll(() => rmSync(dir, { recursive: true }))

describeWithKafka('given the service that honours holds, and a broker', (brokers) => {
  /** What it does with two accounts that are to be banned. */
  const acted = (topic: string): string => {
    const main = join(import.meta.dirname, '../../examples/holds/main.ts')
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, brokers, topic], {
      encoding: 'utf8',
    })
    expect(status, stderr).toBe(0)
    return stdout
  }

  test('when one of two holds is lifted, then it acts on all but what the other is about', async () => {
    const feed: Feed = { ...holdFeed, topic: { ...holdFeed.topic, name: `holds-${randomUUID()}` } }
    const { ledger, close } = unwrap(await openLedger(join(dir, 'held')))
    const send = async (...events: ReadonlyArray<OwnEvent>): Promise<void> => {
      unwrap(await recordOwn(ledger, events))
      const kafka = { brokers: [brokers], tls: null, sasl: null }
      const watch = { onRemark: () => {}, onSent: () => {}, onRead: () => {} }
      const request = { kafka, sender: 'test', feeds: [feed], untilEnd: true }
      unwrap(await sendFromLedger(ledger, request, watch, new AbortController().signal))
    }
    const hold = (type: 'requested' | 'lifted', holdId: string, data: object) =>
      ownEvent(`hold.${type}.v1`, {
        ...{ id: `${type}-${holdId}`, subject: holdId, time: formatInstant(Date.now()) },
        data: { holdId, by: 'ana', reason: 'it flags quilts', ...data },
      })
    await send(
      hold('requested', 'h1', { key: { rule: 'adult.explicit', detector: { id: 'scanner' } } }),
      hold('requested', 'h2', { key: { decidedBy: { kind: 'rule', id: 'three-strikes' } } }),
    )
    expect(acted(feed.topic.name)).toBe(
      'quilter: not banned, because of hold h1\nspammer: not banned, because of hold h2\n',
    )
    await send(hold('lifted', 'h2', {}))
    expect(acted(feed.topic.name)).toBe('quilter: not banned, because of hold h1\nspammer: banned\n')
    await close()
  })

  test('when there are no holds, then it acts', async () => {
    expect(acted(await newTopic(brokers))).toBe('quilter: banned\nspammer: banned\n')
  })
})
