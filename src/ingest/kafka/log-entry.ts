import { createRequire } from 'node:module'
import { type LogEntry, logLevel } from 'kafkajs'
import { REJOIN } from './errors.ts'

/** What the operator should know. */
export type KafkaRemark = {
  readonly level: 'info' | 'warning' | 'error'
  readonly message: string
  /** Messages may be lost: it is repeated at the end. */
  readonly isLoss?: boolean
}

/** The meaning of an entry in kafkajs's log. */
export type Entry =
  /** Temporary trouble that kafkajs retries; null: a consequence of one already reported. */
  | { readonly kind: 'trouble'; readonly reason: string | null }
  | { readonly kind: 'remark'; readonly remark: KafkaRemark }
  | { readonly kind: 'noise' }

/** kafkajs logs each failed attempt as an error, even if the next one succeeds. */
export const readEntry = (entry: LogEntry): Entry => {
  const { message } = entry.log
  const error = typeof entry.log.error === 'string' ? entry.log.error : ''
  if (NOISE.some((noise) => message.startsWith(noise))) return { kind: 'noise' }
  if (message.startsWith('Failed to connect to')) return { kind: 'trouble', reason: null }
  const protocol = PASSING.find((passing) => error === passing || message.includes(passing))
  if (protocol !== undefined) return { kind: 'trouble', reason: protocol }
  const connection = CONNECTION.exec(error) ?? CONNECTION.exec(message)
  if (connection !== null) return { kind: 'trouble', reason: connection[1] ?? connection[0] }
  return { kind: 'remark', remark: remarkOf(entry) }
}

const NOISE = [
  // Our sender discards a producer after its first failed send, so this is safe.
  'Limiting retries for the idempotent producer',
  // Topics that cannot be created are reported by the caller; one that another consumer creates now is not an error.
  'Response CreateTopics',
  // The consumer's events report both.
  'Crash: ',
  'Restarting the consumer',
]

const CONNECTION =
  /Connection error: (.+)|Connection timeout|Closed connection|Connection closed by the server|Not connected|Request .* timed out|Timeout while acquiring lock.*/

type ErrorCode = { readonly type: string; readonly message: string; readonly retriable: boolean }

/** The names of Kafka's errors that are retried. */
const PASSING: ReadonlyArray<string> = (() => {
  const { errorCodes }: { readonly errorCodes: ReadonlyArray<ErrorCode> } = createRequire(import.meta.url)(
    'kafkajs/src/protocol/error.js',
  )
  return errorCodes
    .filter(({ type, retriable }) => retriable || REJOIN.has(type))
    .map(({ message }) => message)
})()

const remarkOf = ({ namespace, level, log }: LogEntry): KafkaRemark => {
  const detail = typeof log.error === 'string' && !log.message.includes(log.error) ? ` (${log.error})` : ''
  return {
    level: level === logLevel.ERROR ? 'error' : 'warning',
    message: `${namespace ? `${namespace}: ` : ''}${log.message}${detail}`,
  }
}
