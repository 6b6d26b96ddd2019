import { incidentOf } from '../src/domain/incident.ts'
import { type Remediation, sampleState } from '../src/domain/remediation.ts'
import { incidentProjection } from './projection.ts'

/** The plans of each incident and how far each is, times being those of recording. */
export const remediations = incidentProjection({
  name: 'remediations',
  version: 1,
  about: 'Each remediation: its plan, what people said of its sample, and its approval',
  columns: {
    incident_id: { type: 'VARCHAR', about: 'the incident' },
    remediation_id: { type: 'VARCHAR', about: 'the remediation' },
    planned_at: { type: 'TIMESTAMP', about: 'when it was planned' },
    planned_by: { type: 'VARCHAR', about: 'who planned it' },
    as_of_sequence: { type: 'BIGINT', about: 'the sequence up to which the ledger was read for the plan' },
    digest: { type: 'VARCHAR', about: 'the digest of the replay that it was planned from' },
    correction_sha256: { type: 'VARCHAR', about: 'the hash of what that replay corrected' },
    plan_sha256: { type: 'VARCHAR', about: 'the hash of the plan' },
    accounts: { type: 'BIGINT', about: 'accounts that get something back' },
    reinstate: { type: 'BIGINT', about: 'decisions to reverse so that an account is back' },
    restore: { type: 'BIGINT', about: 'decisions to reverse so that content is back' },
    annul: { type: 'BIGINT', about: 'decisions to reverse although another one still holds' },
    change: { type: 'BIGINT', about: 'decisions to make milder' },
    flags: { type: 'BIGINT', about: 'false flags to void that no decision above voids' },
    review: { type: 'BIGINT', about: 'decisions that are for a person' },
    excepted: { type: 'BIGINT', about: 'what is left out on purpose' },
    exceptions_sha256: { type: 'VARCHAR', about: 'the hash of the list of that; null: nothing is left out' },
    waves: { type: 'BIGINT[]', about: 'how many accounts are put back by the end of each wave' },
    sample_size: { type: 'BIGINT', about: 'the decisions in the sample' },
    sample_settled: { type: 'BIGINT', about: 'those of which people have said enough' },
    verdicts: { type: 'BIGINT', about: 'the verdicts that count' },
    disagreements: { type: 'BIGINT', about: 'settled decisions that are not to be reversed, or may not be' },
    reviewed: { type: 'BIGINT', about: 'decisions for a person that people have settled' },
    approved_at: { type: 'TIMESTAMP', about: 'when it was approved; null: it is not' },
    approved_by: { type: 'VARCHAR', about: 'who approved it' },
    authenticated: { type: 'BOOLEAN', about: 'whether it is known who approved it, or only typed' },
    tolerance: { type: 'BIGINT', about: 'how many disagreements the approver accepts' },
    reason: { type: 'VARCHAR', about: 'why they accept them' },
  },
  fold: (events) => {
    const incident = incidentOf(events)
    if (incident === null) return []
    return incident.remediations.map((remediation) => ({
      incident_id: incident.incidentId,
      remediation_id: remediation.remediationId,
      ...planOf(remediation),
      ...sampleOf(remediation),
      reviewed: remediation.reviewed.size,
      ...approvalOf(remediation),
    }))
  },
  views: [],
})

const planOf = ({ planned: { recordedat, data } }: Remediation) => {
  const { sample: _, ...counts } = data.counts
  return {
    planned_at: recordedat,
    planned_by: data.by,
    as_of_sequence: data.sequence,
    digest: data.digest,
    correction_sha256: data.correctionSha256,
    plan_sha256: data.planSha256,
    ...counts,
    exceptions_sha256: data.exceptionsSha256 ?? null,
    waves: data.waves,
  }
}

const sampleOf = (remediation: Remediation) => {
  const { size, settled, verdicts, disagreements } = sampleState(remediation)
  return { sample_size: size, sample_settled: settled, verdicts, disagreements }
}

const approvalOf = ({ approved }: Remediation) => ({
  approved_at: approved?.recordedat ?? null,
  approved_by: approved?.data.by ?? null,
  authenticated: approved?.data.authenticated ?? null,
  tolerance: approved?.data.tolerance ?? null,
  reason: approved?.data.reason ?? null,
})
