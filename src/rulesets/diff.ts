import { formatDuration } from './duration.ts'
import type { Policy, Rule, Ruleset } from './ruleset.ts'

/** A field's value as the document writes it; null if it is absent. */
export type FieldValue = string | number | boolean | ReadonlyArray<string> | null

export type FieldChange = { readonly field: string; readonly from: FieldValue; readonly to: FieldValue }

/** What became of a rule, a policy or a signal. */
export type EntryChange = {
  readonly change: 'added' | 'removed' | 'changed'
  /** Its id (for a signal, its name); after the change if it changed. */
  readonly id: string
  /** Its earlier id, if it replaces a rule of another id (`replaces`). */
  readonly was: string | null
  /** An added one's fields have no `from`, a removed one's no `to`. */
  readonly fields: ReadonlyArray<FieldChange>
}

export type RulesetDiff = {
  /** Of the ruleset itself: its id and version. */
  readonly identity: ReadonlyArray<FieldChange>
  readonly signals: ReadonlyArray<EntryChange>
  readonly rules: ReadonlyArray<EntryChange>
  readonly deactivations: ReadonlyArray<EntryChange>
}

/** What is different in `b`, in the words of the document. Formatting and order are no difference. */
export const diffRulesets = (a: Ruleset, b: Ruleset): RulesetDiff => ({
  identity: changesBetween({ ruleset: a.id, version: a.version }, { ruleset: b.id, version: b.version }),
  signals: diffEntries(signalsOf(a), signalsOf(b)),
  rules: diffEntries(rulesOf(a), rulesOf(b)),
  deactivations: diffEntries(policiesOf(a), policiesOf(b)),
})

export const isSame = ({ identity, signals, rules, deactivations }: RulesetDiff): boolean =>
  [identity, signals, rules, deactivations].every(({ length }) => length === 0)

type Fields = Readonly<Record<string, FieldValue>>
type Entry = { readonly id: string; readonly replaces: ReadonlyArray<string>; readonly fields: Fields }

const signalsOf = ({ signals }: Ruleset): ReadonlyArray<Entry> =>
  [...signals].map(([id, type]) => ({ id, replaces: [], fields: { type } }))

const rulesOf = ({ rules }: Ruleset): ReadonlyArray<Entry> =>
  rules.map((rule: Rule) => ({
    id: rule.id,
    replaces: rule.replaces,
    fields: {
      category: rule.category,
      when: rule.when,
      strikes: rule.strikes,
      strikes_expire_after: duration(rule.strikesExpireAfter),
      removes_content: rule.removesContent,
      replaces: sorted(rule.replaces),
    },
  }))

const policiesOf = ({ policies }: Ruleset): ReadonlyArray<Entry> =>
  policies.map((policy: Policy) => ({
    id: policy.id,
    replaces: [],
    fields: {
      at_least: policy.atLeast,
      within: duration(policy.within),
      categories: policy.categories === null ? null : sorted(policy.categories),
      restriction: policy.restriction,
    },
  }))

const duration = (ms: number | null): string | null => (ms === null ? null : formatDuration(ms))
const sorted = (ids: Iterable<string>): ReadonlyArray<string> | null => {
  const list = [...new Set(ids)].sort()
  return list.length === 0 ? null : list
}

/** An old entry continues as the one by which a replay would judge its flags: of its id, else the one that replaces it. */
const diffEntries = (
  before: ReadonlyArray<Entry>,
  after: ReadonlyArray<Entry>,
): ReadonlyArray<EntryChange> => {
  const byId = new Map(after.map((entry) => [entry.id, entry]))
  const byReplaced = new Map(after.flatMap((entry) => entry.replaces.map((old) => [old, entry] as const)))
  const continued = new Set<string>()
  const changes: EntryChange[] = []
  for (const old of before) {
    const now = byId.get(old.id) ?? byReplaced.get(old.id)
    if (now === undefined) {
      changes.push({ change: 'removed', id: old.id, was: null, fields: changesBetween(old.fields, {}) })
      continue
    }
    continued.add(now.id)
    const was = now.id === old.id ? null : old.id
    const fields = changesBetween(old.fields, now.fields).filter(
      ({ field }) => was === null || field !== 'replaces',
    )
    if (was !== null || fields.length > 0) changes.push({ change: 'changed', id: now.id, was, fields })
  }
  for (const { id, fields } of after) {
    if (!continued.has(id))
      changes.push({ change: 'added', id, was: null, fields: changesBetween({}, fields) })
  }
  return changes
}

const changesBetween = (from: Fields, to: Fields): ReadonlyArray<FieldChange> =>
  [...new Set([...Object.keys(from), ...Object.keys(to)])]
    .map((field) => ({ field, from: from[field] ?? null, to: to[field] ?? null }))
    .filter((change) => JSON.stringify(change.from) !== JSON.stringify(change.to))
