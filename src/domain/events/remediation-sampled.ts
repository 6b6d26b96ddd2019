import type * as t from 'io-ts'
import { closed, oneOf } from '../codec.ts'
import { defineEvent } from '../definition/event-definition.ts'
import { DecisionId, Line } from '../ids.ts'
import { remediation, remediationCommon } from './remediation-parts.ts'

/** What a person says of a planned reversal that was drawn into the sample. */
export const SampleVerdict = oneOf('agree', 'disagree', 'unsure')
export type SampleVerdict = t.TypeOf<typeof SampleVerdict>

const said = {
  agree: 'it is to be reversed',
  disagree: 'it is not to be reversed',
  unsure: 'unsure whether it is to be reversed',
} as const

export const remediationSampled = defineEvent({
  ...remediationCommon,
  type: 'remediation.sampled.v1',
  since: 6,
  says: 'A person judged a planned reversal of the sample.',
  fields: { verdict: 'Whether the decision is to be reversed.', by: 'Who judged it.' },
  incoming: null,
  stored: closed('remediation.sampled', {
    ...remediation,
    decisionId: DecisionId,
    verdict: SampleVerdict,
    by: Line,
  }),
  // An audit's verdict has words of its own.
  columns: {
    verdict: { about: 'what an audit, or a person who judges a sample, says of a decision', kind: 'text' },
    by: { name: 'by_whom' },
  },
  story: ({ data: { remediationId, decisionId, verdict, by } }) => ({
    headline: `remediation ${remediationId}: ${by} judged decision ${decisionId}: ${said[verdict]}`,
    details: [],
  }),
  sample: { remediationId: 'i1-1', incidentId: 'i1', decisionId: 'd1', verdict: 'agree', by: 'ben' },
})
