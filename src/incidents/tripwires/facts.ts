import { type Account, type Decision, foldAccount } from '../../domain/account.ts'
import type { StoredEvent } from '../../domain/event.ts'
import type { Restriction } from '../../domain/parts.ts'
import { instantOf } from '../../domain/time.ts'
import { severity } from '../../replay/reference/verdict.ts'
import type { Ruleset } from '../../rulesets/ruleset.ts'

/** A decision of a machine about an account or its content. */
export type MachineDecision = StoredEvent<'account.deactivated.v1' | 'content.removed.v1'>

/** What was known of a decision's account when it was recorded. */
type DecisionFacts = {
  /** Its grounds that are not flags of that account. */
  readonly missing: ReadonlyArray<string>
  /** The decision does again what was just reversed, by this rule (null: its flag names none); null: it does not. */
  readonly again: { readonly rule: string | null } | null
}

/** What is not in an event itself, but follows from the ledger before it. */
export type Facts =
  | ({ readonly kind: 'decision' } & DecisionFacts)
  /** `severest`: of the policies of the version that is published; null: it has none. */
  | { readonly kind: 'publication'; readonly severest: Restriction | null }

/** An event, if it is a decision that a machine made. */
export const machineDecision = (event: StoredEvent): MachineDecision | null =>
  (event.type === 'account.deactivated.v1' || event.type === 'content.removed.v1') &&
  event.data.decidedBy.kind !== 'human'
    ? event
    : null

/** The facts about a published version, by its document. */
export const publicationFacts = ({ policies }: Pick<Ruleset, 'policies'>): Facts => {
  let severest: Restriction | null = null
  for (const { restriction } of policies)
    if (severity(restriction) > severity(severest)) severest = restriction
  return { kind: 'publication', severest }
}

/** The facts about a decision. `before`: the events of its account that were recorded before it. */
export const decisionFacts = (decision: MachineDecision, before: ReadonlyArray<StoredEvent>): Facts => {
  const missing = new Set<string>(decision.data.grounds)
  for (const event of before) if (event.type === 'flag.raised.v1') missing.delete(event.data.flagId)
  return { kind: 'decision', missing: [...missing], again: againOf(decision, before) }
}

const DAY = 86_400_000

type Reversal = StoredEvent<'account.reinstated.v1' | 'content.restored.v1'>

/**
 * Whether a decision does again what was reversed in the 24 hours before it: it rests on a flag that was voided by then, or
 * on the same rule as a decision of its kind that was reversed; of removals, only of the same content.
 */
const againOf = (decision: MachineDecision, before: ReadonlyArray<StoredEvent>): DecisionFacts['again'] => {
  const at = instantOf(decision.time)
  const reversals = before.filter(isReversal).filter((event) => isInDayBefore(at, event))
  if (reversals.length === 0) return null
  const account = foldAccount(relatedTo(decision, reversals, before))
  const ground = groundsIn(account)
  const flags = ground(decision.data.grounds)
  const voided = flags.find(({ voided: by }) => by !== null && by.at <= at)
  if (voided !== undefined) return { rule: voided.raised.data.rule?.id ?? null }
  const reversed = new Set<string>(reversals.flatMap(({ data }) => data.decisionIds))
  const rules = new Set(
    account.decisions
      .filter(({ decisionId, made }) => reversed.has(decisionId) && isOfSameKind(made, decision))
      .flatMap(({ made }) => ground(made.data.grounds).flatMap(({ raised }) => raised.data.rule?.id ?? [])),
  )
  const same = flags.find(({ raised }) => raised.data.rule !== undefined && rules.has(raised.data.rule.id))
  return same === undefined ? null : { rule: same.raised.data.rule?.id ?? null }
}

/**
 * Of an account's events, those that tell whether a decision does again what was reversed. An account may have thousands of
 * others, and as many decisions: to fold all of them for each would take hours.
 */
const relatedTo = (
  decision: MachineDecision,
  reversals: ReadonlyArray<Reversal>,
  before: ReadonlyArray<StoredEvent>,
): ReadonlyArray<StoredEvent> => {
  const reversed = new Set<string>(reversals.flatMap(({ data }) => data.decisionIds))
  const flagIds = new Set<string>(decision.data.grounds)
  const decisionIds = new Set<string>()
  const groundsOfThose: string[] = []
  for (const event of before) {
    if (!isDecision(event)) continue
    const { decisionId, grounds } = event.data
    const isReversed = reversed.has(decisionId) && isOfSameKind(event, decision)
    if (!isReversed && !grounds.some((flagId) => flagIds.has(flagId))) continue
    decisionIds.add(decisionId)
    groundsOfThose.push(...grounds)
  }
  for (const flagId of groundsOfThose) flagIds.add(flagId)
  return before.filter((event) => {
    if (event.type === 'flag.raised.v1' || event.type === 'flag.dismissed.v1') {
      return flagIds.has(event.data.flagId)
    }
    if (isDecision(event)) return decisionIds.has(event.data.decisionId)
    if (event.type === 'account.reinstated.v1' || event.type === 'content.restored.v1') {
      const { decisionIds: ended, flagsVoided = [] } = event.data
      return ended.some((id) => decisionIds.has(id)) || flagsVoided.some((id) => flagIds.has(id))
    }
    return event.type === 'appeal.filed.v1' || event.type === 'appeal.decided.v1'
  })
}

const isDecision = (event: StoredEvent): event is Decision['made'] =>
  event.type === 'account.deactivated.v1' || event.type === 'content.removed.v1'

const isReversal = (event: StoredEvent): event is Reversal =>
  (event.type === 'account.reinstated.v1' || event.type === 'content.restored.v1') &&
  event.data.reason !== 'expiry'

const isInDayBefore = (at: number, { time }: StoredEvent): boolean => {
  const since = at - instantOf(time)
  return since >= 0 && since <= DAY
}

const groundsIn = ({ flags }: Account) => {
  const byId = new Map<string, Account['flags'][number]>(flags.map((flag) => [flag.raised.data.flagId, flag]))
  return (grounds: ReadonlyArray<string>) => grounds.flatMap((flagId) => byId.get(flagId) ?? [])
}

const isOfSameKind = (made: Decision['made'], decision: MachineDecision): boolean => {
  if (made.type === 'account.deactivated.v1' || decision.type === 'account.deactivated.v1') {
    return made.type === decision.type
  }
  const [a, b] = [made.data.content, decision.data.content]
  return a.kind === b.kind && a.id === b.id
}
