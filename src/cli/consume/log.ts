import { type IngestTally, SHOWN_REJECTIONS, total } from '../../app/ingest/tally.ts'
import { formatInstant } from '../../domain/time.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import { describeRejection } from '../../ingest/accept/rejection.ts'
import type { KafkaRemark } from '../../ingest/kafka/log-entry.ts'
import type { BatchOutcome, KeptRefusal } from '../../ingest/pipeline/ingestor.ts'
import { reopenedLines } from '../ingest/report.ts'
import { noteJson } from '../output.ts'
import { startProgress } from '../progress.ts'
import { format } from '../table.ts'

/** Reports progress on stderr while consuming. */
export type ConsumeLog = {
  readonly started: (what: Started) => void
  /** A batch is on disk, and counted in the tally. */
  readonly durable: (outcome: BatchOutcome, tally: IngestTally) => void
  readonly lag: (lag: number) => void
  readonly remark: (remark: KafkaRemark) => void
  readonly stop: () => void
}

type Started = {
  readonly topic: string
  readonly group: string
  readonly brokers: ReadonlyArray<string>
  readonly partitions: number
  readonly lag: number
}

/** How often progress is logged, and the quota of rejections shown is renewed, in ms. */
const INTERVAL = 10_000

/** A progress bar, with remarks above it. */
export const terminalLog = (): ConsumeLog => {
  const progress = startProgress('Consuming', 0, 'messages')
  const shown = atMost(SHOWN_REJECTIONS)
  let taken = 0
  let behind = 0
  const draw = (): void => progress.update(taken, taken + behind, `${format(behind)} behind`)
  return {
    started: ({ topic, group, partitions, lag }) => {
      behind = lag
      progress.print(
        `${topic}: ${countOf(partitions, 'partition')}, ${countOf(lag, 'message')} to read for group ${group}`,
      )
      draw()
    },
    durable: ({ refused, reopened }, tally) => {
      taken = total(tally)
      for (const line of reopenedLines([...reopened.values()])) progress.print(line)
      for (const { origin, rejection } of shown.of(refused)) {
        progress.print(`${origin}: ${describeRejection(rejection)}`)
      }
      draw()
    },
    lag: (lag) => {
      behind = lag
      draw()
    },
    remark: ({ level, message }) => progress.print(`${level}: ${message}`),
    stop: () => {
      shown.stop()
      progress.stop()
    },
  }
}

/** A line of JSON for each thing that happens, for log collectors. */
export const jsonLog = (): ConsumeLog => {
  let isOver = false
  const write = (event: string, fields: object): void => {
    if (isOver) return
    noteJson({ at: formatInstant(Date.now()), event, ...fields })
  }
  const shown = atMost(SHOWN_REJECTIONS)
  let counts = { accepted: 0, duplicate: 0, rejected: 0 }
  let behind = 0
  let logged = ''
  const timer = setInterval(() => {
    const progress = { ...counts, lag: behind }
    if (logged === JSON.stringify(progress)) return
    logged = JSON.stringify(progress)
    write('progress', progress)
  }, INTERVAL)
  return {
    started: (what) => write('started', what),
    durable: ({ refused, reopened }, { accepted, duplicate, rejected }) => {
      for (const { stream, cause } of reopened.values()) write('reopened', { stream, cause })
      counts = { accepted, duplicate, rejected }
      for (const { origin, hash, rejection } of shown.of(refused))
        write('rejected', { origin, hash, ...rejection })
    },
    lag: (lag) => {
      behind = lag
    },
    remark: ({ level, message }) => write(level, { message }),
    stop: () => {
      isOver = true
      clearInterval(timer)
      shown.stop()
    },
  }
}

/** Limits how many rejections are shown per interval, so that a topic full of bad messages does not drown the rest. */
const atMost = (most: number) => {
  let left = most
  const timer = setInterval(() => {
    left = most
  }, INTERVAL)
  return {
    of: (refused: ReadonlyArray<KeptRefusal>): ReadonlyArray<KeptRefusal> => {
      const passing = refused.slice(0, left)
      left -= passing.length
      return passing
    },
    stop: () => clearInterval(timer),
  }
}
