import { createHash } from 'node:crypto'

/** Of a SHA-256 in hexadecimal: below it lie 2 % of all. */
export const AUDITED_BELOW = '051eb852'

/**
 * Whether a decision is one of the 2 % that are audited whatever they are about, by the SHA-256 of its id: nobody chooses, and
 * everybody gets the same. Only from these can be told how often a rule is right: other audits look where a fault is suspected.
 */
export const isInAuditSample = (decisionId: string): boolean =>
  createHash('sha256').update(decisionId).digest('hex') < AUDITED_BELOW
