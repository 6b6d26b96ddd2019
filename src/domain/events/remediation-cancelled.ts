import { remediationTurn } from './remediation-parts.ts'

export const remediationCancelled = remediationTurn(
  'remediation.cancelled.v1',
  'cancelled',
  'A remediation was ended early: what is open is withdrawn.',
)
