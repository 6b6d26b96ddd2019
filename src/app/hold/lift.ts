import * as E from '#fp/Either'
import { holdsOf } from '../../domain/hold.ts'
import { Line } from '../../domain/ids.ts'
import { HOLDS, readHoldEvents } from '../../ledger/holds.ts'
import type { Ledger } from '../../ledger/port.ts'
import { type AppError, invalid, notFound } from '../error.ts'
import { recordAct } from '../record-act.ts'
import { ledgerResult } from '../results.ts'
import { nameOf, openToAdd, type RecordingPlace } from '../stores.ts'

export type LiftHoldOptions = RecordingPlace & {
  readonly holdId: string
  /** Who lifts it. */
  readonly by: string
  readonly reason: string
}

/** `unchanged`: it was lifted before, and nothing was recorded. */
export type HoldLifted = { readonly kind: 'lifted' | 'unchanged'; readonly holdId: string }

/** Ends a hold: services act again. */
export const liftHold = async (options: LiftHoldOptions): Promise<E.Either<AppError, HoldLifted>> => {
  const { holdId: _, by, reason, ...place } = options
  if (!Line.is(by)) return invalid(`the name must be ${Line.name}`, 'by')
  if (!Line.is(reason)) return invalid(`the reason must be ${Line.name}`, 'reason')
  const opened = await openToAdd(place)
  if (E.isLeft(opened)) return opened
  return record(opened.right.ledger, options).finally(opened.right.close)
}

const record = async (
  ledger: Ledger,
  { holdId, by, reason, clock, ...place }: LiftHoldOptions,
): Promise<E.Either<AppError, HoldLifted>> => {
  const before = ledgerResult(await readHoldEvents(ledger))
  if (E.isLeft(before)) return before
  const hold = holdsOf(before.right).find((one) => one.holdId === holdId)
  if (hold === undefined)
    return notFound(`${nameOf(place)} has no hold ${holdId}; redress hold list names them`)
  if (hold.lifted !== null) return E.right({ kind: 'unchanged', holdId })
  const act = {
    ...({ type: 'hold.lifted.v1', stream: HOLDS, expectedRevision: before.right.length - 1 } as const),
    ...{ subject: holdId, data: { holdId, by, reason } },
  }
  return E.map((): HoldLifted => ({ kind: 'lifted', holdId }))(await recordAct(ledger, act, clock))
}
