import { readFileSync } from 'node:fs'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { notRead } from '../../foundation/files/file-error.ts'
import { type KafkaSettings, type SaslSettings, saslMechanisms } from '../../ingest/kafka/client/client.ts'
import { CliError, exitCodes } from '../output.ts'

/** The options by which a Kafka cluster is reached. */
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

/** Adds the options; each has a variable of the environment, the password only that one (others can see arguments). */
export const addKafkaOptions = (command: Command): Command =>
  command
    .addOption(
      new Option('--brokers <host:port,...>', 'the brokers to ask first')
        .env('REDRESS_KAFKA_BROKERS')
        .argParser(brokersArgument)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--tls', 'encrypt, and check the certificates of the brokers (or REDRESS_KAFKA_TLS=true)'),
    )
    .addOption(
      new Option('--tls-ca <file>', 'who signs their certificates (PEM), where the system does not know').env(
        'REDRESS_KAFKA_TLS_CA',
      ),
    )
    .addOption(
      new Option('--tls-cert <file>', 'a certificate of our own (PEM)').env('REDRESS_KAFKA_TLS_CERT'),
    )
    .addOption(new Option('--tls-key <file>', 'its key (PEM)').env('REDRESS_KAFKA_TLS_KEY'))
    .addOption(
      new Option('--sasl <mechanism>', `log in; the password comes from ${PASSWORD}`)
        .choices(saslMechanisms)
        .env('REDRESS_KAFKA_SASL'),
    )
    .addOption(new Option('--username <name>', 'who logs in').env('REDRESS_KAFKA_USERNAME'))

const brokersArgument = (text: string): ReadonlyArray<string> => {
  const brokers = text.split(',').map((broker) => broker.trim())
  if (!brokers.every((broker) => /^(?:\[[0-9a-fA-F:]+\]|[^\s:/]+):\d{1,5}$/.test(broker))) {
    throw new InvalidArgumentError(
      'Give host:port, several with commas between, such as kafka-1:9092,kafka-2:9092.',
    )
  }
  return brokers
}

/** The settings that the options and the environment ask for; throws `CliError` where they do not agree. */
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
    throw new CliError('--tls-ca, --tls-cert and --tls-key go with --tls', exitCodes.usage)
  }
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw new CliError('--tls-cert and --tls-key go together', exitCodes.usage)
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
    throw new CliError('--username goes with --sasl', exitCodes.usage)
  }
  const password = process.env[PASSWORD]
  if (username === undefined) throw new CliError('--sasl needs --username', exitCodes.usage)
  if (password === undefined || password === '') {
    throw new CliError(`--sasl needs the password, in the environment variable ${PASSWORD}`, exitCodes.usage)
  }
  return { mechanism, username, password }
}
