import './compression.ts'
import './header-limit.ts'
import './quiet.ts'
import {
  Kafka,
  type KafkaConfig,
  type LogEntry,
  logLevel,
  type RetryOptions,
  type SASLOptions,
} from 'kafkajs'

/** How to reach a cluster. */
export type KafkaSettings = {
  readonly brokers: ReadonlyArray<string>
  /** PEM texts; null: no TLS. */
  readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: string } | null
  readonly sasl: SaslSettings | null
}

export const saslMechanisms = ['plain', 'scram-sha-256', 'scram-sha-512'] as const
export type SaslSettings = {
  readonly mechanism: (typeof saslMechanisms)[number]
  readonly username: string
  readonly password: string
}

/** What kafkajs has to say to whoever runs this. */
export type KafkaRemark = { readonly level: 'warning' | 'error'; readonly message: string }

/** Retries that outlast a broker's restart. Set, not left to kafkajs, whose defaults hang on NODE_ENV. */
export const PATIENT = { initialRetryTime: 300, maxRetryTime: 10_000, retries: 10 }
/** For a first contact: who mistyped an address wants to know soon. */
export const BRIEF = { initialRetryTime: 300, maxRetryTime: 1_500, retries: 4 }

/** A client of a Kafka cluster; its warnings and errors go to `remark`. */
export const kafkaClient = (
  { brokers, tls, sasl }: KafkaSettings,
  remark: (remark: KafkaRemark) => void,
  retry: RetryOptions = PATIENT,
): Kafka => {
  const config: KafkaConfig = {
    clientId: 'redress',
    brokers: [...brokers],
    connectionTimeout: 5_000,
    authenticationTimeout: 10_000,
    retry,
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => {
      if (!isPassing(entry)) remark(remarkOf(entry))
    },
    ...(tls === null ? {} : { ssl: { ...tls } }),
    // Cast: kafkajs types each mechanism apart; all three take the same two fields.
    ...(sasl === null ? {} : { sasl: { ...sasl } as SASLOptions }),
  }
  return new Kafka(config)
}

const remarkOf = ({ namespace, level, log }: LogEntry): KafkaRemark => {
  const detail = typeof log.error === 'string' && !log.message.includes(log.error) ? ` (${log.error})` : ''
  return {
    level: level === logLevel.ERROR ? 'error' : 'warning',
    message: `${namespace ? `${namespace}: ` : ''}${log.message}${detail}`,
  }
}

/** A broker that has just started answers so for a moment, and kafkajs asks again; what lasts comes as another error. */
const isPassing = ({ log }: LogEntry): boolean =>
  (typeof log.error === 'string' &&
    /coordinator is not available|coordinator is loading|not the correct coordinator|hosts this topic-partition/i.test(
      log.error,
    )) ||
  // A sender of ours gives a producer up after the first send that failed, so it may.
  log.message.startsWith('Limiting retries for the idempotent producer')
