import type { StoredEvent } from '../../domain/event.ts'
import type { Evidence, Rule, Truth } from '../../rulesets/ruleset.ts'
import type { TruthPair } from './counts.ts'
import type { RulePair } from './rule-pairs.ts'

/** What a rule's condition sees of evidence. */
export type EvidenceByRule = (rule: Rule) => Evidence

/** A flag's evidence is read as it was recorded, by any rule. */
export const evidenceOfFlag = ({
  signals,
  detector,
  category,
  source,
  content,
}: StoredEvent<'flag.raised.v1'>['data']): EvidenceByRule => {
  const evidence = { signals, detector, flag: { category, source }, content: content ?? null }
  return () => evidence
}

/** An evaluation is read as if the rule raised a flag. */
export const evidenceOfEvaluation =
  ({ signals, detector, content }: StoredEvent<'content.evaluated.v1'>['data']): EvidenceByRule =>
  ({ category }) => ({ signals, detector, content, flag: { category, source: 'own_initiative' } })

/** What both versions of a rule say of evidence. Of several old rules one must be true; a rule that is not there is false. */
export const truthOfPair = ({ was, now }: RulePair, evidenceFor: EvidenceByRule): TruthPair => ({
  was: anyOf(was.map((rule) => rule.condition(evidenceFor(rule)))),
  now: now === null ? 'false' : now.condition(evidenceFor(now)),
})

const anyOf = (truths: ReadonlyArray<Truth>): Truth =>
  truths.includes('true') ? 'true' : truths.includes('unknown') ? 'unknown' : 'false'
