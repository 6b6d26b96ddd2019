import { createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { isPrivateAddress } from '../../../src/app/watch/private-address.ts'
import { openWebhook, type WebhookSettings, webhookMessage } from '../../../src/app/watch/webhook.ts'
import { happened } from '../../domain/happenings.ts'
import { PATIENCE } from '../../patience.ts'

type Received = { readonly headers: IncomingMessage['headers']; readonly body: string }
type Answer = (response: ServerResponse, received: number) => void

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})

/** A server that people are told through, and what it got. */
const serverThat = async (answer: Answer) => {
  const received: Received[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => {
      body += chunk
    })
    request.on('end', () => {
      received.push({ headers: request.headers, body })
      answer(response, received.length)
    })
  })
  servers.push(server)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  // Cast: it listens on a port.
  const { port } = server.address() as AddressInfo
  return { url: new URL(`http://127.0.0.1:${port}/alarms`), received }
}
const taking: Answer = (response) => response.writeHead(204).end()

const SECRET = 'a secret of this test'
const settingsFor = (url: URL, more: Partial<WebhookSettings> = {}): WebhookSettings => ({
  ...{ url, secret: SECRET, link: null, allowPrivate: true },
  ...more,
})

const opened = (settings: WebhookSettings, outbox: ReadonlyArray<string> = []) => {
  const remarks: string[] = []
  const webhook = openWebhook(settings, {
    outbox: outbox.map((alarmId) => ({ alarmId, body: '{}' })),
    clock: () => 1_700_000_000_500,
    onRemark: (message) => remarks.push(message),
    retryAfter: 1,
  })
  return { webhook, remarks }
}
const emptied = ({ outbox }: { readonly outbox: () => ReadonlyArray<unknown> }) =>
  vi.waitFor(() => expect(outbox()).toEqual([]), { timeout: PATIENCE })

const alarm = happened(
  'alarm.raised.v1',
  {
    ...{ alarmId: 'a1', family: 'pipeline', key: { decidedBy: { kind: 'rule', id: 'bans' } } },
    ...{ first: ['e1'], accounts: 3, units: 5, sequence: 7 },
  },
  { subject: 'ef'.repeat(32), recorded: '2026-01-05T00:18:00Z' },
)

describe('given a server that takes what it gets', () => {
  test('when an alarm is sent, then it gets counts and a link, and no ids of events or accounts, signed', async () => {
    const { url, received } = await serverThat(taking)
    const settings = settingsFor(url, { link: 'https://console.example/alarms/' })
    const { webhook, remarks } = opened(settings)
    webhook.send(webhookMessage(alarm, settings))
    await emptied(webhook)
    await webhook.close()
    expect(received).toHaveLength(1)
    const { headers, body } = received[0] ?? { headers: {}, body: '' }
    expect(JSON.parse(body)).toEqual({
      ...{ alarmId: 'a1', family: 'pipeline', says: 'decides what no rule asks for', isRepeat: false },
      ...{ accounts: 3, units: 5, sequence: 7, at: '2026-01-05T00:18:00Z' },
      link: 'https://console.example/alarms/a1',
    })
    expect(headers['idempotency-key']).toBe('a1')
    expect(headers['redress-timestamp']).toBe('1700000000')
    const signed = createHmac('sha256', SECRET).update(`1700000000.${body}`).digest('hex')
    expect(headers['redress-signature']).toBe(`sha256=${signed}`)
    expect(remarks).toEqual([])
  })

  test('when something is left over from before, then that is sent first', async () => {
    const { url, received } = await serverThat(taking)
    const { webhook } = opened(settingsFor(url), ['old1', 'old2'])
    webhook.send({ alarmId: 'new', body: '{}' })
    await emptied(webhook)
    await webhook.close()
    expect(received.map(({ headers }) => headers['idempotency-key'])).toEqual(['old1', 'old2', 'new'])
  })
})

describe('given a server that takes its time', () => {
  test('when the rest is to be sent, then that ends once all is taken', async () => {
    const { url, received } = await serverThat((response) => {
      setTimeout(() => response.writeHead(204).end(), 100)
    })
    const { webhook } = opened(settingsFor(url), ['a1', 'a2'])
    await webhook.sendRest()
    await webhook.close()
    expect(webhook.outbox()).toEqual([])
    expect(received).toHaveLength(2)
  })
})

describe('given a server that refuses', () => {
  test.each<[string, Answer]>([
    ['answers an error', (response) => response.writeHead(503).end()],
    ['redirects', (response) => response.writeHead(302, { location: '/elsewhere' }).end()],
    ['hangs up', (response) => response.destroy()],
  ])('when it %s twice, then the alarm is sent until it is taken, with the same key', async (_, refuse) => {
    const answer: Answer = (response, n) => (n <= 2 ? refuse(response, n) : taking(response, n))
    const { url, received } = await serverThat(answer)
    const { webhook, remarks } = opened(settingsFor(url))
    webhook.send({ alarmId: 'a1', body: '{}' })
    await emptied(webhook)
    await webhook.close()
    expect(received.map(({ headers }) => headers['idempotency-key'])).toEqual(['a1', 'a1', 'a1'])
    expect(remarks).toHaveLength(2)
  })

  test('when it never answers, then nothing waits for it, and what it did not take is left over', async () => {
    const { url, received } = await serverThat(() => {})
    const { webhook } = opened(settingsFor(url))
    webhook.send({ alarmId: 'a1', body: '{}' })
    await vi.waitFor(() => expect(received).toHaveLength(1), { timeout: PATIENCE })
    await webhook.close()
    expect(webhook.outbox()).toEqual([{ alarmId: 'a1', body: '{}' }])
  })

  test('when it never takes one alarm, then the others arrive', async () => {
    const { url, received } = await serverThat((response, n) => {
      const isFirst = received[n - 1]?.headers['idempotency-key'] === 'never'
      response.writeHead(isFirst ? 422 : 204).end()
    })
    const { webhook } = opened(settingsFor(url), ['never', 'a1', 'a2'])
    await vi.waitFor(() => expect(webhook.outbox()).toEqual([{ alarmId: 'never', body: '{}' }]), {
      timeout: PATIENCE,
    })
    await webhook.close()
  })

  test('when the rest is to be sent, then that ends with what it does not take', async () => {
    const { url } = await serverThat((response) => response.writeHead(503).end())
    const { webhook } = opened(settingsFor(url), ['a1', 'a2'])
    await webhook.sendRest()
    expect(webhook.outbox()).toHaveLength(2)
  })

  test('when it is in a private network, by its address or its name, then nothing is sent unless that is allowed', async () => {
    const { url, received } = await serverThat(taking)
    const byName = new URL(url)
    byName.hostname = 'localhost'
    for (const one of [url, byName]) {
      const { webhook, remarks } = opened(settingsFor(one, { allowPrivate: false }))
      webhook.send({ alarmId: 'a1', body: '{}' })
      await vi.waitFor(() => expect(remarks[0]).toContain('private network'), { timeout: PATIENCE })
      await webhook.close()
    }
    expect(received).toEqual([])
  })
})

test.each([
  ...['127.0.0.1', '10.1.2.3', '172.31.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.0'],
  ...['::1', 'fe80::1', 'fd00::1', '::ffff:127.0.0.1', '2002:7f00:1::', '64:ff9b::7f00:1'],
])('%s is an address of a private network', (address) => {
  expect(isPrivateAddress(address)).toBe(true)
})

test.each(['8.8.8.8', '172.32.0.1', '2606:4700:4700::1111'])('%s is one of the internet', (address) => {
  expect(isPrivateAddress(address)).toBe(false)
})
