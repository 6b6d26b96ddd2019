import * as E from '#fp/Either'
import { foldAccount } from '../../../domain/account.ts'
import { stateOfRemediation } from '../../../domain/remediation.ts'
import { requestsOf } from '../../../domain/request.ts'
import type { AccountPlan } from '../../../incidents/remediation/plan/model.ts'
import { accountsAt, type ReadAccount } from '../../../incidents/remediation/plan/read-accounts.ts'
import { settledIn } from '../../../incidents/remediation/plan/settled.ts'
import type { StoredPlan } from '../../../incidents/remediation/plan/stored.ts'
import { suspectedFlags } from '../../../incidents/remediation/plan/suspected.ts'
import { type DividedRows, divideAccount } from '../../../incidents/remediation/run/divide.ts'
import {
  addLeftOut,
  type JudgedAgain,
  judgedAgain,
  type LeftOutRows,
} from '../../../incidents/remediation/run/judged-again.ts'
import { type KeptWave, keepWave } from '../../../incidents/remediation/run/stored-wave.ts'
import type { OpenLedger } from '../../../ledger/open.ts'
import type { LedgerError } from '../../../ledger/port.ts'
import { loadCorrection } from '../../../replay/correction/kept.ts'
import type { AppError } from '../../error.ts'
import { type JudgeOptions, judgeIn } from '../../replay/replay.ts'
import { ledgerResult } from '../../results.ts'
import type { LedgerPlace } from '../../stores.ts'
import { type ReadRemediation, readRemediation, recordSaid } from '../read.ts'

export type StartWaveOptions = LedgerPlace &
  Omit<JudgeOptions, 'correction' | 'window' | 'full' | 'isSuspected' | 'at' | 'withoutDamaged'> & {
    /** Who carries out the plan. */
    readonly by: string
    readonly clock: () => number
  }

/** A wave that was started. */
export type StartedWave = Omit<KeptWave, 'rowsSha256'> & { readonly wave: number; readonly accounts: number }

/**
 * Judges the rows of the next wave again, stores what is asked for and what is not, and records that the wave began. null: it was
 * paused, ended or started by somebody else in the meantime, and nothing was recorded.
 */
export const startWave = async (
  opened: OpenLedger,
  read: ReadRemediation,
  plan: StoredPlan,
  { by, clock, ...options }: StartWaveOptions,
): Promise<E.Either<AppError, StartedWave | null>> => {
  const { remediationId, waves } = read.remediation
  const wave = waves.length + 1
  const planned = ledgerResult(await plannedIn(plan, wave))
  if (E.isLeft(planned)) return planned
  const judged = await judge(opened, read, { plan, leftOut: planned.right.leftOut }, options)
  if (E.isLeft(judged)) return judged
  const { now, sequence } = judged.right
  const divided = divide(planned.right.accounts, now, accountsAt(opened.ledger, sequence))
  const head = { kept: 'wave', remediationId, wave, sequence } as const
  const kept = ledgerResult(await keepWave(opened.vault, head, divided))
  if (E.isLeft(kept)) return kept
  // Notes and alarms may have joined the incident while it was judged.
  const current = await readRemediation(opened.ledger, remediationId, options)
  if (E.isLeft(current)) return current
  if (!mayStart(current.right, wave)) return E.right(null)
  const { rowsSha256, ...counts } = kept.right
  const accounts = planned.right.accounts.length
  const data = { wave, sequence, rowsSha256, counts: { accounts, ...counts }, by }
  const said = [{ type: 'remediation.wave_started.v1' as const, data }]
  return E.map((): StartedWave => ({ wave, accounts, ...counts }))(
    await recordSaid(opened.ledger, current.right, said, clock),
  )
}

const mayStart = ({ incident, remediation }: ReadRemediation, wave: number): boolean =>
  incident.closed === null &&
  remediation.waves.length === wave - 1 &&
  ['approved', 'running'].includes(stateOfRemediation(remediation))

/** The accounts of a wave, and what the whole plan leaves out. */
type PlannedWave = { readonly accounts: ReadonlyArray<AccountPlan>; readonly leftOut: LeftOutRows }

const plannedIn = async (plan: StoredPlan, wave: number): Promise<E.Either<LedgerError, PlannedWave>> => {
  const accounts: AccountPlan[] = []
  const leftOut: LeftOutRows = { decisions: new Set(), flagsOf: new Set() }
  for await (const page of plan.accounts()) {
    if (E.isLeft(page)) return page
    for (const account of page.right) {
      addLeftOut(leftOut, account)
      if (account.wave === wave) accounts.push(account)
    }
  }
  return E.right({ accounts, leftOut })
}

const judge = async (
  opened: OpenLedger,
  { incident, events }: ReadRemediation,
  { plan, leftOut }: { readonly plan: StoredPlan; readonly leftOut: LeftOutRows },
  options: Omit<StartWaveOptions, 'by' | 'clock'>,
): Promise<E.Either<AppError, { readonly now: JudgedAgain; readonly sequence: number }>> => {
  const correction = ledgerResult(await loadCorrection(opened.vault, plan.head.correction))
  if (E.isLeft(correction)) return correction
  const judged = await judgeIn(opened, {
    ...{ ...options, correction: correction.right },
    ...{ window: { from: null, to: null }, at: null, withoutDamaged: false, full: true },
    isSuspected: suspectedFlags(incident.suspects),
  })
  if (E.isLeft(judged)) return judged
  const { result, source, close } = judged.right
  const now = judgedAgain(result, { settled: settledIn(events), leftOut })
  close()
  return E.right({ now, sequence: source.sequence })
}

/** How many accounts are read at once. */
const PAGE = 64

async function* divide(
  accounts: ReadonlyArray<AccountPlan>,
  now: JudgedAgain,
  readAccount: ReadAccount,
): AsyncIterable<E.Either<LedgerError, DividedRows>> {
  const divideOne = async (account: AccountPlan): Promise<E.Either<LedgerError, DividedRows>> => {
    const events = await readAccount(account.account)
    if (E.isLeft(events)) return events
    const record = foldAccount(events.right)
    return E.right(divideAccount(account, now, { record, earlier: requestsOf(events.right, record) }))
  }
  for (let from = 0; from < accounts.length; from += PAGE) {
    for (const one of await Promise.all(accounts.slice(from, from + PAGE).map(divideOne))) {
      yield one
      if (E.isLeft(one)) return
    }
  }
}
