import * as E from '#fp/Either'
import { describeDecodeError, problems } from '../../domain/codec.ts'
import { type Hold, holdsOf, standingOn } from '../../domain/hold.ts'
import { Line } from '../../domain/ids.ts'
import { HoldKey } from '../../domain/suspect.ts'
import { shortId } from '../../incidents/short-id.ts'
import { HOLDS, readHoldEvents } from '../../ledger/holds.ts'
import type { Ledger } from '../../ledger/port.ts'
import { type AppError, invalid } from '../error.ts'
import { actId, recordAct } from '../record-act.ts'
import { ledgerResult } from '../results.ts'
import { openToAdd, type RecordingPlace } from '../stores.ts'

export type RequestHoldOptions = RecordingPlace & {
  readonly key: HoldKey
  /** Who asks for it. */
  readonly by: string
  readonly reason: string
}

/** `standing`: such a hold stands already, and nothing was recorded. */
export type HoldRequested = { readonly kind: 'requested' | 'standing'; readonly hold: Hold }

/** Asks services not to act on something, until a person lifts the hold. */
export const requestHold = async ({
  key,
  by,
  reason,
  ...place
}: RequestHoldOptions): Promise<E.Either<AppError, HoldRequested>> => {
  if (!Line.is(by)) return invalid(`the name must be ${Line.name}`, 'by')
  if (!Line.is(reason)) return invalid(`the reason must be ${Line.name}`, 'reason')
  const [wrong] = problems(HoldKey, key)
  if (wrong !== undefined) return invalid(`what is to be on hold: ${describeDecodeError(wrong)}`)
  const opened = await openToAdd(place)
  if (E.isLeft(opened)) return opened
  const { ledger, close } = opened.right
  return record(ledger, { key, by, reason }, place.clock).finally(close)
}

const record = async (
  ledger: Ledger,
  asked: Pick<Hold, 'key' | 'by' | 'reason'>,
  clock: () => number,
): Promise<E.Either<AppError, HoldRequested>> => {
  const before = ledgerResult(await readHoldEvents(ledger))
  if (E.isLeft(before)) return before
  const standing = standingOn(holdsOf(before.right), asked.key)
  if (standing !== undefined) return E.right({ kind: 'standing', hold: standing })
  const at = { type: 'hold.requested.v1', stream: HOLDS, expectedRevision: before.right.length - 1 } as const
  const holdId = shortId(actId(at))
  const recorded = await recordAct(ledger, { ...at, subject: holdId, data: { holdId, ...asked } }, clock)
  if (E.isLeft(recorded)) return recorded
  const after = ledgerResult(await readHoldEvents(ledger))
  return E.map((events: Parameters<typeof holdsOf>[0]): HoldRequested => {
    const hold = holdsOf(events).find((one) => one.holdId === holdId)
    if (hold === undefined) throw new Error(`hold ${holdId} is not in the ledger after it was recorded`)
    return { kind: 'requested', hold }
  })(after)
}
