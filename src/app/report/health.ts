import * as E from '#fp/Either'
import { holdsOf } from '../../domain/hold.ts'
import { type CompilePublished, tripwiresOfDay } from '../../incidents/tripwires/over-columns.ts'
import type { TrippedWire } from '../../incidents/tripwires/tripwire.ts'
import { lastRecordedAt } from '../../ledger/clock.ts'
import { compileDocuments } from '../../ledger/documents.ts'
import { readHoldEvents } from '../../ledger/holds.ts'
import type { Ledger } from '../../ledger/port.ts'
import { type ProjectionCursor, readProjectionCursor } from '../../projection/progress.ts'
import { isOfLedger } from '../../projection/working-file.ts'
import { type Health, healthOf, type LedgerState } from '../../reports/health/health.ts'
import { countUnresolved, type LettersRefused } from '../dead-letters/count.ts'
import { type AppError, failed } from '../error.ts'
import { readingPublished } from '../published.ts'
import { ledgerResult } from '../results.ts'
import { type LedgerPlace, readingLedger } from '../stores.ts'
import { type DispatchLag, dispatchLag } from './dispatch-lag.ts'
import { type WatchLag, watchLag } from './watch-lag.ts'

export type HealthOptions = LedgerPlace & {
  /** The time of the report, in ms. */
  readonly asOf: number
  /** This machine's clock, in ms. */
  readonly now: number
}

/** The health of the projections, the ledger and the dead letters. */
export type HealthReport = Health & {
  /** Those of the last 24 hours of the ledger's clock, as far as the projections go. */
  readonly tripped: ReadonlyArray<TrippedWire>
  /** Null: nobody watches this ledger, as far as the data folder tells. */
  readonly watch: WatchLag | null
  /** Null: there are no requests to services, as far as the projections go. */
  readonly dispatch: DispatchLag | null
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
    const read = await readingLedger({ ...place, acceptDamaged: true }, async ({ ledger, vault }) => {
      const state = await stateOf(ledger, cursor)
      if (E.isLeft(state)) return state
      const compile: CompilePublished = (hashes) => compileDocuments(vault, hashes)
      const tripped = ledgerResult(await tripwiresOfDay(published.connection, compile, asOf))
      if (E.isLeft(tripped)) return tripped
      const watch = await watchLag(ledger, place.data, state.right)
      if (E.isLeft(watch)) return watch
      const { connection } = published
      const dispatch = await dispatchLag(ledger, { data: place.data, connection }, state.right.lastRecorded)
      if (E.isLeft(dispatch)) return dispatch
      return E.right({
        ...{ state: state.right, tripped: tripped.right },
        ...{ watch: watch.right, dispatch: dispatch.right },
      })
    })
    if (E.isLeft(read)) return read
    const { state, ...seen } = read.right
    const health = await healthOf(published, state, { asOf, now })
    return E.map((deadLetters: HealthReport['deadLetters']) => ({ ...health, ...seen, deadLetters }))(
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
  const holds = ledgerResult(await readHoldEvents(ledger))
  if (E.isLeft(holds)) return holds
  const ours = ledgerResult(cursor === null ? E.right(true) : await isOfLedger(ledger, cursor))
  if (E.isLeft(ours)) return ours
  // Damaged streams change the count of events, and must be reported instead.
  if (!ours.right && damaged.right.length === 0) {
    return failed('the projections were made from another ledger; run redress project first')
  }
  return E.right({
    head: head.right.sequence,
    lastRecorded: last.right,
    damaged: damaged.right,
    holds: holdsOf(holds.right),
  })
}
