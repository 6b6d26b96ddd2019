import * as E from '#fp/Either'
import { pipe } from '#fp/function'
import type { StoredEvent } from '../../../domain/event.ts'
import { formatInstant, instantOf } from '../../../domain/time.ts'
import type { HistoryEvent } from '../../../projection/events/read.ts'
import { orderedOf } from '../../../projection/fold.ts'
import type { Published } from '../../../projection/published.ts'
import { startTally } from '../figures.ts'
import { addAccount } from '../make.ts'
import { type Publication, type ReportError, readAccounts } from '../read.ts'
import { type Report, reportOf } from '../report.ts'
import { styles } from '../styles/index.ts'
import { explainAccount, type Touch } from './explain.ts'
import { type Restatement, restatementOf, type TouchingEvent } from './restate.ts'

type Options = {
  /** Not before the earlier report's; null: up to the end of the projections. */
  readonly at: number | null
  readonly onProgress?: (events: number, total: number) => void
}

/** A restatement in progress: it takes accounts one by one, and then the rulesets. */
type Restating = {
  /** One account's events up to the later sequence, in the order of the ledger. */
  readonly onAccount: (account: ReadonlyArray<HistoryEvent>) => void
  readonly finish: (publications: ReadonlyArray<Publication>) => Restatement
}

/** Starts the restatement of an earlier report, whose file has that SHA-256, at a sequence not before the report's. */
export const startRestatement = (earlier: Report, sha256: string, sequence: number): Restating => {
  const style = styles[earlier.style]
  const period = { from: instantOf(earlier.period.from), to: instantOf(earlier.period.to) }
  const known = earlier.sequence
  const then = startTally(style.sections)
  const now = startTally(style.sections)
  const touches = new Map<string, Touch[]>()
  const events = new Map<number, TouchingEvent>()

  const onTouch = (event: HistoryEvent, key: string, touch: Touch): void => {
    const list = touches.get(key)
    if (list === undefined) touches.set(key, [touch])
    else list.push(touch)
    if (!events.has(event.sequence)) events.set(event.sequence, touchingEvent(event))
  }
  return {
    onAccount: (account) => {
      addAccount(now, style, period, orderedOf(account))
      const before = account.filter((event) => event.sequence <= known)
      if (before.length > 0) addAccount(then, style, period, orderedOf(before))
      if (before.length < account.length) explainAccount(style, period, account, known, onTouch)
    },
    finish: (publications) => {
      for (const list of touches.values()) list.sort((a, b) => a.sequence - b.sequence)
      const knownThen = publications.filter((publication) => publication.sequence <= known)
      const recomputed = reportOf(style, period, known, knownThen, then)
      const later = reportOf(style, period, sequence, publications, now)
      return restatementOf({ style, earlier, sha256, recomputed, later, touches, events })
    },
  }
}

/** The restatement of an earlier report from the published projections. */
export const makeRestatement = async (
  published: Pick<Published, 'connection' | 'standing'>,
  earlier: Report,
  sha256: string,
  { at, onProgress }: Options,
): Promise<E.Either<ReportError, Restatement>> => {
  const sequence = at ?? Math.max(earlier.sequence, published.standing.sequence)
  const restating = startRestatement(earlier, sha256, sequence)
  const { onAccount } = restating
  return pipe(
    await readAccounts(published, {
      sequence,
      onAccount,
      ...(onProgress === undefined ? {} : { onProgress }),
    }),
    E.map(restating.finish),
  )
}

const touchingEvent = ({ sequence, event }: HistoryEvent): TouchingEvent => ({
  sequence,
  source: event.source,
  id: event.id,
  type: event.type,
  account: event.subject,
  decisionIds: decisionIdsOf(event),
  occurredAt: formatInstant(instantOf(event.time)),
  recordedAt: formatInstant(instantOf(event.recordedat)),
})

/** The decisions that an event makes, changes, reverses or refers to. */
const decisionIdsOf = ({ data }: StoredEvent): ReadonlyArray<string> => {
  if ('decisionIds' in data) return data.decisionIds
  return 'decisionId' in data && data.decisionId !== undefined ? [data.decisionId] : []
}
