import type { Hold } from '../../domain/hold.ts'
import type { DamagedStream } from '../../ledger/damaged-stream.ts'
import type { Published } from '../../projection/published.ts'
import { type ClockState, clockState } from './clock.ts'
import { type ContradictedFlags, contradictedFlags } from './contradicted-flags.ts'
import { type StandingHold, standingHolds } from './holds.ts'
import { type Lag, lagOf } from './lag.ts'
import { type OverturnSpike, overturnSpikes } from './overturn-spikes.ts'
import { type RulePrecision, rulePrecision } from './precision.ts'
import { type StoppedProjection, stoppedOf } from './stopped-projections.ts'
import { type WaitingAppeals, waitingAppeals } from './waiting-appeals.ts'

/** The state of a platform's enforcement, and of Redress itself. */
export type Health = {
  /** In ms. */
  readonly asOf: number
  readonly spikes: ReadonlyArray<OverturnSpike>
  readonly appeals: WaitingAppeals
  readonly holds: ReadonlyArray<StandingHold>
  readonly precision: ReadonlyArray<RulePrecision>
  readonly contradicted: ContradictedFlags
  readonly lag: Lag
  readonly clock: ClockState
  readonly stopped: ReadonlyArray<StoppedProjection>
  /** Streams that were deleted or truncated in the cluster, as far as the ledger has noticed. */
  readonly damaged: ReadonlyArray<DamagedStream>
}

/** What the ledger reports about itself. */
export type LedgerState = {
  /** The sequence of its last event; 0: it has none. */
  readonly head: number
  /** When it recorded that event, in ms; null: it has none. */
  readonly lastRecorded: number | null
  readonly damaged: ReadonlyArray<DamagedStream>
  /** Its holds, those included that were lifted. */
  readonly holds: ReadonlyArray<Hold>
}

/** The state at an instant (`asOf`), from the published projections and the ledger; `now` is the clock's time. In ms. */
export const healthOf = async (
  { connection, standing }: Pick<Published, 'connection' | 'standing'>,
  { head, lastRecorded, damaged, holds }: LedgerState,
  { asOf, now }: { readonly asOf: number; readonly now: number },
): Promise<Health> => ({
  asOf,
  spikes: await overturnSpikes(connection, asOf),
  appeals: await waitingAppeals(connection, asOf),
  holds: await standingHolds(connection, holds, asOf),
  precision: await rulePrecision(connection, asOf),
  contradicted: await contradictedFlags(connection, asOf),
  lag: lagOf(standing, head),
  // Compared with the current time, whatever time the rest is about.
  clock: clockState(now, lastRecorded),
  stopped: stoppedOf(standing),
  damaged,
})
