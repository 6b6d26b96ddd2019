import type { Keystore } from './keystore.ts'

/** A user that SASL accepts, by PLAIN and SCRAM. Letters and digits. */
export type Credentials = { readonly username: string; readonly password: string }

export type Settings = {
  readonly data: string
  /** Where clients connect; the only listener that `sasl` and `keystore` protect. */
  readonly clientPort: number
  /** Where the broker connects to itself, and is asked whether it is ready. */
  readonly internalPort: number
  readonly controllerPort: number
  readonly sasl: Credentials | undefined
  readonly keystore: Keystore | undefined
  readonly offsetsReplicas: number
}

export const SCRAM = ['SCRAM-SHA-256', 'SCRAM-SHA-512'] as const

/** The text of a small, single broker's `server.properties`. */
export const serverProperties = (settings: Settings): string =>
  Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'log.dirs': settings.data,
    ...listeners(settings),
    ...(settings.sasl === undefined ? {} : saslSettings(settings.sasl)),
    ...(settings.keystore === undefined ? {} : tlsSettings(settings.keystore)),
    'auto.create.topics.enable': false,
    // Messages of 5 MiB and more.
    'message.max.bytes': 10_485_760,
    'replica.fetch.max.bytes': 10_485_760,
    // Messages are timestamped with when their events happened, which may be years ago.
    'log.retention.ms': -1,
    // One broker, soon ready.
    ...internalTopic('offsets.topic', settings.offsetsReplicas),
    ...internalTopic('transaction.state.log'),
    ...internalTopic('share.coordinator.state.topic'),
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    // After a kill it waits for its previous registration to expire.
    'broker.session.timeout.ms': 3_000,
    'broker.heartbeat.interval.ms': 500,
    'log.cleaner.dedupe.buffer.size': 8_388_608,
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')

const listeners = ({ clientPort, internalPort, controllerPort, sasl, keystore }: Settings) => {
  const security = `${sasl === undefined ? '' : 'SASL_'}${keystore === undefined ? 'PLAINTEXT' : 'SSL'}`
  return {
    listeners: `CLIENT://127.0.0.1:${clientPort},INTERNAL://127.0.0.1:${internalPort},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `CLIENT://localhost:${clientPort},INTERNAL://localhost:${internalPort}`,
    'listener.security.protocol.map': `CLIENT:${security},INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT`,
    'inter.broker.listener.name': 'INTERNAL',
    'controller.listener.names': 'CONTROLLER',
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
  }
}

const saslSettings = ({ username, password }: Credentials) => ({
  'listener.name.client.sasl.enabled.mechanisms': ['PLAIN', ...SCRAM].join(','),
  'listener.name.client.plain.sasl.jaas.config': `org.apache.kafka.common.security.plain.PlainLoginModule required user_${username}="${password}";`,
  ...Object.fromEntries(
    SCRAM.map((mechanism) => [
      `listener.name.client.${mechanism.toLowerCase()}.sasl.jaas.config`,
      'org.apache.kafka.common.security.scram.ScramLoginModule required;',
    ]),
  ),
})

const tlsSettings = ({ file, password }: Keystore) => ({
  'listener.name.client.ssl.keystore.location': file,
  'listener.name.client.ssl.keystore.type': 'PKCS12',
  'listener.name.client.ssl.keystore.password': password,
})

const internalTopic = (name: string, replicas = 1) => ({
  [`${name}.replication.factor`]: replicas,
  [`${name}.num.partitions`]: 3,
})
