import type { OwnEvent } from './event.ts'
import type { AccountId, Id, Source } from './ids.ts'
import { formatInstant } from './time.ts'

/**
 * The event that lets time go by after the last event of a ledger. Its id is derived from what it says, so that whoever
 * appends it appends it once. `recordedAt`: when that event was recorded, in ms since the epoch.
 */
export const clockTick = ({
  sequence,
  recordedAt,
}: {
  readonly sequence: number
  readonly recordedAt: number
}): OwnEvent<'clock.ticked.v1'> => ({
  specversion: '1.0',
  // Casts: these texts have the forms of an id, a URI reference and a subject.
  id: `clock-${sequence}` as Id,
  source: '/redress' as Source,
  type: 'clock.ticked.v1',
  subject: 'clock' as AccountId,
  time: formatInstant(recordedAt),
  data: { sequence },
})
