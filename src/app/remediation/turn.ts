import * as E from '#fp/Either'
import { Line } from '../../domain/ids.ts'
import { type RemediationState, stateOfRemediation } from '../../domain/remediation.ts'
import { type AppError, invalid, refused } from '../error.ts'
import type { RecordingPlace } from '../stores.ts'
import { addingToRemediation, readRemediation, recordSaid } from './read.ts'
import { withdrawOpen } from './run/withdraw.ts'

/** What a person does to a remediation that is carried out. */
export type Turn = 'pause' | 'resume' | 'cancel'

export type TurnOptions = RecordingPlace & {
  readonly remediationId: string
  readonly turn: Turn
  /** Why; null, which only resuming accepts: nothing is said. */
  readonly reason: string | null
  readonly by: string
}

/** `unchanged`: it was so before, and nothing was recorded but withdrawals that were missing. */
export type Turned = {
  readonly kind: 'recorded' | 'unchanged'
  readonly remediationId: string
  /** How many open requests were withdrawn. */
  readonly withdrawn: number
}

const types = {
  pause: 'remediation.paused.v1',
  resume: 'remediation.resumed.v1',
  cancel: 'remediation.cancelled.v1',
} as const

/** Pauses, resumes or cancels a remediation; cancelling withdraws what is open. */
export const turnRemediation = async ({
  remediationId,
  turn,
  reason,
  by,
  ...place
}: TurnOptions): Promise<E.Either<AppError, Turned>> => {
  if (!Line.is(by)) return invalid(`the name must be ${Line.name}`, 'by')
  if (reason !== null && !Line.is(reason)) return invalid(`the reason must be ${Line.name}`, 'reason')
  return addingToRemediation({ remediationId, ...place }, async (opened, read) => {
    const { remediation } = read
    const state = stateOfRemediation(remediation)
    const isSo = isSoBefore(turn, state)
    if (!isSo) {
      const why = whyNot(turn, state)
      if (why !== null) return refused(`${remediationId} ${why}`)
      const wave = remediation.waves.length
      const data = { by, ...(wave === 0 ? {} : { wave }), ...(reason === null ? {} : { reason }) }
      const recorded = await recordSaid(opened.ledger, read, [{ type: types[turn], data }], place.clock)
      if (E.isLeft(recorded)) return recorded
    }
    const after = await readRemediation(opened.ledger, remediationId, place)
    if (E.isLeft(after)) return after
    const { ended } = after.right.remediation
    const withdrawn =
      ended?.type === 'remediation.cancelled.v1'
        ? await withdrawOpen(opened, after.right.remediation, ended)
        : E.right(0)
    return E.map(
      (count: number): Turned => ({ kind: isSo ? 'unchanged' : 'recorded', remediationId, withdrawn: count }),
    )(withdrawn)
  })
}

const isSoBefore = (turn: Turn, state: RemediationState): boolean =>
  (turn === 'pause' && state === 'paused') ||
  (turn === 'resume' && (state === 'running' || state === 'approved')) ||
  (turn === 'cancel' && state === 'cancelled')

/** Why it cannot be done in a state; null: it can. */
const whyNot = (turn: Turn, state: RemediationState): string | null => {
  switch (state) {
    case 'planned':
      return `is not approved, so there is nothing to ${turn}`
    case 'cancelled':
    case 'completed':
      return `is ${state}`
    default:
      return null
  }
}
