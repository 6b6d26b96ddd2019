import './compression.ts'
import '../messages/header-limit.ts'
import './patch-request-queue.ts'
import { Kafka, type KafkaConfig, logLevel, type RetryOptions, type SASLOptions } from 'kafkajs'
import { type KafkaRemark, readEntry } from '../log-entry.ts'

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

/** Retries that outlast a broker's restart. Set explicitly, because kafkajs's defaults depend on NODE_ENV. */
export const PATIENT = { initialRetryTime: 300, maxRetryTime: 10_000, retries: 10 }
/** For the first contact, where a mistyped address must be reported soon; and where we go on retrying ourselves. */
export const BRIEF = { initialRetryTime: 300, maxRetryTime: 1_500, retries: 4 }

/** For what we retry, and report, ourselves. */
export const BRISK = { initialRetryTime: 200, maxRetryTime: 1_000, retries: 2 }

/** Receives what kafkajs logs: remarks, and trouble that it retries (null: a consequence of another). */
export type ClientWatch = {
  readonly remark: (remark: KafkaRemark) => void
  readonly trouble: (reason: string | null) => void
}

/** A client of a Kafka cluster. */
export const kafkaClient = (
  { brokers, tls, sasl }: KafkaSettings,
  { remark, trouble }: ClientWatch,
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
      const parsed = readEntry(entry)
      if (parsed.kind === 'trouble') trouble(parsed.reason)
      else if (parsed.kind === 'remark') remark(parsed.remark)
    },
    ...(tls === null ? {} : { ssl: { ...tls } }),
    // Cast: kafkajs types each mechanism separately; all three take the same two fields.
    ...(sasl === null ? {} : { sasl: { ...sasl } as SASLOptions }),
  }
  return new Kafka(config)
}
