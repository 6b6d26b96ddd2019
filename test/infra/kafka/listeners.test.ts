import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KafkaConfig, SASLOptions } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Broker, startBroker } from '../../../infra/kafka/broker.ts'
import { clientOf } from './client.ts'
import { describeWithOwnBroker } from './kafka.ts'

let dir = ''
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'redress-listeners-'))
})
afterAll(() => rmSync(dir, { recursive: true }))

const username = 'redress'
const password = 'quilt1'
const mechanisms = ['plain', 'scram-sha-256', 'scram-sha-512'] as const

/** Asks for the topics as somebody. */
const ask = async ({ address }: Broker, config: Partial<KafkaConfig>): Promise<ReadonlyArray<string>> => {
  const admin = clientOf(address, { retry: { retries: 0 }, ...config }).admin()
  try {
    await admin.connect()
    return await admin.listTopics()
  } finally {
    await admin.disconnect()
  }
}

// Cast: kafkajs types each mechanism apart; all three take these fields.
const as = (mechanism: (typeof mechanisms)[number], secret = password, user = username): SASLOptions =>
  ({ mechanism, username: user, password: secret }) as SASLOptions

describeWithOwnBroker('given a broker', () => {
  let brokers: Readonly<Record<'sasl' | 'tls' | 'both', Broker>>
  const user = { username, password }

  beforeAll(async () => {
    const [sasl, tls, both] = await Promise.all([
      startBroker({ folder: join(dir, 'sasl'), sasl: user }),
      startBroker({ folder: join(dir, 'tls'), tls: true }),
      startBroker({ folder: join(dir, 'both'), sasl: user, tls: true }),
    ])
    brokers = { sasl, tls, both }
  })
  afterAll(() => Promise.all(Object.values(brokers ?? {}).map((broker) => broker.kill())))

  describe('with authentication (SASL)', () => {
    test.each(mechanisms)('when its user logs in by %s, then it answers', async (mechanism) => {
      await expect(ask(brokers.sasl, { sasl: as(mechanism) })).resolves.toBeInstanceOf(Array)
    })

    test.each(mechanisms)(
      'when the password or the user is wrong by %s, then it refuses',
      async (mechanism) => {
        await expect(ask(brokers.sasl, { sasl: as(mechanism, 'wrong') })).rejects.toThrow(
          /authentication failed/i,
        )
        await expect(ask(brokers.sasl, { sasl: as(mechanism, password, 'else') })).rejects.toThrow(
          /authentication failed/i,
        )
      },
    )

    test('when a client does not log in, then it does not answer', async () => {
      await expect(ask(brokers.sasl, {})).rejects.toThrow()
    })
  })

  describe('with TLS', () => {
    test('when its certificate is trusted, then it answers', async () => {
      const { certificate } = brokers.tls
      if (certificate === undefined) throw new Error('there is no certificate')
      await expect(ask(brokers.tls, { ssl: { ca: certificate } })).resolves.toBeInstanceOf(Array)
    })

    test('when its certificate is not trusted, then the client refuses to connect', async () => {
      await expect(ask(brokers.tls, { ssl: true })).rejects.toThrow(/self-signed certificate/)
    })

    test('when a client connects without TLS, then it does not answer', async () => {
      await expect(ask(brokers.tls, {})).rejects.toThrow()
    })
  })

  describe('with both', () => {
    test('when a client has both, then it answers; with a wrong password it refuses', async () => {
      const ssl = { ca: brokers.both.certificate ?? '' }
      await expect(ask(brokers.both, { ssl, sasl: as('scram-sha-512') })).resolves.toBeInstanceOf(Array)
      await expect(ask(brokers.both, { ssl, sasl: as('scram-sha-512', 'wrong') })).rejects.toThrow(
        /authentication failed/i,
      )
    })
  })
})
