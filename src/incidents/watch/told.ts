import type { StoredEvent } from '../../domain/event.ts'
import { instantOf } from '../../domain/time.ts'

/** First alarms of which people were told, by id: when it was recorded (ms), and how many accounts were named last. */
export type SavedTold = ReadonlyArray<
  readonly [alarmId: string, told: { readonly at: number; readonly accounts: number }]
>

/** Of which alarms people are told: of a first one, and of a repeat when the accounts have doubled. */
export type Told = {
  /** Takes the next alarm of the ledger; whether people are told of it. */
  readonly tells: (alarm: StoredEvent<'alarm.raised.v1'>) => boolean
  readonly saved: () => SavedTold
}

/** An alarm is a repeat only within 24 hours of the first one. */
const REMEMBERED = 2 * 86_400_000

export const toldAlarms = (saved: SavedTold = []): Told => {
  const told = new Map(saved)
  return {
    tells: ({ recordedat, data: { alarmId, repeats, accounts } }) => {
      const at = instantOf(recordedat)
      for (const [id, one] of told) if (one.at < at - REMEMBERED) told.delete(id)
      const first = repeats === undefined ? undefined : told.get(repeats)
      if (first !== undefined && accounts < 2 * first.accounts) return false
      told.set(repeats ?? alarmId, { at: first?.at ?? at, accounts })
      return true
    },
    saved: () => [...told],
  }
}
