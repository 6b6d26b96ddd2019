import { createRequire } from 'node:module'
import { type LogEntry, logLevel } from 'kafkajs'
import { REJOIN } from './errors.ts'

/** What whoever runs this should know. */
export type KafkaRemark = {
  readonly level: 'info' | 'warning' | 'error'
  readonly message: string
  /** Messages may be lost: it is said again at the end. */
  readonly isLoss?: boolean
}

/** What an entry of kafkajs's log says. */
export type Entry =
  /** What passes by itself, for kafkajs retries it; null: what follows from one that was told. */
  | { readonly kind: 'trouble'; readonly reason: string | null }
  | { readonly kind: 'remark'; readonly remark: KafkaRemark }
  | { readonly kind: 'noise' }

/** kafkajs logs each attempt that failed, as an error, also when the next one goes well. */
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
  // A sender of ours gives a producer up after the first send that failed, so it may.
  'Limiting retries for the idempotent producer',
  // Topics that cannot be created are told of by whoever wants them; one that another consumer creates now is no error.
  'Response CreateTopics',
  // Whoever runs the consumer hears of both by an event.
  'Crash: ',
  'Restarting the consumer',
]

const CONNECTION =
  /Connection error: (.+)|Connection timeout|Closed connection|Connection closed by the server|Not connected|Request .* timed out|Timeout while acquiring lock.*/

type ErrorCode = { readonly type: string; readonly message: string; readonly retriable: boolean }

/** What Kafka's errors are called that are retried. */
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
