import { REHEARSAL } from '../../ingest/accept/without-rehearsal.ts'
import { droppedExtensions, type IngestTally } from './tally.ts'

/** A tally as JSON. */
export const tallyJson = (tally: IngestTally): Readonly<Record<string, unknown>> => ({
  accepted: tally.accepted,
  duplicate: tally.duplicate,
  rejected: tally.rejected,
  reasons: Object.fromEntries(tally.reasons),
  droppedExtensions: Object.fromEntries(droppedExtensions(tally)),
  rehearsalsRemoved: tally.dropped.get(REHEARSAL) ?? 0,
  damagedStreams: [...new Map([...tally.reopened, ...tally.damaged]).values()],
  deadLettersResolved: tally.resolved,
  firstRejections: tally.firstRefused.map(({ origin, rejection }) => ({ origin, ...rejection })),
})
