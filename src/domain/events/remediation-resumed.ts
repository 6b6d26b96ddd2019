import { remediationTurn } from './remediation-parts.ts'

export const remediationResumed = remediationTurn(
  'remediation.resumed.v1',
  'resumed',
  'A paused remediation goes on.',
)
