import { setTimeout as sleep } from 'node:timers/promises'
import * as E from '#fp/Either'
import { Line } from '../../../domain/ids.ts'
import { readPlan, type StoredPlan } from '../../../incidents/remediation/plan/stored.ts'
import { neededOf, nextWaveAt } from '../../../incidents/remediation/run/next-wave.ts'
import { lastRecordedAt } from '../../../ledger/clock.ts'
import type { OpenLedger } from '../../../ledger/open.ts'
import { tickClock, tickDue } from '../../clock-tick.ts'
import { type AppError, invalid, refused } from '../../error.ts'
import { ledgerResult } from '../../results.ts'
import { openToAdd, type RecordingPlace } from '../../stores.ts'
import { type ReadRemediation, readRemediation, recordSaid } from '../read.ts'
import { askFor } from './ask.ts'
import { type StartedWave, type StartWaveOptions, startWave } from './start-wave.ts'
import { type Requests, trackRequests } from './track.ts'
import { withdrawOpen } from './withdraw.ts'

export type RunOptions = RecordingPlace &
  StartWaveOptions & {
    readonly remediationId: string
    /** How long it waits after a wave is put back, in ms, by the ledger's clock. */
    readonly soak: number
    /** End when there is nothing to do now. */
    readonly once: boolean
    /** Stops it. */
    readonly signal: AbortSignal
    /** Called once the ledger is open. */
    readonly onOpen: () => void
    readonly onWave: (started: StartedWave) => void
    readonly onAsked: (done: number, total: number) => void
    /** Called when it begins to wait, and again when what it waits for has changed. */
    readonly onWaiting: (waiting: WaitingFor) => void
    readonly onRemark: (message: string) => void
  }

/** What is waited for: a person who resumes it, answers of services, or a time (ms) by the ledger's clock. */
export type WaitingFor =
  | { readonly kind: 'paused'; readonly by: string; readonly reason: string | null }
  | {
      readonly kind: 'waiting'
      readonly wave: number
      readonly requests: number
      readonly settled: number
      /** How many must be settled before it goes on. */
      readonly needed: number
      /** When the next wave may start; null: that is not known yet, or there is none. */
      readonly nextAt: number | null
    }

/** How far it came. */
export type Ran = {
  readonly remediationId: string
  readonly state: 'completed' | 'cancelled' | 'paused' | 'waiting' | 'stopped'
  /** The last wave that was started; 0: none. */
  readonly wave: number
  /** How many requests and withdrawals this run recorded. */
  readonly requested: number
  readonly withdrawn: number
  /** How many requests of all waves nobody has answered yet. */
  readonly owed: number
}

/** How often it is looked whether the ledger went on, in ms. */
const LOOK_EVERY = 1_000

/**
 * Carries out an approved plan: asks for one wave after the other, each after judging it again, and waits in between. What is
 * recorded is all that it remembers: killed at any moment and started again, it goes on, and asks for nothing twice.
 */
export const runRemediation = async (options: RunOptions): Promise<E.Either<AppError, Ran>> => {
  if (!Line.is(options.by)) return invalid(`the name must be ${Line.name}`, 'by')
  const opened = await openToAdd(options)
  if (E.isLeft(opened)) return opened
  options.onOpen()
  return runIn(opened.right, options).finally(opened.right.close)
}

/** The same in an open ledger. */
export const runIn = async (opened: OpenLedger, options: RunOptions): Promise<E.Either<AppError, Ran>> => {
  const { remediationId, signal, once, onWaiting } = options
  const read = await readRemediation(opened.ledger, remediationId, options)
  if (E.isLeft(read)) return read
  const plan = ledgerResult(await readPlan(opened.vault, read.right.remediation.planned.data.planSha256))
  if (E.isLeft(plan)) return plan
  const run = openRun(opened, plan.right, options)
  for (let before = ''; ; ) {
    const head = ledgerResult(await opened.ledger.head())
    if (E.isLeft(head)) return head
    const step = await run.step()
    if (E.isLeft(step)) return step
    const { right: next } = step
    if (next.kind === 'ended') return E.right(run.result(next.state))
    if (signal.aborted) return E.right(run.result('stopped'))
    if (next.kind === 'again') continue
    if (once) return E.right(run.result(next.kind))
    const said = JSON.stringify(next)
    if (said !== before) onWaiting(next)
    before = said
    const waited = await untilNew(opened, head.right.sequence, next, options)
    if (E.isLeft(waited)) return waited
  }
}

/** Waits until the ledger goes on after a sequence, lets its time go by if services are silent, or is stopped. */
const untilNew = async (
  { ledger }: OpenLedger,
  sequence: number,
  waiting: WaitingFor,
  { signal, clock }: RunOptions,
): Promise<E.Either<AppError, null>> => {
  while (!signal.aborted) {
    const head = ledgerResult(await ledger.head())
    if (E.isLeft(head)) return head
    if (head.right.sequence !== sequence) return E.right(null)
    const last = ledgerResult(await lastRecordedAt(ledger))
    if (E.isLeft(last)) return last
    const at = { sequence, recordedAt: last.right ?? 0 }
    const due = tickDue(waiting.kind === 'paused' ? null : waiting.nextAt, at)
    if (due !== null && due <= clock()) return tickClock(ledger, at)
    await sleep(LOOK_EVERY, undefined, { signal }).catch(() => {})
  }
  return E.right(null)
}

type Step =
  | { readonly kind: 'again' }
  | { readonly kind: 'ended'; readonly state: 'completed' | 'cancelled' }
  | WaitingFor

type Run = {
  /** Does the next thing that is due. */
  readonly step: () => Promise<E.Either<AppError, Step>>
  readonly result: (state: Ran['state']) => Ran
}

const openRun = (opened: OpenLedger, plan: StoredPlan, options: RunOptions): Run => {
  const { ledger } = opened
  const { remediationId, by, clock, soak } = options
  const requests: Requests = trackRequests(opened, remediationId)
  let [wave, askedFor, requested, withdrawn] = [0, 0, 0, 0]

  /** After the last request of a wave is on record: the next wave, or the end. */
  const goOn = async (read: ReadRemediation): Promise<E.Either<AppError, Step>> => {
    const { waves } = read.remediation
    const last = waves.at(-1)
    const now = ledgerResult(await lastRecordedAt(ledger))
    if (E.isLeft(now)) return now
    const progress = last === undefined ? null : requests.progress(last)
    const isLast = waves.length === plan.head.waves.length
    const nextAt = progress === null ? 0 : nextWaveAt(progress, soak)
    if (isLast && requests.owed() === 0) {
      const data = { by, ...(wave === 0 ? {} : { wave }) }
      const said = [{ type: 'remediation.completed.v1' as const, data }]
      const completed = await recordSaid(ledger, read, said, clock)
      return E.isLeft(completed) ? completed : E.right({ kind: 'ended', state: 'completed' })
    }
    if (!isLast && nextAt !== null && nextAt <= (now.right ?? 0)) {
      const started = await startWave(opened, read, plan, options)
      if (E.isLeft(started)) return started
      if (started.right !== null) options.onWave(started.right)
      return E.right({ kind: 'again' })
    }
    const size = progress?.requests ?? 0
    return E.right({
      ...({ kind: 'waiting', wave, requests: size, settled: progress?.settled.length ?? 0 } as const),
      ...(isLast ? { needed: size, nextAt: null } : { needed: neededOf(size), nextAt }),
    })
  }

  return {
    step: async () => {
      const read = await readRemediation(ledger, remediationId, options)
      if (E.isLeft(read)) return read
      const { remediation, incident } = read.right
      const { approved, ended, paused, waves } = remediation
      wave = waves.length
      const added = await requests.add(waves)
      if (E.isLeft(added)) return added
      if (ended?.type === 'remediation.cancelled.v1') {
        const done = await withdrawOpen(opened, remediation, ended)
        if (E.isLeft(done)) return done
        withdrawn += done.right
      }
      const refreshed = await requests.refresh()
      if (E.isLeft(refreshed)) return refreshed
      if (ended !== null) {
        const state = ended.type === 'remediation.cancelled.v1' ? 'cancelled' : 'completed'
        return E.right({ kind: 'ended', state })
      }
      if (approved === null)
        return refused(`${remediationId} is not approved; approve it with redress remediation approve`)
      if (incident.closed !== null) return refused(`the incident of ${remediationId} is closed`)
      if (paused !== null) {
        return E.right({ kind: 'paused', by: paused.data.by, reason: paused.data.reason ?? null })
      }
      const last = waves.at(-1)
      if (last === undefined || askedFor === wave) return goOn(read.right)
      const { signal, onAsked, onRemark } = options
      const asked = await askFor(opened, last, { place: options, signal, onAsked, onRemark })
      if (E.isLeft(asked)) return asked
      requested += asked.right.recorded
      if (asked.right.isAll) askedFor = wave
      return E.right({ kind: 'again' })
    },
    result: (state) => ({ remediationId, state, wave, requested, withdrawn, owed: requests.owed() }),
  }
}
