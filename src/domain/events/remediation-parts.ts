import { Id } from '../ids.ts'
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
