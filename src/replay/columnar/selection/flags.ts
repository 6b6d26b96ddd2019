import { memo } from '../../../foundation/memo.ts'
import { type Ruleset, ruleNamed } from '../../../rulesets/ruleset.ts'
import { differencesOf } from './alike.ts'
import type { Compared, Search } from './compared.ts'
import { accountsReferring, type Reference } from './references.ts'

/** The accounts of flags that the corrected ruleset reads in another way than the rules as they were. */
export const flagsReadDifferently = (references: ReadonlyArray<Reference>, compared: Compared): Search => ({
  queries: accountsReferring(references, compared.corrected.id, (reference) =>
    differentReadings(reference, compared),
  ),
})

/** Conditions that are true of those flags with a reference which are read differently. */
const differentReadings = (
  reference: Reference,
  { corrected, conditions, ...compared }: Compared,
): ReadonlySet<string> => {
  const { kind, rule } = reference
  const found = new Set<string>()
  if (kind !== 'flag' || rule === null) return found
  const b = ruleNamed(corrected, rule)
  // A replay warns of a rule that is gone, even if no version had it.
  if (b === undefined) found.add(NOT_BY_A_HUMAN)
  const asTheyWere = versionsFor(reference, compared)
  if (asTheyWere === null) return ALL
  for (const ruleset of asTheyWere) {
    const a = ruleNamed(ruleset, rule)
    if (a === undefined && b === undefined) continue
    if (a === undefined || b === undefined) return ALL
    const differences = differencesOf(
      { rule: a, signals: ruleset.signals },
      { rule: b, signals: corrected.signals },
    )
    if (differences.weight || differences.removesContent) return ALL
    // A human's flag is true whatever the condition says.
    if (differences.condition) {
      found.add(`${NOT_BY_A_HUMAN} AND (${conditions.onFlag(a)}) IS DISTINCT FROM (${conditions.onFlag(b)})`)
    }
  }
  return found
}

const ALL: ReadonlySet<string> = new Set(['true'])
const NOT_BY_A_HUMAN = "detector_kind <> 'human'"

/**
 * The versions by which flags may be read as the rules were: the one that they name, or any if they name none; null: it was
 * never published.
 */
const versionsFor = (
  { version }: Reference,
  { published, versions }: Pick<Compared, 'published' | 'versions'>,
): ReadonlyArray<Ruleset> | null => {
  if (version === null) return published
  const named = versions.named(version)
  return named === undefined ? null : [named]
}

/**
 * The accounts of flags whose rule has another id in the corrected ruleset, and that are about content on which a rule with
 * one of those ids fires in evidence: a flag covers only the evidence for its own rule.
 */
export const flagsOfRenamedRules = (
  references: ReadonlyArray<Reference>,
  { corrected, conditions, ...compared }: Compared,
): Search => {
  const idsOf = memo((reference: Reference): ReadonlySet<string> => {
    const { kind, rule } = reference
    const b = kind === 'flag' && rule !== null ? ruleNamed(corrected, rule) : undefined
    if (rule === null || b === undefined) return new Set()
    const before = (versionsFor(reference, compared) ?? []).flatMap(
      (ruleset) => ruleNamed(ruleset, rule)?.id ?? [],
    )
    const ids = new Set([b.id, ...before])
    return ids.size === 1 ? new Set() : ids
  })
  const renamed = new Set(references.flatMap((reference) => [...idsOf(reference)]))
  // Evidence on which one fires only under the rules as they were is seen differently: that selects its account.
  const evidence = corrected.rules
    .filter(({ id }) => renamed.has(id))
    .map(
      (rule) =>
        `SELECT account_no, content_kind, content_id FROM h_evidence WHERE ${conditions.onEvidence(rule)}`,
    )
  if (evidence.length === 0) return { queries: [] }
  const isThere = `(account_no, content_kind, content_id) IN (${evidence.join(' UNION ALL ')})`
  const flags = accountsReferring(references, corrected.id, (reference) =>
    idsOf(reference).size === 0 ? [] : [isThere],
  )
  return { queries: [flags.join(' UNION ALL ')], onlyIfAny: evidence }
}
