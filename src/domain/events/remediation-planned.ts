import { countOf } from '../../foundation/text/count-of.ts'
import { grouped } from '../../foundation/text/grouped.ts'
import { closed, listOf } from '../codec.ts'
import { defineEvent } from '../definition/event-definition.ts'
import { shortHash } from '../definition/story.ts'
import { Line, Sha256 } from '../ids.ts'
import { Count } from '../parts.ts'
import { remediation, remediationCommon } from './remediation-parts.ts'

const counts = {
  accounts: Count,
  reinstate: Count,
  restore: Count,
  annul: Count,
  change: Count,
  flags: Count,
}

export const remediationPlanned = defineEvent({
  ...remediationCommon,
  type: 'remediation.planned.v1',
  since: 6,
  says: 'A remediation was planned: whom to put back, what else to reverse, in which order.',
  fields: {
    remediationId: 'The remediation.',
    planSha256: 'The SHA-256 of the plan, which is approved by it.',
    counts:
      'How many accounts get something back, how many decisions are reversed by which remedy, how many false flags that stand are voided, how many decisions are for a person, how many rows are left out on purpose, and how large the sample is.',
    waves: 'How many accounts are put back by the end of each wave.',
    exceptionsSha256: 'The SHA-256 of the list of what is left out on purpose; absent: nothing is.',
    by: 'Who planned it.',
  },
  incoming: null,
  documents: ['planSha256', 'correctionSha256', 'exceptionsSha256'],
  stored: closed(
    'remediation.planned',
    {
      ...remediation,
      digest: Sha256,
      correctionSha256: Sha256,
      sequence: Count,
      planSha256: Sha256,
      counts: closed('an object of counts', { ...counts, review: Count, excepted: Count, sample: Count }),
      waves: listOf(Count, 'a list of numbers of accounts'),
      by: Line,
    },
    { exceptionsSha256: Sha256 },
  ),
  columns: {
    remediationId: 'the remediation',
    correctionSha256: 'the hash of what a replay corrected',
    sequence: { name: 'as_of_sequence' },
    digest: 'the digest of the result of a replay',
    planSha256: 'the hash of a plan',
    exceptionsSha256: 'the hash of what a plan leaves out on purpose',
    by: { name: 'by_whom' },
  },
  story: ({ data: { remediationId, planSha256, sequence, counts: planned, waves, by } }) => ({
    headline: `remediation ${remediationId} planned by ${by} as of sequence ${grouped(sequence)}, plan ${shortHash(planSha256)}`,
    details: [
      `${countOf(planned.accounts, 'account')} in ${countOf(waves.length, 'wave')}: ${grouped(planned.reinstate)} to reinstate, ` +
        `${grouped(planned.restore)} to restore, ${grouped(planned.annul)} to annul, ${grouped(planned.change)} to change, ` +
        `${countOf(planned.flags, 'flag')} to void`,
      `${countOf(planned.review, 'decision')} for a person; ${grouped(planned.excepted)} left out on purpose; ` +
        `${countOf(planned.sample, 'decision')} in the sample`,
    ],
  }),
  sample: {
    remediationId: 'i1-1',
    incidentId: 'i1',
    digest: 'cd'.repeat(32),
    correctionSha256: 'ab'.repeat(32),
    sequence: 41_000,
    planSha256: 'ef'.repeat(32),
    counts: {
      ...{ accounts: 311, reinstate: 275, restore: 616, annul: 93, change: 2, flags: 40, review: 144 },
      ...{ excepted: 3, sample: 300 },
    },
    waves: [10, 100, 311],
    exceptionsSha256: '12'.repeat(32),
    by: 'ana',
  },
})
