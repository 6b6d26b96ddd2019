import type { StoredEvent } from '../../domain/event.ts'
import { type MachineDecision, machineDecision } from '../tripwires/facts.ts'

/** What an audited decision says something about: a rule of a version, as a version of a detector feeds it. */
export type AuditedRule = {
  readonly ruleset: string
  readonly version: string
  readonly rule: string
  readonly detector: { readonly id: string; readonly version: string }
}

/**
 * What a verdict on a decision says something about, by what was recorded in the account's stream before it. Nothing if it does
 * not count: it is `unsure`, an earlier one counts, or no decision of a machine is on record.
 */
export const auditedRules = (
  { data: { decisionId, verdict } }: StoredEvent<'decision.audited.v1'>,
  before: ReadonlyArray<StoredEvent>,
): ReadonlyArray<AuditedRule> => {
  if (verdict === 'unsure' || before.some((event) => isVerdictOn(event, decisionId))) return []
  const decisions = before.flatMap((event) => machineDecision(event) ?? [])
  const decision = decisions.find(({ data }) => data.decisionId === decisionId)
  return decision === undefined ? [] : rulesOf(decision, before)
}

/** The rules that a decision of a machine rests on, by its account's events that were recorded before some moment. */
export const rulesOf = (
  { data }: MachineDecision,
  before: ReadonlyArray<StoredEvent>,
): ReadonlyArray<AuditedRule> => {
  const grounds = new Set<string>(data.grounds)
  const rules = new Map<string, AuditedRule>()
  for (const event of before) {
    if (event.type !== 'flag.raised.v1' || !grounds.delete(event.data.flagId)) continue
    const one = ruleOf(event)
    if (one !== null) rules.set(JSON.stringify(one), one)
  }
  return [...rules.values()]
}

/** The rule that a flag names; null: it names none. */
export const ruleOf = ({ data }: StoredEvent<'flag.raised.v1'>): AuditedRule | null => {
  const { rule, ruleset, detector } = data
  if (rule === undefined || ruleset === undefined) return null
  const { id, version } = detector
  return { ruleset: ruleset.id, version: ruleset.version, rule: rule.id, detector: { id, version } }
}

const isVerdictOn = (event: StoredEvent, decisionId: string): boolean =>
  event.type === 'decision.audited.v1' &&
  event.data.decisionId === decisionId &&
  event.data.verdict !== 'unsure'
