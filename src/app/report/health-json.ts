import { formatInstant } from '../../domain/time.ts'
import { holdJson } from '../hold/list.ts'
import { trippedJson } from '../tripwires/tripped-json.ts'
import type { HealthReport } from './health.ts'

/** A health report as JSON: times as RFC 3339. */
export const healthJson = ({
  asOf,
  tripped,
  spikes,
  appeals,
  holds,
  precision,
  contradicted,
  lag,
  watch,
  dispatch,
  clock,
  stopped,
  damaged,
  deadLetters,
}: HealthReport) => ({
  asOf: formatInstant(asOf),
  tripwires: tripped.map(trippedJson),
  overturnSpikes: spikes.map(({ firstMade, lastMade, ...spike }) => ({
    ...spike,
    firstMade: formatInstant(firstMade),
    lastMade: formatInstant(lastMade),
  })),
  unansweredAppeals: {
    ...appeals,
    oldest: appeals.oldest.map(({ filedAt, ...appeal }) => ({ ...appeal, filedAt: formatInstant(filedAt) })),
  },
  holds: holds.map(({ hold, decisions }) => ({ ...holdJson(hold), decisions })),
  enforcementPrecision: precision.map(({ interval, ...rule }) => ({ ...rule, ...interval })),
  contradictedFlags: {
    count: contradicted.count,
    latest: contradicted.latest.map(({ raisedAt, ...flag }) => ({
      ...flag,
      raisedAt: formatInstant(raisedAt),
    })),
  },
  projectionLag: {
    events: lag.head - lag.projected,
    projected: lag.projected,
    head: lag.head,
    recordedAt: lag.recordedAt === null ? null : formatInstant(lag.recordedAt),
  },
  watchLag:
    watch === null
      ? null
      : {
          events: watch.head - watch.watched,
          watched: watch.watched,
          head: watch.head,
          oldestSeconds: Math.round(watch.oldest / 1_000),
        },
  dispatchLag:
    dispatch === null
      ? null
      : {
          sent: dispatch.sent,
          waiting: dispatch.waiting,
          oldestSeconds: Math.round(dispatch.oldest / 1_000),
        },
  clock: {
    now: formatInstant(clock.now),
    lastRecordedAt: clock.lastRecorded === null ? null : formatInstant(clock.lastRecorded),
    isBehind: clock.isBehind,
  },
  stoppedProjections: stopped,
  damagedStreams: damaged,
  deadLetters,
})
