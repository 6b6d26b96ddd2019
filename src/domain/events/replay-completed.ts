import { countOf } from '../../foundation/text/count-of.ts'
import { grouped } from '../../foundation/text/grouped.ts'
import { closed } from '../codec.ts'
import { defineEvent } from '../definition/event-definition.ts'
import { shortHash } from '../definition/story.ts'
import { Id, Line, Sha256 } from '../ids.ts'
import { Count } from '../parts.ts'
import { incidentSubject } from './incident-parts.ts'

export const replayCompleted = defineEvent({
  type: 'replay.completed.v1',
  since: 5,
  says: 'History was replayed for an incident: what was corrected, and the digest of what came out.',
  fields: {
    correctionSha256: 'The SHA-256 of the correction document; without one, of the corrected ruleset.',
    sequence: 'The sequence up to which the ledger was read.',
    digest: 'The digest of the result: whoever replays the same gets the same.',
    counts:
      'How many decisions were judged and how many of them are wrongful, how many accounts and pieces of content are to be put back, and how many decisions are for a person.',
    by: 'Who replayed it.',
  },
  incoming: null,
  stored: closed('replay.completed', {
    incidentId: Id,
    correctionSha256: Sha256,
    sequence: Count,
    digest: Sha256,
    counts: closed('an object of counts', {
      decisions: Count,
      wrongful: Count,
      accounts: Count,
      contents: Count,
      review: Count,
    }),
    by: Line,
  }),
  rank: 14,
  stream: 'incident',
  onlyInforms: true,
  subject: incidentSubject,
  names: null,
  columns: {
    correctionSha256: 'the hash of what a replay corrected',
    sequence: { name: 'as_of_sequence' },
    digest: 'the digest of the result of a replay',
    by: { name: 'by_whom' },
  },
  story: ({ data: { by, sequence, digest, counts } }) => ({
    headline: `replayed by ${by} up to sequence ${grouped(sequence)}, digest ${shortHash(digest)}`,
    details: [
      `${grouped(counts.wrongful)} of ${countOf(counts.decisions, 'decision')} wrongful`,
      `to reinstate: ${countOf(counts.accounts, 'account')}; to restore: ${countOf(counts.contents, 'piece')} of content; ` +
        `for human review: ${countOf(counts.review, 'decision')}`,
    ],
  }),
  sample: {
    incidentId: 'i1',
    correctionSha256: 'ab'.repeat(32),
    sequence: 41_000,
    digest: 'cd'.repeat(32),
    counts: { decisions: 2_399, wrongful: 984, accounts: 275, contents: 616, review: 144 },
    by: 'ana',
  },
})
