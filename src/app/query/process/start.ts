import { type ChildProcess, spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { extname, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Duplex, Readable } from 'node:stream'
import * as E from '#fp/Either'
import { jsonText } from '../../../foundation/text/json-text.ts'
import type { ProjectionProgress } from '../../../projection/published.ts'
import type { AppError } from '../../error.ts'
import { outOfMemory, outOfTime, QueryFailed, queryFailed, stoppedByCaller } from '../error.ts'
import { CHANNEL, type QueryMessage, type QueryRequest } from './request.ts'

/** In the units of a request: `2GB`, and seconds. */
type ProcessLimits = Pick<QueryRequest, 'memory' | 'timeout' | 'format'>

/** A process that waits for one query. */
export type QueryProcess = {
  /**
   * Runs the query. `take` gets its output, which throws at its end if the query failed: what was made of it is then
   * incomplete. `onStanding` gets what the answer is as of.
   */
  readonly run: (
    request: QueryRequest,
    take: (output: AsyncIterable<Buffer>) => Promise<void>,
    onStanding?: (standing: ProjectionProgress) => void,
  ) => Promise<E.Either<AppError, void>>
  /** Stops it: by force if it does not react, or at the second call. */
  readonly stop: () => void
  readonly kill: () => void
}

/**
 * What Node and DuckDB need in addition to the query's memory limit, in bytes: they start with 700 MB of data and not with
 * 600 (x64, two threads), rows take up to 150 MB on their way through JavaScript, and each thread has its stack.
 */
const BASE = 850_000_000
const PER_THREAD = 16_000_000
/** Processor time per core for the work before and after the query, in seconds. */
const AROUND = 10
/** How long a query may run on after its time limit, or after a signal, in ms. */
const GRACE = 500
const STOP_GRACE = 3_000

/**
 * Starts a process for a user's SQL. The system enforces its limits, because DuckDB's own do not cover everything: its
 * memory is limited (RLIMIT_DATA; on Linux only), and it is killed when its time is over. If this process is killed
 * itself, a limit on processor time (RLIMIT_CPU) ends the other. It has no environment, and gets nothing but the query.
 */
export const startQueryProcess = ({ memory, timeout, format }: ProcessLimits): QueryProcess => {
  const threads = availableParallelism()
  // A second database of the same size writes a Parquet file.
  const databases = format === 'parquet' ? 2 : 1
  const child = spawnLimited([process.execPath, entryPoint()], {
    bytes: BASE + PER_THREAD * threads + sizeInBytes(memory) * databases,
    seconds: (timeout + AROUND) * (threads + 1),
  })
  // Casts: both are pipes, as asked for.
  const output = child.stdout as Readable
  const channel = child.stdio[CHANNEL] as Duplex
  // Errors of a process that has ended; its exit reports that.
  for (const stream of child.stdio) stream?.on('error', () => {})
  let errorOutput = ''
  child.stderr?.on('data', (bytes: Buffer) => {
    errorOutput = `${errorOutput}${bytes}`.slice(-LAST_WORDS)
  })
  const exited = new Promise<string | null>((resolve) => {
    child.on('error', (error) => resolve(`it did not start: ${error.message}`))
    child.on('close', (_, signal) => resolve(signal))
  })
  let isStopped = false
  let isOverTime = false

  return {
    kill: () => void child.kill('SIGKILL'),
    stop: () => {
      child.kill(isStopped ? 'SIGKILL' : 'SIGTERM')
      isStopped = true
      setTimeout(() => child.kill('SIGKILL'), STOP_GRACE).unref()
    },
    run: async (request, take, onStanding = () => {}) => {
      const clock = timer(request.timeout * 1_000 + GRACE, () => {
        isOverTime = true
        child.kill('SIGKILL')
      })
      let ended: Extract<QueryMessage, { kind: 'ended' }> | null = null
      const lines = createInterface({ input: channel })
      // It re-emits the channel's errors.
      lines.on('error', () => {})
      lines.on('line', (line) => {
        // Cast: our own code is at the other end. A line that a killed process did not finish is ignored.
        const message = parsed(line) as QueryMessage | undefined
        if (message?.kind === 'standing') onStanding(message.standing)
        else if (message?.kind === 'clock') clock(message.runs)
        else if (message?.kind === 'ended') {
          ended = message
          // Its output is already on its way; a stuck thread of DuckDB would keep it alive.
          child.kill('SIGKILL')
        }
      })
      const allRead = new Promise((resolve) => {
        lines.on('close', resolve)
        // The reader of lines does not notice a broken channel.
        channel.on('close', resolve)
      })
      // Escaped: a text may contain other line terminators (U+2028).
      channel.write(`${jsonText(request)}\n`)
      // Opening the projections can hang too.
      clock(true)
      const failure = async (): Promise<AppError | null> => {
        const signal = await exited
        await allRead
        clock(false)
        return failureOf({ ended, signal, errorOutput: errorOutput, isStopped, isOverTime, request })
      }
      try {
        await take(untilFailure(output, failure))
        return E.right(undefined)
      } catch (error) {
        if (error instanceof QueryFailed) return E.left(error.error)
        throw error
      } finally {
        // `take` may have returned before the end.
        clock(false)
        child.kill('SIGKILL')
      }
    },
  }
}

const LAST_WORDS = 2_000

/** The output, which throws at its end if the query failed: a file made of it is then not put in place. */
async function* untilFailure(
  output: Readable,
  failure: () => Promise<AppError | null>,
): AsyncGenerator<Buffer> {
  yield* output
  const error = await failure()
  if (error !== null) throw new QueryFailed(error)
}

/** A clock that can be paused; it calls `call` once it has run for `ms`. */
const timer = (ms: number, call: () => void): ((runs: boolean) => void) => {
  let left = ms
  let since = 0
  let timeout: NodeJS.Timeout | null = null
  return (runs) => {
    if (runs === (timeout !== null)) return
    if (timeout === null) {
      since = performance.now()
      // The longest delay of a timer in Node. A message in flight when the query's process was killed
      // may start the clock again: it must not keep this process alive.
      timeout = setTimeout(call, Math.min(left, 2 ** 31 - 1)).unref()
    } else {
      clearTimeout(timeout)
      timeout = null
      left -= performance.now() - since
    }
  }
}

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

const entryPoint = (): string => join(import.meta.dirname, `child${extname(import.meta.filename)}`)

/** `detached`: Ctrl-C on a terminal reaches only this process, which then stops the other. */
const spawnLimited = (
  command: ReadonlyArray<string>,
  { bytes, seconds }: { readonly bytes: number; readonly seconds: number },
): ChildProcess => {
  const [file = '', ...args] =
    process.platform === 'linux'
      ? [
          '/bin/sh',
          '-c',
          `ulimit -t ${seconds} && ulimit -d ${Math.ceil(bytes / 1024)} && exec "$@"`,
          'sh',
          ...command,
        ]
      : command
  return spawn(file, args, {
    env: {},
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
}

type Ending = {
  readonly ended: Extract<QueryMessage, { kind: 'ended' }> | null
  readonly signal: string | null
  readonly errorOutput: string
  readonly isStopped: boolean
  readonly isOverTime: boolean
  readonly request: QueryRequest
}

/** Why a query failed; null: it did not. */
const failureOf = ({
  ended,
  signal,
  errorOutput,
  isStopped,
  isOverTime,
  request,
}: Ending): AppError | null => {
  if (isStopped) return stoppedByCaller
  if (isOverTime) return outOfTime(request.timeout)
  if (ended !== null) return ended.error
  // Out of memory, Node and DuckDB abort, or write an error of many lines.
  if (signal === 'SIGABRT' || signal === 'SIGTRAP' || OUT_OF_MEMORY.test(errorOutput))
    return outOfMemory().error
  return queryFailed(
    `DuckDB crashed on this query (${signal ?? 'no signal'}); please report it`,
    errorOutput.split('\n').filter((line) => line !== ''),
  ).error
}

const OUT_OF_MEMORY = /out of memory|bad_alloc|Allocation failed|cannot allocate/i

/** A size as `--memory` takes it, in bytes: KB are 1,000 bytes and KiB 1,024. */
const sizeInBytes = (size: string): number => {
  const [, number = '0', unit = '', binary = ''] = /^([\d.]+)\s?([KMGT])(i?)B$/i.exec(size) ?? []
  return Number(number) * (binary === '' ? 1_000 : 1_024) ** ('KMGT'.indexOf(unit.toUpperCase()) + 1)
}
