import { incidentOf } from '../src/domain/incident.ts'
import {
  type Remediation,
  type RemediationState,
  sampleState,
  stateOfRemediation,
} from '../src/domain/remediation.ts'
import { eachOf } from '../src/foundation/each-of.ts'
import { sqlEnum } from '../src/foundation/sql.ts'
import { incidentProjection } from './projection.ts'

/** The plans of each incident and how far each is, times being those of recording. */
export const remediations = incidentProjection({
  name: 'remediations',
  version: 2,
  about: 'Each remediation: its plan, what people said of its sample, its approval, and how far it is',
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
    state: {
      type: sqlEnum(
        eachOf<RemediationState>({
          ...{ planned: true, approved: true, running: true, paused: true, cancelled: true, completed: true },
        }),
      ),
      about: 'how far it is',
    },
    approved_at: { type: 'TIMESTAMP', about: 'when it was approved; null: it is not' },
    approved_by: { type: 'VARCHAR', about: 'who approved it' },
    authenticated: { type: 'BOOLEAN', about: 'whether it is known who approved it, or only typed' },
    tolerance: { type: 'BIGINT', about: 'how many disagreements the approver accepts' },
    reason: { type: 'VARCHAR', about: 'why they accept them' },
    waves_started: { type: 'BIGINT', about: 'the waves that were started' },
    last_wave_at: { type: 'TIMESTAMP', about: 'when the last of these was started' },
    paused_at: { type: 'TIMESTAMP', about: 'since when it is paused; null: it is not' },
    paused_by: { type: 'VARCHAR', about: 'who paused it' },
    pause_reason: { type: 'VARCHAR', about: 'why' },
    ended_at: { type: 'TIMESTAMP', about: 'when it was cancelled or completed; null: it was not' },
    ended_by: { type: 'VARCHAR', about: 'who ended it' },
    end_reason: { type: 'VARCHAR', about: 'why' },
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
      state: stateOfRemediation(remediation),
      ...approvalOf(remediation),
      ...progressOf(remediation),
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

const progressOf = ({ waves, paused, ended }: Remediation) => ({
  waves_started: waves.length,
  last_wave_at: waves.at(-1)?.recordedat ?? null,
  paused_at: paused?.recordedat ?? null,
  paused_by: paused?.data.by ?? null,
  pause_reason: paused?.data.reason ?? null,
  ended_at: ended?.recordedat ?? null,
  ended_by: ended?.data.by ?? null,
  end_reason: ended?.data.reason ?? null,
})
