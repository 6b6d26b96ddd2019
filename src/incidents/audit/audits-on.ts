import * as E from '#fp/Either'
import { FIRST_OF_KEY, isInAuditSample } from '../../domain/audit-sample.ts'
import type { StoredEvent } from '../../domain/event.ts'
import { instantOf } from '../../domain/time.ts'
import { canonical } from '../../foundation/canonical.ts'
import type { Ledger, LedgerError } from '../../ledger/port.ts'
import type { DecodedEvent } from '../../ledger/read.ts'
import { type AuditedRule, ruleOf, rulesOf } from '../alarm/audited.ts'
import { machineDecision } from '../tripwires/facts.ts'
import { streamsBefore } from '../tripwires/streams-before.ts'
import type { DueAudit } from './due-audits.ts'

/** How many accounts had a decision of each key, by the key's hash: `FIRST_OF_KEY` or more are that many. */
export type AuditCounts = ReadonlyArray<readonly [key: string, accounts: number]>

/** The decisions to audit, over the events of a ledger, which are given in order. */
export type LedgerAudits = {
  /** Takes the next event; if it is a decision that a reviewer is to look at, returns that. */
  readonly take: (decoded: DecodedEvent) => Promise<E.Either<LedgerError, DueAudit | null>>
  readonly counts: () => AuditCounts
}

/** Keys that are remembered, those of the latest decisions: what was counted must fit into a message. A forgotten one is new again. */
export const MOST_KEYS = 4_000
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

  /** Whether a decision is the account's first of a key that few accounts had one of; `before`: the account's events. */
  const count = (keys: ReadonlyArray<AuditedRule>, before: ReadonlyArray<StoredEvent>): boolean => {
    const few = keys.filter((key) => touch(key) < FIRST_OF_KEY)
    if (few.length === 0) return false
    const had = rulesDecidedOn(before)
    const first = few.filter((key) => !had.has(JSON.stringify(key)))
    for (const key of first) counts.set(hashOf(key), (counts.get(hashOf(key)) ?? 0) + 1)
    return first.length > 0
  }

  /** How many accounts had a decision of a key, which is remembered longest from now on. */
  const touch = (key: AuditedRule): number => {
    const hash = hashOf(key)
    const accounts = counts.get(hash) ?? 0
    counts.delete(hash)
    counts.set(hash, accounts)
    const [oldest] = counts.keys()
    if (counts.size > MOST_KEYS && oldest !== undefined) counts.delete(oldest)
    return accounts
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
    const isNew = count(keys, before.right)
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

const hashOf = (key: AuditedRule): string => canonical(key).sha256.slice(0, HASH_LENGTH)

/** The rules that an account's decisions by machines rest on, as JSON. */
const rulesDecidedOn = (events: ReadonlyArray<StoredEvent>): ReadonlySet<string> => {
  const byFlag = new Map<string, AuditedRule | null>()
  for (const event of events) {
    if (event.type !== 'flag.raised.v1' || byFlag.has(event.data.flagId)) continue
    byFlag.set(event.data.flagId, ruleOf(event))
  }
  const grounds = new Set(events.flatMap((event) => machineDecision(event)?.data.grounds ?? []))
  return new Set(
    [...grounds].flatMap((flagId) => byFlag.get(flagId) ?? []).map((rule) => JSON.stringify(rule)),
  )
}

const isAuditOf = (event: StoredEvent, decisionId: string): boolean =>
  event.type === 'decision.audited.v1' && event.data.decisionId === decisionId
