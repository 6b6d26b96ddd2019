import { readFileSync } from 'node:fs'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { notRead } from '../foundation/files/file-error.ts'
import { type KafkaSettings, type SaslSettings, saslMechanisms } from '../ingest/kafka/client/client.ts'
import { CliError, exitCodes } from './output.ts'

/** The options for connecting to a Kafka cluster. */
export type KafkaOptions = {
  readonly brokers: ReadonlyArray<string>
  readonly tls?: boolean
  readonly tlsCa?: string
  readonly tlsCert?: string
  readonly tlsKey?: string
  readonly sasl?: SaslSettings['mechanism']
  readonly username?: string
}

const PASSWORD = 'REDRESS_KAFKA_PASSWORD'

/**
 * Adds the options; each has an environment variable. The password has only that, because others can see arguments.
 * `optional`: the command also does something without Kafka.
 */
export const addKafkaOptions = (command: Command, presence: 'required' | 'optional' = 'required'): Command =>
  command
    .addOption(
      new Option('--brokers <host:port,...>', 'the bootstrap brokers')
        .env('REDRESS_KAFKA_BROKERS')
        .argParser(brokersArgument)
        .makeOptionMandatory(presence === 'required'),
    )
    .addOption(
      new Option('--tls', 'encrypt, and verify the brokers\u2019 certificates (or REDRESS_KAFKA_TLS=true)'),
    )
    .addOption(
      new Option('--tls-ca <file>', 'the CA certificate (PEM), if the system does not trust the CA').env(
        'REDRESS_KAFKA_TLS_CA',
      ),
    )
    .addOption(new Option('--tls-cert <file>', 'a client certificate (PEM)').env('REDRESS_KAFKA_TLS_CERT'))
    .addOption(new Option('--tls-key <file>', 'its private key (PEM)').env('REDRESS_KAFKA_TLS_KEY'))
    .addOption(
      new Option('--sasl <mechanism>', `authenticate; the password is read from ${PASSWORD}`)
        .choices(saslMechanisms)
        .env('REDRESS_KAFKA_SASL'),
    )
    .addOption(new Option('--username <name>', 'the SASL user name').env('REDRESS_KAFKA_USERNAME'))

const brokersArgument = (text: string): ReadonlyArray<string> => {
  const brokers = text.split(',').map((broker) => broker.trim())
  if (!brokers.every((broker) => /^(?:\[[0-9a-fA-F:]+\]|[^\s:/]+):\d{1,5}$/.test(broker))) {
    throw new InvalidArgumentError('Give host:port, separated by commas, such as kafka-1:9092,kafka-2:9092.')
  }
  return brokers
}

/** The settings from the options and the environment; throws `CliError` if they contradict each other. */
export const kafkaSettings = (options: KafkaOptions): KafkaSettings => ({
  brokers: options.brokers,
  tls: tlsSettings(options),
  sasl: saslSettings(options),
})

const tlsSettings = ({
  tls = process.env.REDRESS_KAFKA_TLS === 'true',
  tlsCa,
  tlsCert,
  tlsKey,
}: KafkaOptions): KafkaSettings['tls'] => {
  if (!tls) {
    if (tlsCa === undefined && tlsCert === undefined && tlsKey === undefined) return null
    throw new CliError('--tls-ca, --tls-cert and --tls-key require --tls', exitCodes.usage)
  }
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw new CliError('--tls-cert and --tls-key require each other', exitCodes.usage)
  }
  return {
    ...(tlsCa === undefined ? {} : { ca: pem(tlsCa) }),
    ...(tlsCert === undefined ? {} : { cert: pem(tlsCert) }),
    ...(tlsKey === undefined ? {} : { key: pem(tlsKey) }),
  }
}

const pem = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new CliError(notRead(file, error).message)
  }
}

const saslSettings = ({ sasl: mechanism, username }: KafkaOptions): SaslSettings | null => {
  if (mechanism === undefined) {
    if (username === undefined) return null
    throw new CliError('--username requires --sasl', exitCodes.usage)
  }
  const password = process.env[PASSWORD]
  if (username === undefined) throw new CliError('--sasl requires --username', exitCodes.usage)
  if (password === undefined || password === '') {
    throw new CliError(
      `--sasl requires the password in the environment variable ${PASSWORD}`,
      exitCodes.usage,
    )
  }
  return { mechanism, username, password }
}

/** kafkajs keeps retrying unreachable brokers, which would keep a process alive that has nothing left to do. */
export const endSoon = (): void => {
  setTimeout(() => process.exit(), 1_000).unref()
}

/** Kafka's rule for topic names. */
export const topicArgument = (text: string): string => {
  if (!/^[A-Za-z0-9._-]{1,249}$/.test(text)) throw new InvalidArgumentError('Give the name of one topic.')
  return text
}
