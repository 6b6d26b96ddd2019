import * as E from '#fp/Either'
import { canonical } from '../foundation/canonical.ts'
import { type Finding, valueError } from '../foundation/documents/problem.ts'
import { MAX_DOCUMENT_BYTES } from '../foundation/documents/read-document.ts'
import { quoted } from '../foundation/text/quoted.ts'
import type { Condition } from './cel/condition.ts'
import { checkClosed, duplicateIds } from './closed-document.ts'
import { compileConditions } from './conditions.ts'
import { parseDuration } from './duration.ts'
import type { Policy, Rule, Ruleset } from './ruleset.ts'
import { RulesetShape } from './shape.ts'

/** Where a ruleset has conditions. */
export const RULE_CONDITIONS = { list: 'rules', field: 'when' }

/** Compiles a parsed document to a ruleset, or returns everything wrong with it. */
export const compileDocument = (document: unknown): E.Either<ReadonlyArray<Finding>, Ruleset> => {
  const shape = checkClosed(RulesetShape, document)
  const conditions = compileConditions(document, RULE_CONDITIONS)
  const findings = [...(E.isLeft(shape) ? shape.left : ambiguities(shape.right)), ...conditions.findings]
  if (E.isLeft(shape) || findings.length > 0) return E.left(findings)

  const form = canonical(document)
  if (form.bytes > MAX_DOCUMENT_BYTES) {
    return E.left([valueError([], `larger than ${MAX_DOCUMENT_BYTES} bytes in canonical form`)])
  }
  const written = shape.right
  const rules = written.rules.flatMap((rule, index) => {
    const condition = conditions.compiled.get(index)
    return condition === undefined ? [] : [toRule(rule, condition)]
  })
  return E.right({
    id: written.ruleset,
    version: written.version,
    sha256: form.sha256,
    canonical: form.text,
    signals: new Map(Object.entries(written.signals ?? {})),
    rules,
    policies: (written.deactivations ?? []).map(toPolicy),
  })
}

/** Valid in shape, but ambiguous: duplicate ids, and rules that replace rules of the same document. */
const ambiguities = ({ rules, deactivations = [] }: RulesetShape): ReadonlyArray<Finding> => {
  const findings: Finding[] = [
    ...duplicateIds('rules', rules),
    ...duplicateIds('deactivations', deactivations),
  ]
  const ids = new Set<string>(rules.map(({ id }) => id))
  const replacedBy = new Map<string, string>()
  for (const [index, { id, replaces = [] }] of rules.entries()) {
    for (const [place, old] of replaces.entries()) {
      const at = ['rules', index, 'replaces', place]
      const other = replacedBy.get(old)
      if (old === id) findings.push(valueError(at, 'a rule cannot replace itself', 'remove it'))
      else if (ids.has(old)) {
        findings.push(
          valueError(
            at,
            `${quoted(old)} is still a rule in this document`,
            'only a removed rule can be replaced',
          ),
        )
      } else if (other !== undefined && other !== id) {
        findings.push(
          valueError(
            at,
            `${quoted(old)} is already replaced by ${quoted(other)}`,
            'only one rule can replace it',
          ),
        )
      } else replacedBy.set(old, id)
    }
  }
  return findings
}

const toRule = (rule: RulesetShape['rules'][number], { evaluate, reads }: Condition): Rule => ({
  id: rule.id,
  category: rule.category,
  when: rule.when,
  condition: evaluate,
  reads,
  strikes: rule.strikes ?? 0,
  strikesExpireAfter: milliseconds(rule.strikes_expire_after),
  removesContent: rule.removes_content ?? false,
  replaces: rule.replaces ?? [],
})

const toPolicy = (policy: NonNullable<RulesetShape['deactivations']>[number]): Policy => ({
  id: policy.id,
  atLeast: policy.at_least,
  within: milliseconds(policy.within),
  categories: policy.categories === undefined ? null : new Set(policy.categories),
  restriction: policy.restriction,
})

const milliseconds = (duration: string | undefined): number | null =>
  duration === undefined ? null : (parseDuration(duration) ?? null)
