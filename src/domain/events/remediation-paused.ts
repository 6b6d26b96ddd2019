import { remediationTurn } from './remediation-parts.ts'

export const remediationPaused = remediationTurn(
  'remediation.paused.v1',
  'paused',
  'A remediation was paused: nothing more is asked for.',
)
