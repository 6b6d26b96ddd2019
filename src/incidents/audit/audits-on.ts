import * as E from '#fp/Either'
import { FIRST_OF_KEY, isInAuditSample } from '../../domain/audit-sample.ts'
import type { StoredEvent } from '../../domain/event.ts'
import { instantOf } from '../../domain/time.ts'
import { canonical } from '../../foundation/canonical.ts'
import type { Ledger, LedgerError } from '../../ledger/port.ts'
import type { DecodedEvent } from '../../ledger/read.ts'
import { type AuditedRule, rulesOf } from '../alarm/audited.ts'
import { machineDecision } from '../tripwires/facts.ts'
import { streamsBefore } from '../tripwires/streams-before.ts'
import type { DueAudit } from './due-audits.ts'

/** How many decisions each key has had, by the key's hash: `FIRST_OF_KEY` or more are that many. */
export type AuditCounts = ReadonlyArray<readonly [key: string, decisions: number]>

/** The decisions to audit, over the events of a ledger, which are given in order. */
export type LedgerAudits = {
  /** Takes the next event; if it is a decision that a reviewer is to look at, returns that. */
  readonly take: (decoded: DecodedEvent) => Promise<E.Either<LedgerError, DueAudit | null>>
  readonly counts: () => AuditCounts
}

/** Of a key's hash: enough to tell millions of keys apart. */
const HASH_LENGTH = 16

/**
 * The same decisions as `dueAudits` finds afterwards, as they are recorded: but flags that are recorded after the decision that
 * rests on them are not seen. Starts at the first event, or after the last one of what was counted.
 */
export const auditsOn = (
  ledger: Pick<Ledger, 'readStream' | 'vocabulary'>,
  saved: AuditCounts = [],
): LedgerAudits => {
  const streams = streamsBefore(ledger)
  const counts = new Map(saved)

  /** Whether it is one of the first decisions of a key. */
  const count = (keys: ReadonlyArray<AuditedRule>): boolean => {
    let isFirst = false
    for (const key of keys) {
      const hash = canonical(key).sha256.slice(0, HASH_LENGTH)
      const before = counts.get(hash) ?? 0
      if (before === FIRST_OF_KEY) continue
      counts.set(hash, before + 1)
      isFirst = true
    }
    return isFirst
  }

  const dueAt = async ({
    recorded,
    event,
  }: DecodedEvent): Promise<E.Either<LedgerError, DueAudit | null>> => {
    const decision = machineDecision(event)
    if (decision === null) return E.right(null)
    const before = await streams.before(recorded)
    if (E.isLeft(before)) return before
    const keys = rulesOf(decision, before.right)
    const isNew = count(keys)
    const { decisionId } = decision.data
    if (!isNew && !isInAuditSample(decisionId)) return E.right(null)
    if (before.right.some((one) => isAuditOf(one, decisionId))) return E.right(null)
    return E.right({
      ...{ decisionId, account: decision.subject, at: instantOf(decision.time) },
      kind: decision.type === 'content.removed.v1' ? 'removal' : 'deactivation',
      because: isNew ? 'new' : 'sample',
      keys,
    })
  }

  return {
    take: async (decoded) => {
      const due = await dueAt(decoded)
      streams.pass(decoded)
      return due
    },
    counts: () => [...counts],
  }
}

const isAuditOf = (event: StoredEvent, decisionId: string): boolean =>
  event.type === 'decision.audited.v1' && event.data.decisionId === decisionId
