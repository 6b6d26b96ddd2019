import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWithKafka } from '../../infra/kafka/kafka.ts'
import { messagesIn, newTopic } from '../../ingest/kafka/topics.ts'

const main = join(import.meta.dirname, '../../../src/cli/main.ts')
const dir = mkdtempSync(join(tmpdir(), 'redress-requests-'))
afterAll(() => rmSync(dir, { recursive: true }))

const redress = (...args: ReadonlyArray<string>) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd: dir,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

describeWithKafka('given a correction that leaves flags unknown', (brokers) => {
  beforeAll(() => {
    const simulated = ['--accounts', '300', '--scenario', 'detector-rescored', '--out', 'all.ndjson']
    const files = ['--truth', 't.json', '--correction', 'correction.yaml']
    expect(redress('simulate', ...simulated, ...files).status).toBe(0)
    const events = readFileSync(join(dir, 'all.ndjson'), 'utf8').split('\n')
    writeFileSync(
      join(dir, 'events.ndjson'),
      events.filter((line) => !line.includes('flag.rescored.v1')).join('\n'),
    )
    expect(redress('ingest', 'events.ndjson').status).toBe(0)
  })
  const list = (topic: string, ...more: ReadonlyArray<string>) =>
    redress('correction', 'rescore-list', 'correction.yaml', '--topic', topic, '--brokers', brokers, ...more)

  test('when the list is sent to a topic, then its messages are the lines of the file, keyed by account', async () => {
    const topic = `requests-${randomUUID()}`
    const run = list(topic, '--out', 'requests.ndjson')
    const lines = readFileSync(join(dir, 'requests.ndjson'), 'utf8').trimEnd().split('\n')
    expect(lines.length).toBeGreaterThan(10)
    // On stderr, at most that the broker was not ready at once.
    expect(run.stderr).not.toContain('not sent')
    expect(run).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(
        `Written to requests.ndjson\nSent to ${topic}: ${lines.length} requests\n`,
      ),
    })
    const messages = await messagesIn(brokers, topic)
    expect(messages.map(({ value }) => String(value)).sort()).toEqual(lines.toSorted())
    for (const { key, value, headers } of messages) {
      expect(String(key)).toBe(JSON.parse(String(value)).account)
      expect(String(headers?.['redress-schema'])).toBe('rescore.request.v1')
    }
  })

  test('when the topic takes none of them, then exit 1 with a count', async () => {
    const topic = await newTopic(brokers, 1, {}, [{ name: 'max.message.bytes', value: '150' }])
    const run = list(topic, '--json')
    const { flags, sent, failed } = JSON.parse(run.stdout)
    expect({ sent, failed }).toEqual({ sent: 0, failed: flags })
    expect(run.status).toBe(1)
    expect(run.stderr).not.toContain('redress: error:')
    expect(run.stderr).toMatch(
      new RegExp(
        `redress: ${flags} requests were not sent to ${topic}: .*max.message.bytes; run it again when that is fixed\n$`,
      ),
    )
  })
})
