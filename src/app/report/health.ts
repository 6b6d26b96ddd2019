import * as E from '#fp/Either'
import { lastRecordedAt } from '../../ledger/clock.ts'
import type { Ledger } from '../../ledger/port.ts'
import { type ProjectionCursor, readProjectionCursor } from '../../projection/progress.ts'
import { isOfLedger } from '../../projection/working-file.ts'
import { type Health, healthOf, type LedgerState } from '../../reports/health/health.ts'
import { countUnresolved, type LettersRefused } from '../dead-letters/count.ts'
import { type AppError, failed } from '../error.ts'
import { readingPublished } from '../published.ts'
import { ledgerResult } from '../results.ts'
import { type LedgerPlace, readingLedger } from '../stores.ts'

export type HealthOptions = LedgerPlace & {
  /** The time of the report, in ms. */
  readonly asOf: number
  /** This machine's clock, in ms. */
  readonly now: number
}

/** The health of the projections, the ledger and the dead letters. */
export type HealthReport = Health & {
  /** Unresolved dead letters by reason; most first. */
  readonly deadLetters: ReadonlyArray<LettersRefused>
}

const MEMORY = '1GB'

/** Reports on how a platform's enforcement, and Redress itself, are doing. */
export const reportHealth = ({
  asOf,
  now,
  ...place
}: HealthOptions): Promise<E.Either<AppError, HealthReport>> =>
  readingPublished({ data: place.data, memory: MEMORY }, async (published) => {
    const cursor = await readProjectionCursor(published.connection)
    const state = await readingLedger({ ...place, acceptDamaged: true }, ({ ledger }) =>
      stateOf(ledger, cursor),
    )
    if (E.isLeft(state)) return state
    const health = await healthOf(published, state.right, { asOf, now })
    return E.map((deadLetters: HealthReport['deadLetters']) => ({ ...health, deadLetters }))(
      await countUnresolved(place.data, () => now),
    )
  })

/** The ledger's own state; fails if the projections were made from another ledger. */
const stateOf = async (
  ledger: Ledger,
  cursor: ProjectionCursor | null,
): Promise<E.Either<AppError, LedgerState>> => {
  const head = ledgerResult(await ledger.head())
  if (E.isLeft(head)) return head
  const last = ledgerResult(await lastRecordedAt(ledger))
  if (E.isLeft(last)) return last
  const damaged = ledgerResult(await ledger.damaged())
  if (E.isLeft(damaged)) return damaged
  const ours = ledgerResult(cursor === null ? E.right(true) : await isOfLedger(ledger, cursor))
  if (E.isLeft(ours)) return ours
  // Damaged streams change the count of events, and must be reported instead.
  if (!ours.right && damaged.right.length === 0) {
    return failed('the projections were made from another ledger; run redress project first')
  }
  return E.right({ head: head.right.sequence, lastRecorded: last.right, damaged: damaged.right })
}
