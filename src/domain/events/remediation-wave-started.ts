import { countOf } from '../../foundation/text/count-of.ts'
import { grouped } from '../../foundation/text/grouped.ts'
import { closed } from '../codec.ts'
import { defineEvent } from '../definition/event-definition.ts'
import { Line, Sha256 } from '../ids.ts'
import { Count } from '../parts.ts'
import { remediation, remediationCommon } from './remediation-parts.ts'

export const remediationWaveStarted = defineEvent({
  ...remediationCommon,
  type: 'remediation.wave_started.v1',
  since: 6,
  says: 'A wave of a remediation was judged again, and what remains of it is asked for.',
  fields: {
    wave: 'The wave, from 1.',
    sequence: 'The sequence up to which the ledger was read.',
    rowsSha256: 'The SHA-256 of the list of what is asked for, what was settled elsewhere, and what is kept.',
    counts:
      'How many accounts the wave has, how many requests are sent, how many rows were settled elsewhere, and how many are kept for another plan.',
    by: 'Who carries out the plan.',
  },
  incoming: null,
  stored: closed('remediation.wave_started', {
    ...remediation,
    wave: Count,
    sequence: Count,
    rowsSha256: Sha256,
    counts: closed('an object of counts', {
      accounts: Count,
      requests: Count,
      settledElsewhere: Count,
      kept: Count,
    }),
    by: Line,
  }),
  documents: ['rowsSha256'],
  columns: {
    sequence: { name: 'as_of_sequence' },
    rowsSha256: 'the hash of what a wave asks for',
    by: { name: 'by_whom' },
  },
  story: ({ data: { remediationId, wave, sequence, counts, by } }) => ({
    headline: `remediation ${remediationId}: wave ${grouped(wave)} started by ${by} as of sequence ${grouped(sequence)}`,
    details: [
      `${countOf(counts.requests, 'request')} for ${countOf(counts.accounts, 'account')}; ` +
        `${countOf(counts.settledElsewhere, 'row')} settled elsewhere, ${grouped(counts.kept)} kept for another plan`,
    ],
  }),
  sample: {
    remediationId: 'i1-1',
    incidentId: 'i1',
    wave: 2,
    sequence: 42_000,
    rowsSha256: '34'.repeat(32),
    counts: { accounts: 90, requests: 130, settledElsewhere: 2, kept: 1 },
    by: 'dan',
  },
})
