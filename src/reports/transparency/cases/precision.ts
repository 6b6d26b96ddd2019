import type { Subject } from '../../../../projections/projection.ts'
import { sampleVerdicts } from '../../../domain/audit-sample.ts'
import { type Case, keyOf, type Section } from '../figures.ts'
import { count, one, share, shareLimit } from '../styles/style.ts'
import type { Decided } from './decided.ts'

export const precision: Section = {
  id: 'precision',
  title: 'Audits: how often a rule is right',
  about:
    'Decisions of machines made in the period, of the 2% that are audited whatever they are about, by the first verdict of a reviewer that is not "unsure", as known at the sequence. A decision on the flags of several rules counts for each, in the total too. What reviewers get wrong is not corrected for.',
  dimensions: [
    { name: 'rule', about: 'the rule that the flags name; unstated: they name none, or none is on record' },
    { name: 'ruleset', about: 'the ruleset that they name' },
    { name: 'ruleset_version', about: 'the version of the ruleset that they name' },
  ],
  measures: [
    count('audited', 'decisions that a reviewer found right or wrong'),
    count('right', 'of these, those found right'),
    count('wrong', 'of these, those found wrong'),
    share('precision', 'those found right over those audited', 'right', 'audited'),
    shareLimit('low', 'precision_low', 'right', 'audited'),
    shareLimit('high', 'precision_high', 'right', 'audited'),
  ],
  isAddition: true,
  chart: { by: 'rule', measures: ['right', 'wrong'] },
}

/** What the audits of an account's decisions say of the rules that they rest on. */
export const precisionCases = (
  events: Subject['events'],
  decided: ReadonlyArray<Decided>,
): ReadonlyArray<Case> => {
  const verdicts = sampleVerdicts(events)
  if (verdicts.size === 0) return []
  return decided.flatMap(({ decision, grounds }) => {
    const verdict = verdicts.get(decision.decisionId)
    if (verdict === undefined || decision.made.data.decidedBy.kind === 'human') return []
    return rulesOf(grounds).map((dimensions) => ({
      section: precision.id,
      at: decision.at,
      dimensions,
      amounts: { audited: 1, right: one(verdict === 'right'), wrong: one(verdict === 'wrong') },
    }))
  })
}

const UNSTATED = 'unstated'

/** Each rule that flags name, once, with its ruleset and version. */
const rulesOf = (grounds: Decided['grounds']): ReadonlyArray<ReadonlyArray<string>> => {
  if (grounds.length === 0) return [[UNSTATED, UNSTATED, UNSTATED]]
  const rules = grounds.map(({ raised: { data } }) => [
    data.rule?.id ?? UNSTATED,
    data.ruleset?.id ?? UNSTATED,
    data.ruleset?.version ?? UNSTATED,
  ])
  return [...new Map(rules.map((rule) => [keyOf(rule), rule])).values()]
}
