import type { RulesetNamed } from '../../../../projections/projection.ts'
import type { Account, Decision, Flag } from '../../../domain/account.ts'
import { type Answer, type Appeal, appealed, type Filing } from '../../../domain/appeal.ts'
import { onlyInforms, type StoredEvent } from '../../../domain/event.ts'
import { type GradedChange, gradeChanges } from '../../../domain/graded-changes.ts'
import type { RulesetRef } from '../../../domain/parts.ts'
import { standingOf } from '../../../domain/standing.ts'
import { formatInstant, instantOf } from '../../../domain/time.ts'
import { assertNever } from '../../../foundation/assert-never.ts'
import { type Policy, type Rule, ruleNamed } from '../../../rulesets/ruleset.ts'
import { puidOfChange } from '../stated.ts'
import type {
  OwnerFinding,
  OwnerGround,
  OwnerHappening,
  OwnerRule,
  OwnerRuleset,
  OwnerSignal,
  OwnerStatement,
  OwnerWords,
} from './codec.ts'
import { inWords } from './conditions.ts'

/** What somebody wrote: open, or erased with the account's key. */
export type Text = { readonly kind: 'open'; readonly text: string } | { readonly kind: 'erased' }

/** Everything that a statement is made from. */
export type OwnerStatementSource = {
  readonly decision: Decision
  readonly account: Account
  /** The account's events, in the order of replay. */
  readonly events: ReadonlyArray<StoredEvent>
  /** The text sealed for an event; undefined: none is on record. */
  readonly textOf: (event: StoredEvent) => Text | undefined
  readonly rulesetNamed: RulesetNamed
  readonly howToAppeal: string | null
  /** The time as of which it is written, in ms. */
  readonly at: number
}

/** The ruleset versions that a decision and its grounds refer to. */
export const refsOf = ({ made }: Decision, { flags }: Account): ReadonlyArray<RulesetRef> => {
  const grounds = new Set(made.data.grounds)
  const ofFlags = flags.flatMap(({ raised: { data } }) =>
    grounds.has(data.flagId) ? (data.ruleset ?? []) : [],
  )
  return [...(made.data.ruleset === undefined ? [] : [made.data.ruleset]), ...ofFlags]
}

/** What is on record about one decision, for the account's owner. People who decided are not named. Pure. */
export const ownerStatementOf = (source: OwnerStatementSource): OwnerStatement => {
  const { decision, account, at, howToAppeal } = source
  const { made, decisionId } = decision
  const { data } = made
  const flags = new Map<string, Flag>(account.flags.map((flag) => [flag.raised.data.flagId, flag]))
  const appeals = account.appeals.filter((appeal) => appealed(appeal) === decisionId)
  const counted = new Set(appeals.flatMap(eventsOf).map(identityOf))
  const ordered = source.events.map((event, sequence) => ({ event, sequence }))
  const changes = new Map<StoredEvent, GradedChange>(
    gradeChanges([made], ordered)
      .get(decisionId)
      ?.map((change) => [change.event, change]),
  )
  const ofAccount = made.type === 'account.deactivated.v1' ? made.data : null
  return {
    version: '1',
    decisionId,
    account: made.subject,
    at: formatInstant(at),
    decidedAt: formatInstant(decision.at),
    done: ofAccount?.restriction ?? 'removed',
    content:
      made.type === 'content.removed.v1' ? { kind: made.data.content.kind, id: made.data.content.id } : null,
    untilMade: ofAccount?.until === undefined ? null : formatInstant(instantOf(ofAccount.until)),
    until: decision.until === null ? null : formatInstant(decision.until),
    restriction: decision.kind === 'deactivation' ? decision.restriction : null,
    standing: standingOf(decision, at),
    isReversalOwed: decision.isReversalOwed,
    category: data.category,
    basis: data.basis ?? null,
    territory: data.territory ?? null,
    automation: data.automation,
    decidedBy: { kind: data.decidedBy.kind, id: data.decidedBy.kind === 'human' ? null : data.decidedBy.id },
    ruleset: rulesetOf(decision, flags, source.rulesetNamed),
    grounds: [...new Set<string>(data.grounds)].map(
      (flagId): OwnerGround => ({ flagId, finding: findingOf(flags.get(flagId), source.rulesetNamed) }),
    ),
    notices: source.events.flatMap((event) =>
      event.type === 'notice.sent.v1' && event.data.decisionId === decisionId
        ? [{ at: timeOf(event), channel: event.data.channel, words: wordsOf(event, source) }]
        : [],
    ),
    howToAppeal,
    since: source.events.flatMap((event) => happeningOf(event, source, counted, changes.get(event)) ?? []),
  }
}

const timeOf = ({ time }: StoredEvent): string => formatInstant(instantOf(time))

const wordsOf = (event: StoredEvent, { textOf }: OwnerStatementSource): OwnerWords => {
  const text = textOf(event)
  return text === undefined
    ? { status: 'not_on_record', text: null }
    : { status: text.kind, text: text.kind === 'open' ? text.text : null }
}

const rulesetOf = (
  { made }: Decision,
  flags: ReadonlyMap<string, Flag>,
  named: RulesetNamed,
): OwnerRuleset | null => {
  const ref = made.data.ruleset
  if (ref === undefined) return null
  const ruleset = named(ref)
  const restriction = made.type === 'account.deactivated.v1' ? made.data.restriction : null
  const isByRule = made.data.decidedBy.kind === 'rule'
  return {
    id: ref.id,
    version: ref.version,
    isPublished: ruleset !== undefined,
    policies: (isByRule ? (ruleset?.policies ?? []) : [])
      .filter((policy) => policy.restriction === restriction && mayHaveActed(policy, made, flags, named))
      .map(({ id, atLeast, within, categories }) => ({
        id,
        atLeast,
        withinDays: within === null ? null : within / 86_400_000,
        categories: categories === null ? null : [...categories].sort(),
      })),
  }
}

/** Whether a policy counts any of a decision's grounds; a ground that is not on record might count. */
const mayHaveActed = (
  { categories }: Policy,
  { data }: Decision['made'],
  flags: ReadonlyMap<string, Flag>,
  named: RulesetNamed,
): boolean => {
  if (categories === null || categories.has(data.category)) return true
  return data.grounds.some((flagId) => {
    const flag = flags.get(flagId)
    return flag === undefined || categories.has(ruleOf(flag, named)?.category ?? flag.raised.data.category)
  })
}

const findingOf = (flag: Flag | undefined, named: RulesetNamed): OwnerFinding | null => {
  if (flag === undefined) return null
  const { data } = flag.raised
  const { kind, id, version } = data.detector
  const rule = ruleOf(flag, named)
  const requirements = rule === undefined ? null : inWords(rule.when)
  return {
    at: formatInstant(flag.at),
    category: data.category,
    source: flag.source,
    content: data.content === undefined ? null : { kind: data.content.kind, id: data.content.id },
    detector: kind === 'human' ? { kind, id: null, version: null } : { kind, id, version },
    rule: data.rule === undefined ? null : ruleForOwner(data.rule.id, rule, requirements !== null, flag.at),
    signals: signalsOf(data.signals, requirements ?? []),
    becauseOf: new Set(data.becauseOf ?? []).size,
    voided: flag.voided === null ? null : { at: formatInstant(flag.voided.at), by: flag.voided.by },
  }
}

const ruleOf = ({ raised: { data } }: Flag, named: RulesetNamed): Rule | undefined => {
  const ruleset = data.ruleset === undefined ? undefined : named(data.ruleset)
  const id = data.rule?.id
  if (ruleset === undefined || id === undefined) return undefined
  return ruleNamed(ruleset, id)
}

const ruleForOwner = (id: string, rule: Rule | undefined, isInWords: boolean, at: number): OwnerRule => {
  const ends = rule?.strikesExpireAfter == null || rule.strikes === 0 ? null : at + rule.strikesExpireAfter
  return {
    id,
    condition: rule?.when ?? null,
    isInWords,
    strikes: rule?.strikes ?? 0,
    strikesUntil: ends === null || new Date(ends).getUTCFullYear() > 9999 ? null : formatInstant(ends),
  }
}

const signalsOf = (
  recorded: Readonly<Record<string, number | string | boolean>>,
  requirements: ReadonlyArray<{ readonly signal: string; readonly asked: string }>,
): ReadonlyArray<OwnerSignal> => {
  const questions = Map.groupBy(requirements, ({ signal }) => signal)
  const names = new Set([...questions.keys(), ...Object.keys(recorded)])
  return Array.from(names, (name) => {
    const value = Object.hasOwn(recorded, name) ? (recorded[name] ?? null) : null
    const isWithheld = typeof value === 'string'
    return {
      name,
      value: isWithheld ? null : value,
      isWithheld,
      asked:
        questions
          .get(name)
          ?.map((question) => question.asked)
          .join(' and ') ?? null,
    }
  })
}

/**
 * What an event did to the decision after it was made; null: nothing. `counted` are the filings and answers that count
 * in the appeals against it.
 */
const happeningOf = (
  event: StoredEvent,
  source: OwnerStatementSource,
  counted: ReadonlySet<string>,
  change: GradedChange | undefined,
): OwnerHappening | null => {
  const { decisionId } = source.decision
  const at = timeOf(event)
  if (onlyInforms(event)) return null
  switch (event.type) {
    case 'decision.changed.v1': {
      const { restriction = null, until, reason } = event.data
      if (event.data.decisionId !== decisionId) return null
      const end = until === undefined ? 'unchanged' : until === null ? null : formatInstant(instantOf(until))
      return { kind: 'changed', at, restriction, until: end, reason, harsher: harsherOf(change) }
    }
    case 'appeal.filed.v1':
      if (!counted.has(identityOf(event))) return null
      return { kind: 'appealed', at, appealId: event.data.appealId, words: wordsOf(event, source) }
    case 'appeal.decided.v1': {
      const { appealId, outcome, reviewer, reasons = [] } = event.data
      if (!counted.has(identityOf(event))) return null
      return {
        kind: 'answered',
        at,
        appealId,
        outcome,
        by: reviewer.kind,
        reasons,
        words: wordsOf(event, source),
      }
    }
    case 'content.restored.v1':
    case 'account.reinstated.v1':
      return event.data.decisionIds.some((id) => id === decisionId)
        ? { kind: 'reversed', at, reason: event.data.reason }
        : null
    case 'flag.raised.v1':
    case 'flag.rescored.v1':
    case 'flag.dismissed.v1':
    case 'account.deactivated.v1':
    case 'content.removed.v1':
    case 'notice.received.v1':
    case 'content.evaluated.v1':
    case 'ruleset.published.v1':
      return null
    default:
      return assertNever(event, 'type of event')
  }
}

const harsherOf = (change: GradedChange | undefined) =>
  change?.isHarsher !== true
    ? null
    : {
        restriction: change.before.restriction,
        until: change.before.until === null ? null : formatInstant(change.before.until),
        statement: puidOfChange(change.event),
      }

/** The filing and the answer of an appeal that count. */
const eventsOf = (appeal: Appeal): ReadonlyArray<Filing | Answer> => [
  ...(appeal.status === 'unfiled' ? [] : [appeal.filed]),
  ...(appeal.status === 'open' ? [] : [appeal.answered]),
]

const identityOf = ({ source, id }: StoredEvent): string => `${source} ${id}` // a source contains no spaces
