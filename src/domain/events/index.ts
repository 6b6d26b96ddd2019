import { withoutClash } from '../definition/clash.ts'
import { accountDeactivated } from './account-deactivated.ts'
import { accountReinstated } from './account-reinstated.ts'
import { alarmConfigured } from './alarm-configured.ts'
import { alarmRaised } from './alarm-raised.ts'
import { appealDecided } from './appeal-decided.ts'
import { appealFiled } from './appeal-filed.ts'
import { clockTicked } from './clock-ticked.ts'
import { contentEvaluated } from './content-evaluated.ts'
import { contentRemoved } from './content-removed.ts'
import { contentRestored } from './content-restored.ts'
import { decisionAudited } from './decision-audited.ts'
import { decisionChanged } from './decision-changed.ts'
import { flagDismissed } from './flag-dismissed.ts'
import { flagRaised } from './flag-raised.ts'
import { flagRescored } from './flag-rescored.ts'
import { holdLifted } from './hold-lifted.ts'
import { holdRequested } from './hold-requested.ts'
import { incidentClosed } from './incident-closed.ts'
import { incidentJoined } from './incident-joined.ts'
import { incidentNoted } from './incident-noted.ts'
import { incidentOpened } from './incident-opened.ts'
import { noticeReceived } from './notice-received.ts'
import { noticeSent } from './notice-sent.ts'
import { orderReceived } from './order-received.ts'
import { reinstatementDeclined } from './reinstatement-declined.ts'
import { reinstatementRequested } from './reinstatement-requested.ts'
import { reinstatementWithdrawn } from './reinstatement-withdrawn.ts'
import { remediationApproved } from './remediation-approved.ts'
import { remediationCancelled } from './remediation-cancelled.ts'
import { remediationCompleted } from './remediation-completed.ts'
import { remediationPaused } from './remediation-paused.ts'
import { remediationPlanned } from './remediation-planned.ts'
import { remediationResumed } from './remediation-resumed.ts'
import { remediationReviewed } from './remediation-reviewed.ts'
import { remediationSampled } from './remediation-sampled.ts'
import { remediationWaveStarted } from './remediation-wave-started.ts'
import { replayCompleted } from './replay-completed.ts'
import { rulesetPublished } from './ruleset-published.ts'

/** Every type of event. SQL lists them in this order, so a new one comes last. */
export const definitions = withoutClash([
  flagRaised,
  flagDismissed,
  contentEvaluated,
  contentRemoved,
  accountDeactivated,
  decisionChanged,
  contentRestored,
  accountReinstated,
  noticeReceived,
  orderReceived,
  noticeSent,
  appealFiled,
  appealDecided,
  rulesetPublished,
  flagRescored,
  clockTicked,
  decisionAudited,
  alarmRaised,
  alarmConfigured,
  incidentOpened,
  incidentJoined,
  holdRequested,
  holdLifted,
  incidentNoted,
  incidentClosed,
  replayCompleted,
  remediationPlanned,
  remediationSampled,
  remediationReviewed,
  remediationApproved,
  reinstatementDeclined,
  reinstatementRequested,
  reinstatementWithdrawn,
  remediationWaveStarted,
  remediationPaused,
  remediationResumed,
  remediationCancelled,
  remediationCompleted,
])
