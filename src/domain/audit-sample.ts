import { createHash } from 'node:crypto'
import type { StoredEvent } from './event.ts'
import { instantOf } from './time.ts'

/**
 * Of how many accounts the first decision of a new key is audited, whatever its id. Accounts, not decisions: two removals and a ban
 * of one account say no more than one of them.
 */
export const FIRST_OF_KEY = 20

/** Of a SHA-256 in hexadecimal: below it lie 2 % of all. */
export const AUDITED_BELOW = '051eb852'

/**
 * Whether a decision is one of the 2 % that are audited whatever they are about, by the SHA-256 of its id: nobody chooses, and
 * everybody gets the same. Only from these can be told how often a rule is right: other audits look where a fault is suspected.
 */
export const isInAuditSample = (decisionId: string): boolean =>
  createHash('sha256').update(decisionId).digest('hex') < AUDITED_BELOW

/** The first verdict recorded on each decision of the sample that is not `unsure`, by its id; the events are an account's. */
export const sampleVerdicts = (
  events: ReadonlyArray<StoredEvent>,
): ReadonlyMap<string, 'right' | 'wrong'> => {
  const audits = events.flatMap((event) =>
    event.type === 'decision.audited.v1' && isInAuditSample(event.data.decisionId) ? [event] : [],
  )
  const verdicts = new Map<string, 'right' | 'wrong'>()
  for (const { data } of audits.sort((a, b) => instantOf(a.recordedat) - instantOf(b.recordedat))) {
    if (data.verdict === 'unsure' || verdicts.has(data.decisionId)) continue
    verdicts.set(data.decisionId, data.verdict)
  }
  return verdicts
}
