import { FIRST_OF_KEY, isInAuditSample } from '../../domain/audit-sample.ts'
import type { StoredEvent } from '../../domain/event.ts'
import { instantOf } from '../../domain/time.ts'
import type { Agent, PlannedStep } from '../agent.ts'
import { end, MINUTE } from '../calendar.ts'
import { lineOf } from '../line.ts'
import { mix32, randomFrom } from '../random.ts'
import { services } from '../services/directory.ts'
import type { GroundTruth } from '../truth.ts'

/** How often a right decision is called wrong, and a wrong one right, of a thousand. */
const FALSE_ALARMS = 30
const MISSED = 100

type Decision = StoredEvent<'account.deactivated.v1' | 'content.removed.v1'>

/**
 * Audits decisions of machines as `redress audit list` names them: of each new rule and version, as a version of a detector
 * feeds it, the first one of each of the first 20 accounts, then 2 %. It answers within 10 to 60 minutes and errs at times; of what only a person can settle it
 * is not sure.
 */
export const auditReviewer = ({
  seed,
  wrongful,
  review,
}: Pick<GroundTruth, 'seed' | 'wrongful' | 'review'>): Agent => {
  const wrong = new Set(wrongful)
  const unclear = new Set(review)
  // What it remembers is added to, not copied: an agent is asked once.
  const keys = new Map<string, string>()
  const accounts = new Map<string, Set<string>>()

  const remember = ({ subject, data }: StoredEvent<'flag.raised.v1'>): void => {
    const { flagId, rule, ruleset, detector } = data
    if (rule === undefined || ruleset === undefined) return
    const key = [ruleset.id, ruleset.version, rule.id, detector.id, detector.version].join(' ')
    keys.set(`${subject} ${flagId}`, key)
  }

  const isDue = ({ subject, data: { decisionId, grounds } }: Decision): boolean => {
    const about = new Set(grounds.flatMap((flagId) => keys.get(`${subject} ${flagId}`) ?? []))
    let isNew = false
    for (const key of about) {
      const had = accounts.get(key) ?? new Set()
      accounts.set(key, had)
      if (had.size === FIRST_OF_KEY || had.has(subject)) continue
      had.add(subject)
      isNew = true
    }
    return isNew || isInAuditSample(decisionId)
  }

  const verdictOn = ({ subject, recordedat, data: { decisionId } }: Decision): PlannedStep => {
    const random = randomFrom(seed, saltOf(decisionId))
    const at = instantOf(recordedat) + random.between(10 * MINUTE, 60 * MINUTE)
    const errs = random.chance(wrong.has(decisionId) ? MISSED : FALSE_ALARMS)
    const verdict = wrong.has(decisionId) !== errs ? 'wrong' : unclear.has(decisionId) ? 'unsure' : 'right'
    const line = lineOf({
      ...{ id: `audit-${decisionId}`, service: services.audits, type: 'decision.audited.v1', subject, at },
      data: { decisionId, verdict, reviewer: { kind: 'human', id: `auditor-${random.between(1, 6)}` } },
    })
    return { kind: 'send', at, line }
  }

  const look: Agent = ({ recorded }) => {
    for (const event of recorded) if (event.type === 'flag.raised.v1') remember(event)
    const due = recorded.filter(isMachines).filter(isDue)
    return { plans: due.map(verdictOn).filter(({ at }) => at <= end), next: look }
  }
  return look
}

const isMachines = (event: StoredEvent): event is Decision =>
  (event.type === 'account.deactivated.v1' || event.type === 'content.removed.v1') &&
  event.data.decidedBy.kind !== 'human'

/** So that a verdict does not depend on which others there are. */
const saltOf = (text: string): number => {
  let salt = 0
  for (let i = 0; i < text.length; i++) salt = mix32(salt ^ text.charCodeAt(i))
  return salt
}
