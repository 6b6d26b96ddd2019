import * as E from '#fp/Either'
import type { OwnEvent, StoredEvent } from '../../domain/event.ts'
import { instantOf } from '../../domain/time.ts'
import type { LedgerError, SequencedEvent } from '../../ledger/port.ts'
import type { DecodedEvent } from '../../ledger/read.ts'
import type { Ruleset } from '../../rulesets/ruleset.ts'
import type { AlarmState } from '../alarm/alarms.ts'
import { alarmsOn } from '../alarm/over-ledger.ts'
import { defaultParameters, parametersDocument } from '../alarm/parameters.ts'
import type { FoldedLedger } from '../history.ts'
import { type OpenIncident, openIncidents } from '../incidents.ts'
import { raisedByAlarm, raisedByWire } from '../raised.ts'
import { tripwiresOn } from '../tripwires/over-ledger.ts'
import type { TripwireState } from '../tripwires/tripwires.ts'
import { type SavedTold, toldAlarms } from './told.ts'

/** All that is remembered of a ledger up to a sequence, as JSON. */
export type WatchState = {
  readonly wires: TripwireState
  readonly alarms: AlarmState
  readonly incidents: ReadonlyArray<OpenIncident>
  readonly told: SavedTold
  /** The parameters in force; null: alarms were never configured. */
  readonly parametersSha256: string | null
}

/** What follows from an event. */
type Watched = {
  /** Alarms that it sounds, and wires that it sets off, in order. */
  readonly raised: ReadonlyArray<OwnEvent<'alarm.raised.v1'>>
  /** What is to be recorded of them: nothing before alarms were configured. Of an alarm, where it belongs. */
  readonly toRecord: ReadonlyArray<OwnEvent<'alarm.raised.v1' | 'incident.opened.v1' | 'incident.joined.v1'>>
  /** It is an alarm of which people are told. */
  readonly tell: StoredEvent<'alarm.raised.v1'> | null
}

/** Tripwires, alarms and incidents over the events of a ledger, which are given in order. */
export type LedgerWatch = {
  readonly take: (decoded: DecodedEvent<SequencedEvent>) => Promise<E.Either<LedgerError, Watched>>
  /** When something that is waited for is due, in ms; null: nothing is. */
  readonly nextDue: () => number | null
  readonly isConfigured: () => boolean
  readonly state: () => WatchState
}

/** Starts at the first event, or after the last one of a state, with the documents that it names. */
export const watchOn = (
  folded: FoldedLedger,
  saved?: WatchState,
  documents?: ReadonlyMap<string, Ruleset>,
): LedgerWatch => {
  const wires = tripwiresOn(folded, saved?.wires)
  const alarms = alarmsOn(folded, saved?.alarms, documents)
  const incidents = openIncidents(saved?.incidents)
  const told = toldAlarms(saved?.told)
  let parametersSha256 = saved?.parametersSha256 ?? null

  return {
    take: async (decoded) => {
      const { event } = decoded
      // What it makes due is recorded already, and by its parameters.
      if (event.type === 'alarm.configured.v1') parametersSha256 = event.data.parametersSha256
      const tripped = await wires.take(decoded)
      if (E.isLeft(tripped)) return tripped
      const sounded = await alarms.take(decoded)
      if (E.isLeft(sounded)) return sounded
      const known = {
        recordedAt: instantOf(event.recordedat),
        parametersSha256: parametersSha256 ?? parametersDocument(defaultParameters).sha256,
      }
      const raised = [
        ...tripped.right.map((wire) => raisedByWire(wire, known)),
        ...sounded.right.map((alarm) => raisedByAlarm(alarm, known)),
      ]
      const placed = incidents.take(event)
      const toRecord = [...(parametersSha256 === null ? [] : raised), ...(placed === null ? [] : [placed])]
      const tell = event.type === 'alarm.raised.v1' && told.tells(event) ? event : null
      return E.right({ raised, toRecord, tell })
    },
    nextDue: () => earliest(wires.nextDue(), alarms.nextDue()),
    isConfigured: () => parametersSha256 !== null,
    state: () => ({
      wires: wires.state(),
      alarms: alarms.state(),
      incidents: incidents.state(),
      told: told.saved(),
      parametersSha256,
    }),
  }
}

const earliest = (a: number | null, b: number | null): number | null => {
  if (a === null) return b
  return b === null ? a : Math.min(a, b)
}
