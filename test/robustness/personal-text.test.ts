import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import * as fc from 'fast-check'
import type { KafkaMessage, Message } from 'kafkajs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { directDecoder } from '../../src/ingest/accept/decoder.ts'
import { openDeadLetters } from '../../src/ingest/dead-letters/open.ts'
import { valuesOf } from '../../src/ingest/kafka/messages/message.ts'
import { readNdjson } from '../../src/ingest/ndjson/read.ts'
import { ingestAll } from '../../src/ingest/pipeline/ingest-all.ts'
import { openIngestor } from '../../src/ingest/pipeline/ingestor.ts'
import { openLedger } from '../../src/ledger/open.ts'
import { backupData } from '../../src/ledger/sqlite/backup.ts'
import { describeWithKafka } from '../infra/kafka/kafka.ts'
import { filesWith, goodAppeal, holds, waysToBeRefused } from '../ingest/dead-letters/refused.ts'
import { messagesIn, newTopic, publish } from '../ingest/kafka/topics.ts'
import { unwrap } from '../ledger/events.ts'
import { often } from '../long/often.ts'

/** What is looked for in bytes; around it stand other words, which are different each time. */
const MARK = 'my-name-is-Ada-and-I-quilt'
const main = join(import.meta.dirname, '../../src/cli/main.ts')
const ways = Object.entries(waysToBeRefused)

let dir = ''
const at = (name: string): string => join(dir, name)
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'redress-personal-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

const redress = (...args: ReadonlyArray<string>): string => {
  const { stdout, stderr, status } = spawnSync(process.execPath, [main, ...args], { cwd: dir })
  expect([0, 1], stderr.toString()).toContain(status)
  return Buffer.concat([stdout, stderr]).toString()
}

/** An appeal that is taken in; the same id with other words, a conflict; and every other way to be refused. */
const linesWith = (words: string): ReadonlyArray<Buffer> => [
  Buffer.from(goodAppeal('good', words)),
  Buffer.from(goodAppeal('good', `${words}!`)),
  ...ways.map(([, line], i) => line(`bad-${i}`, words)),
]
const REFUSED = ways.length + 1

const ndjson = (lines: ReadonlyArray<Buffer>): Buffer =>
  Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]))

/** All files of the data folder but the keys, which open what is sealed. */
const dataWith = (text: string): ReadonlyArray<string> =>
  filesWith(at('data'), text).filter((path) => !path.includes('keys.db'))

describe('given events with personal text that are refused in every way', () => {
  const around = fc
    .string({ unit: fc.constantFrom(...'abc xyz.,:;"\\{}[]\u00e9\u{1f600}'), maxLength: 40 })
    .map((text) => JSON.stringify(text).slice(1, -1))

  test('when they are kept, opened and backed up, then the text is in no file, and can be read with the keys', async () => {
    await fc.assert(
      fc.asyncProperty(around, around, async (before, after) => {
        const lines = linesWith(`${before} ${MARK} ${after}`)
        const stores = unwrap(await openLedger(at('data')))
        const letters = unwrap(await openDeadLetters(at('data'), Date.now))
        const into = { ...stores, letters, decoder: directDecoder(), clock: Date.now }
        const stop = new AbortController()
        let refused = 0
        const done = await ingestAll(
          readNdjson(Readable.from([ndjson(lines)]), 'events.ndjson', stop.signal),
          openIngestor({ ...into, trust: 'all' }),
          (_, outcome) => {
            refused += outcome.refused.length
            for (const { rejection } of outcome.refused) {
              expect(holds(Buffer.from(JSON.stringify(rejection)), MARK), JSON.stringify(rejection)).toBe(
                false,
              )
            }
          },
          stop,
        )
        expect(done).toEqual(E.right(undefined))
        expect(refused).toBe(REFUSED)
        expect(dataWith(MARK)).toEqual([])
        const readable = unwrap(letters.list({})).filter(({ hash }) => {
          const body = unwrap(letters.body(hash))
          return body?.kind === 'open' && holds(body.bytes, MARK)
        })
        expect(readable).toHaveLength(REFUSED)
        const copied = await backupData({ dataDir: at('data'), target: at('copy'), keysTarget: null })
        expect(unwrap(copied).findings).toEqual([])
        expect(filesWith(at('copy'), MARK)).toEqual([])
        letters.close()
        await stores.close()
        expect(dataWith(MARK)).toEqual([])
        rmSync(at('data'), { recursive: true })
        rmSync(at('copy'), { recursive: true })
      }),
      { numRuns: often(10, 50) },
    )
  })

  test('when commands report them, then only dead-letters show reveals the text', () => {
    writeFileSync(at('events.ndjson'), ndjson(linesWith(`so ${MARK}, indeed`)))
    const outputs = [
      redress('ingest', 'events.ndjson', '--data', 'data'),
      redress('ingest', 'events.ndjson', '--data', 'data', '--json'),
      redress('dead-letters', '--data', 'data', '--limit', '100'),
      redress('dead-letters', '--data', 'data', '--json'),
      redress('dead-letters', 'resubmit', '--all', '--data', 'data'),
      redress('dead-letters', 'resubmit', '--all', '--data', 'data', '--json'),
    ]
    for (const text of outputs) expect(holds(Buffer.from(text), MARK), text).toBe(false)
    const { letters } = JSON.parse(
      redress('dead-letters', '--data', 'data', '--json', '--reason', 'conflict'),
    )
    expect(letters).toHaveLength(1)
    expect(redress('dead-letters', 'show', letters[0].hash, '--data', 'data')).toContain(MARK)
    rmSync(at('data/keys.db'))
    const without = redress('dead-letters', 'show', letters[0].hash, '--data', 'data')
    expect(without).toContain('data.personal differs from what was recorded')
    expect(without).toContain('restore keys.db from its backup')
    const tried = redress('dead-letters', 'resubmit', '--all', '--data', 'data')
    expect(tried).toContain('could not be tried')
    expect(dataWith(MARK)).toEqual([])
  })
})

describeWithKafka('given such messages in a topic', (brokers) => {
  const words = `so ${MARK}, indeed`
  const headers = {
    ce_specversion: '1.0',
    ce_source: '/appeals',
    ce_type: 'appeal.filed.v1',
    ce_subject: 'u1',
  }
  const time = '2025-04-29T00:00:00Z'
  const binary = (id: string, more: object, value: string): Message => ({
    key: words,
    value,
    headers: { ...headers, ce_id: id, ce_time: time, ...more },
  })
  const appeal = (text: string): string =>
    JSON.stringify({ appealId: 'a1', decisionId: 'd1', personal: { text } })
  const inBinaryMode: ReadonlyArray<Message> = [
    binary('b1', {}, words),
    binary('b2', {}, appeal(words).replace('"appealId"', '"appeal"')),
    binary('b3', { ce_subject: words }, appeal(words)),
    binary('b4', { ce_time: words }, appeal(words)),
    binary('b5', { 'content-type': `text/plain; ${words}` }, appeal(words)),
    binary('b6', { ce_subject: ['u1', words] }, appeal(words)),
    binary('b7', { 'content-type': `application/cloudevents+${words}` }, appeal(words)),
    binary('b8', { ce_Personal: words }, appeal(words)),
    binary('b9', {}, `${words} ${'x'.repeat(5_000_000)}`),
    binary('b10', { ce_time: '2999-01-01T00:00:00Z', note: words, [words]: 'note' }, appeal(words)),
    binary('b11', Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`h${i}`, words])), appeal(words)),
  ]
  const all = (message: KafkaMessage): Buffer =>
    Buffer.concat([
      message.key ?? Buffer.of(),
      message.value ?? Buffer.of(),
      ...Object.entries(message.headers ?? {}).flatMap(([name, value]) => [
        Buffer.from(name),
        ...valuesOf(value),
      ]),
    ])

  test('when they are consumed, then the text is neither in the dead-letter topic nor in a log nor in a file', async () => {
    const topic = await newTopic(brokers, 1)
    const structured = linesWith(words).map(
      (value): Message => ({
        key: words,
        value,
        headers: { note: words, 'content-type': 'application/cloudevents+json' },
      }),
    )
    // Apart: one request takes no more than ten megabytes.
    await publish(brokers, topic, structured)
    await publish(brokers, topic, inBinaryMode)
    const consume = ['consume', '--brokers', brokers, '--topic', topic, '--until-end', '--data', 'data']
    const log = redress(...consume, '--json')
    expect(holds(Buffer.from(log), MARK), log).toBe(false)
    expect(dataWith(MARK)).toEqual([])
    const sent = await messagesIn(brokers, `${topic}.dead-letters`)
    expect(sent).toHaveLength(REFUSED + inBinaryMode.length)
    for (const message of sent) expect(holds(all(message), MARK), String(all(message))).toBe(false)

    const { letters } = JSON.parse(redress('dead-letters', '--data', 'data', '--json', '--limit', '1000'))
    const hashes = new Set(letters.map(({ hash }: { readonly hash: string }) => hash))
    for (const { key, headers: own } of sent) {
      expect(hashes).toContain(String(key))
      expect(String(own?.['redress-origin'])).toContain(topic)
    }
    const ofReason = (reason: string): ReadonlyArray<string> =>
      sent
        .filter(({ headers: own }) => String(own?.['redress-reason']) === reason)
        .map(({ value }) => String(value))
    // Of an event in proper form all but the words; of another its attributes; of what cannot be parsed nothing.
    expect(JSON.parse(ofReason('conflict')[0] ?? '')).toEqual({
      ...JSON.parse(goodAppeal('good', '')),
      data: { appealId: 'a-good', decisionId: 'd1' },
    })
    expect(new Set(ofReason('duplicate_key'))).toEqual(new Set(['']))
    expect(new Set(ofReason('too_long'))).toEqual(new Set(['']))
    const tooLong = sent.find(({ headers: own }) => String(own?.ce_id) === 'b9')
    expect(String(tooLong?.headers?.['redress-reason'])).toBe('too_long')
    const unknownField = sent.find(({ headers: own }) => String(own?.ce_id) === 'b2')
    expect(JSON.parse(String(unknownField?.value))).toEqual({
      ...{ specversion: '1.0', id: 'b2', source: '/appeals', type: 'appeal.filed.v1', subject: 'u1', time },
    })
  })
})
