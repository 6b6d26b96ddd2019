import { grouped } from '../../foundation/text/grouped.ts'
import { closed } from '../codec.ts'
import { defineEvent } from '../definition/event-definition.ts'
import { Id, Line } from '../ids.ts'
import { Count } from '../parts.ts'
import { incidentSubject } from './incident-parts.ts'

/** What all acts on a remediation have in common: they are in the stream of its incident. */
export const remediation = { remediationId: Id, incidentId: Id }

export const remediationCommon = {
  rank: 14,
  stream: 'incident',
  onlyInforms: true,
  subject: incidentSubject,
  names: null,
} as const

/** Defines an act that changes whether a remediation goes on; `done` says what was done. */
export const remediationTurn = <const T extends string>(type: T, done: string, says: string) =>
  defineEvent({
    ...remediationCommon,
    type,
    since: 6,
    says,
    fields: {
      wave: 'The last wave that was started; absent: none was.',
      reason: 'Why. Put no personal data here: it is never sealed.',
      by: 'Who did it.',
    },
    incoming: null,
    stored: closed(`remediation.${done}`, { ...remediation, by: Line }, { wave: Count, reason: Line }),
    columns: { reason: { kind: 'text' }, by: { name: 'by_whom' } },
    story: ({ data: { remediationId, wave, reason, by } }) => ({
      headline: `remediation ${remediationId} ${done} by ${by}${wave === undefined ? '' : ` in wave ${grouped(wave)}`}`,
      details: reason === undefined ? [] : [`reason: ${reason}`],
    }),
    sample: {
      remediationId: 'i1-1',
      incidentId: 'i1',
      wave: 2,
      reason: 'people are banned again',
      by: 'dan',
    },
  })
