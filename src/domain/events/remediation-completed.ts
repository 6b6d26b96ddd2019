import { remediationTurn } from './remediation-parts.ts'

export const remediationCompleted = remediationTurn(
  'remediation.completed.v1',
  'completed',
  'A remediation was carried out, as far as it can be.',
)
