import * as E from '#fp/Either'
import { closed, listOf, oneOf } from '../../domain/codec.ts'
import { AccountId, DecisionId, Id } from '../../domain/ids.ts'
import { Timestamp } from '../../domain/time.ts'
import type { Feed } from '../../ingest/outbox/feed.ts'
import { type AuditCounts, auditsOn } from '../audit/audits-on.ts'
import { dueAuditJson } from '../audit/due-audits.ts'
import { typedMessage } from './message.ts'

/** The name of the schema, with its version: another schema gets another one. */
export const AUDIT_REQUEST = 'audit.request.v1'

const AuditKey = closed('a key of audits', {
  ruleset: Id,
  version: Id,
  rule: Id,
  detector: closed('an object {id, version}', { id: Id, version: Id }),
})

/** A machine's decision that a reviewer is to look at: as `redress audit list --json` has it. */
export const AuditRequest = closed(AUDIT_REQUEST, {
  type: oneOf(AUDIT_REQUEST),
  decisionId: DecisionId,
  account: AccountId,
  kind: oneOf('deactivation', 'removal'),
  madeAt: Timestamp,
  because: oneOf('new', 'sample'),
  keys: listOf(AuditKey, 'a list of keys'),
})

/** Decisions to audit, as they are recorded. Those from before alarms were configured are counted, and not sent. */
export const auditFeed: Feed = {
  topic: { name: 'redress.audits', purpose: 'decisions to audit' },
  start: (ledger, saved) => {
    // Cast: it is what `state` returned.
    const { isConfigured: was, counts } = (saved ?? fresh) as SavedAudits
    const audits = auditsOn(ledger, counts)
    let isConfigured = was
    return {
      take: async (decoded) => {
        if (decoded.event.type === 'alarm.configured.v1') isConfigured = true
        const due = await audits.take(decoded)
        if (E.isLeft(due)) return due
        if (due.right === null || !isConfigured) return E.right([])
        return E.right([
          typedMessage(due.right.account, {
            type: AUDIT_REQUEST,
            ...dueAuditJson(due.right),
          }),
        ])
      },
      state: (): SavedAudits => ({ isConfigured, counts: audits.counts() }),
    }
  },
}

type SavedAudits = { readonly isConfigured: boolean; readonly counts: AuditCounts }
const fresh: SavedAudits = { isConfigured: false, counts: [] }
