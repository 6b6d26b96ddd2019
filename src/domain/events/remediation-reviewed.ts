import type * as t from 'io-ts'
import { closed, oneOf, where } from '../codec.ts'
import { defineEvent } from '../definition/event-definition.ts'
import { DecisionId, Line } from '../ids.ts'
import { Restriction } from '../parts.ts'
import { remediation, remediationCommon } from './remediation-parts.ts'

/** How a person settles a decision that a replay could not: it is reversed, kept, or made milder. */
export const Resolution = oneOf('put_back', 'keep', 'change')
type Resolution = t.TypeOf<typeof Resolution>

const said = { put_back: 'it is reversed', keep: 'it is kept', change: 'it becomes' } as const

/** Narrows a codec: what a decision becomes is given exactly if it is changed. */
export const restrictedForChange = <
  A extends { readonly resolution: Resolution; readonly restriction?: t.TypeOf<typeof Restriction> },
>(
  codec: t.Type<A>,
): t.Type<A> =>
  where(
    codec,
    'a restriction exactly for a change',
    ({ resolution, restriction }) => (resolution === 'change') === (restriction !== undefined),
    {
      oneOf: [
        { properties: { resolution: { const: 'change' }, restriction: {} }, required: ['restriction'] },
        { properties: { resolution: { enum: ['put_back', 'keep'] } }, not: { required: ['restriction'] } },
      ],
    },
  )

export const remediationReviewed = defineEvent({
  ...remediationCommon,
  type: 'remediation.reviewed.v1',
  since: 6,
  says: 'A person settled a decision that no replay could; the next plan does so.',
  fields: {
    resolution: 'Whether the decision is reversed, kept or changed.',
    restriction: 'What it becomes; exactly for a change.',
    by: 'Who settled it.',
  },
  incoming: null,
  stored: restrictedForChange(
    closed(
      'remediation.reviewed',
      { ...remediation, decisionId: DecisionId, resolution: Resolution, by: Line },
      { restriction: Restriction },
    ),
  ),
  columns: { resolution: 'how a person settled a decision that no replay could', by: { name: 'by_whom' } },
  story: ({ data: { remediationId, decisionId, resolution, restriction, by } }) => ({
    headline:
      `remediation ${remediationId}: ${by} settled decision ${decisionId}: ${said[resolution]}` +
      (restriction === undefined ? '' : ` ${restriction}`),
    details: [],
  }),
  sample: {
    remediationId: 'i1-1',
    incidentId: 'i1',
    decisionId: 'd1',
    resolution: 'change',
    restriction: 'suspended',
    by: 'ben',
  },
})
