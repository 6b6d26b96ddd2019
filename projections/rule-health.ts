import type { Flag } from '../src/domain/account.ts'
import { sampleVerdicts } from '../src/domain/audit-sample.ts'
import { outcomesOf } from './outcomes.ts'
import { projection } from './projection.ts'

const COUNTS = ['decisions', 'overturned', 'appealed', 'answered', 'won'] as const
const counted = COUNTS.flatMap((count) => [count, `${count}_automated`] as const)
const AUDITED = ['audited', 'audited_right'] as const
type Count = (typeof counted)[number] | (typeof AUDITED)[number] | 'flags' | 'voided'

/** Where a flag comes from: the names of the rule, its version, and the detector. */
type Origin = Readonly<
  Record<
    'rule' | 'ruleset' | 'ruleset_version' | 'detector_kind' | 'detector' | 'detector_version',
    string | null
  >
>

/**
 * The confidence sequence of `foundation/statistics/confidence-sequence.ts` in SQL: halves the interval between the share
 * seen and an end of [0, 1] until nothing changes; null without anything seen.
 */
const confidenceEnd = (end: 0 | 1): string => {
  const middle = '((ends[1] + ends[2]) / 2)'
  const ratio = `lgamma(k + 1) + lgamma(n - k + 1) - lgamma(n + 2) - CASE WHEN k = 0 THEN 0 ELSE k * ln(${middle}) END
        - CASE WHEN k = n THEN 0 ELSE (n - k) * ln(1 - ${middle}) END`
  return `CASE WHEN n > 0 THEN list_reduce(list_transform(range(54), lambda i: [0::DOUBLE, 0::DOUBLE]), lambda ends, i:
        CASE WHEN ${ratio} < ln(20) THEN [${middle}, ends[2]] ELSE [ends[1], ${middle}] END, [k / n, ${end}::DOUBLE])[2] END`
}

const integer = (about: string) => ({ type: 'INTEGER', about })

/**
 * The outcomes of each rule and detector: one row per account and origin, summed up by the view. A decision counts once
 * for each origin of its grounds, and once under no origin if none of its grounds is on record.
 */
export const ruleHealth = projection({
  name: 'rule_counts',
  version: 2,
  about:
    'Each account\u2019s part of rule_health: the outcomes of a rule\u2019s flags, by version and detector',
  columns: {
    account: { type: 'VARCHAR', about: 'the account' },
    rule: { type: 'VARCHAR', about: 'the rule that the flags name; null: none' },
    ruleset: { type: 'VARCHAR', about: 'the ruleset that they name' },
    ruleset_version: { type: 'VARCHAR', about: 'the version that they name' },
    detector_kind: {
      type: 'VARCHAR',
      about: 'the kind of detector; null: a decision without a ground on record',
    },
    detector: { type: 'VARCHAR', about: 'the detector that raised the flags' },
    detector_version: { type: 'VARCHAR', about: 'the version of the detector' },
    flags: integer('flags raised'),
    voided: integer('of these, void: dismissed, or named by a reversal'),
    decisions: integer('decisions based on such a flag'),
    decisions_automated: integer('of these, made by machines alone'),
    overturned: integer('decisions overturned by an appeal, a correction or an order'),
    overturned_automated: integer('of these, made by machines alone'),
    appealed: integer('decisions that were appealed'),
    appealed_automated: integer('of these, made by machines alone'),
    answered: integer('decisions with an appeal that was answered'),
    answered_automated: integer('of these, made by machines alone'),
    won: integer('decisions with an appeal that was won'),
    won_automated: integer('of these, made by machines alone'),
    audited: integer('machines\u2019 decisions of the 2 % sample that a reviewer found right or wrong'),
    audited_right: integer('of these, found right'),
  },
  fold: ({ account, events, record }) => {
    const rows = new Map<string, { origin: Origin; counts: Record<Count, number> }>()
    const at = (origin: Origin): Record<Count, number> => {
      const key = JSON.stringify(Object.values(origin))
      const row = rows.get(key) ?? { origin, counts: none() }
      rows.set(key, row)
      return row.counts
    }
    for (const flag of record.flags) {
      const counts = at(originOf(flag))
      counts.flags++
      if (flag.voided !== null) counts.voided++
    }
    const flags = new Map(record.flags.map((flag) => [flag.raised.data.flagId, flag]))
    const outcomes = outcomesOf(record)
    const verdicts = sampleVerdicts(events)
    for (const { decisionId, made } of record.decisions) {
      const grounds = made.data.grounds.flatMap((id) => flags.get(id) ?? [])
      const origins = new Set(grounds.map((flag) => at(originOf(flag))))
      const outcome = outcomes.get(decisionId)
      const isAutomated = made.data.automation.decision === 'fully'
      const happened = {
        decisions: true,
        overturned: outcome?.overturnedBy != null,
        appealed: (outcome?.appeals.length ?? 0) > 0,
        answered: outcome?.appealOutcome != null && outcome.appealOutcome !== 'pending',
        won: outcome?.appealOutcome === 'reversed',
      }
      for (const counts of origins.size === 0 ? [at(NOWHERE)] : origins) {
        for (const count of COUNTS) {
          if (!happened[count]) continue
          counts[count]++
          if (isAutomated) counts[`${count}_automated`]++
        }
        const verdict = verdicts.get(decisionId)
        if (verdict === undefined || made.data.decidedBy.kind === 'human') continue
        counts.audited++
        if (verdict === 'right') counts.audited_right++
      }
    }
    return Array.from(rows.values(), ({ origin, counts }) => ({ account, ...origin, ...counts }))
  },
  views: [
    // Wilson's score interval (E. B. Wilson, 1927) for a share of k in n, at 95 %: sound for few cases and shares near 0.
    {
      kind: 'MACRO',
      name: 'wilson_low',
      about: 'The lower end of the 95 % interval for a share of k in n (Wilson)',
      sql: `CREATE OR REPLACE MACRO wilson_low(k, n) AS CASE WHEN n > 0 THEN greatest(0,
      (k + 1.920729 - 1.959964 * sqrt(k * (n - k) / n + 0.960365)) / (n + 3.841459)) END`,
    },
    {
      kind: 'MACRO',
      name: 'wilson_high',
      about: 'The upper end of the 95 % interval for a share of k in n (Wilson)',
      sql: `CREATE OR REPLACE MACRO wilson_high(k, n) AS CASE WHEN n > 0 THEN least(1,
      (k + 1.920729 + 1.959964 * sqrt(k * (n - k) / n + 0.960365)) / (n + 3.841459)) END`,
    },
    {
      kind: 'MACRO',
      name: 'confidence_low',
      about: 'The lower end of where a share lies, at 95 %, after k in n: sound however often one looks',
      sql: `CREATE OR REPLACE MACRO confidence_low(k, n) AS ${confidenceEnd(0)}`,
    },
    {
      kind: 'MACRO',
      name: 'confidence_high',
      about: 'The upper end of where a share lies, at 95 %, after k in n: sound however often one looks',
      sql: `CREATE OR REPLACE MACRO confidence_high(k, n) AS ${confidenceEnd(1)}`,
    },
    {
      kind: 'VIEW',
      name: 'rule_health',
      about:
        'The outcomes of each rule, ruleset version, detector and detector version: flags, decisions, how many were overturned, and how often audits find them right',
      columns: {
        overturn_rate: 'the share of decisions that were overturned',
        overturn_rate_low: 'the lower end of its 95 % interval',
        overturn_rate_high: 'the upper end of its 95 % interval',
        appeal_success_rate: 'of the decisions with an answered appeal, the share with one that was won',
        overturn_rate_automated: 'the share of decisions by machines alone that were overturned',
        overturn_rate_automated_low: 'the lower end of its 95 % interval',
        overturn_rate_automated_high: 'the upper end of its 95 % interval',
        decisions_human: 'the decisions that people took part in',
        overturned_human: 'how many of these were overturned',
        overturn_rate_human: 'the share of decisions with people that were overturned',
        overturn_rate_human_low: 'the lower end of its 95 % interval',
        overturn_rate_human_high: 'the upper end of its 95 % interval',
        enforcement_precision: 'the share of audited decisions that were right',
        enforcement_precision_low: 'the lower end of where it lies, at 95 %, however often one looks',
        enforcement_precision_high: 'the upper end',
      },
      sql: `CREATE OR REPLACE VIEW rule_health AS
      SELECT * EXCLUDE (decisions_automated, overturned_automated, appealed_automated, answered_automated, won_automated, audited, audited_right),
        round(overturned / nullif(decisions, 0), 4) AS overturn_rate,
        wilson_low(overturned, decisions) AS overturn_rate_low, wilson_high(overturned, decisions) AS overturn_rate_high,
        round(won / nullif(answered, 0), 4) AS appeal_success_rate,
        decisions_automated, overturned_automated,
        round(overturned_automated / nullif(decisions_automated, 0), 4) AS overturn_rate_automated,
        wilson_low(overturned_automated, decisions_automated) AS overturn_rate_automated_low,
        wilson_high(overturned_automated, decisions_automated) AS overturn_rate_automated_high,
        decisions - decisions_automated AS decisions_human, overturned - overturned_automated AS overturned_human,
        round((overturned - overturned_automated) / nullif(decisions - decisions_automated, 0), 4) AS overturn_rate_human,
        wilson_low(overturned - overturned_automated, decisions - decisions_automated) AS overturn_rate_human_low,
        wilson_high(overturned - overturned_automated, decisions - decisions_automated) AS overturn_rate_human_high,
        audited, audited_right,
        round(audited_right / nullif(audited, 0), 4) AS enforcement_precision,
        confidence_low(audited_right, audited) AS enforcement_precision_low,
        confidence_high(audited_right, audited) AS enforcement_precision_high
      FROM (
        SELECT rule, ruleset, ruleset_version, detector_kind, detector, detector_version,
          ${['flags', 'voided', ...counted, ...AUDITED].map((count) => `sum(${count})::BIGINT AS ${count}`).join(', ')}
        FROM rule_counts GROUP BY ALL
      ) ORDER BY decisions DESC, rule, ruleset_version, detector, detector_version`,
    },
  ],
})

const NOWHERE: Origin = {
  rule: null,
  ruleset: null,
  ruleset_version: null,
  detector_kind: null,
  detector: null,
  detector_version: null,
}

const originOf = ({ raised: { data } }: Flag): Origin => ({
  rule: data.rule?.id ?? null,
  ruleset: data.ruleset?.id ?? null,
  ruleset_version: data.ruleset?.version ?? null,
  detector_kind: data.detector.kind,
  detector: data.detector.id,
  detector_version: data.detector.version,
})

const none = (): Record<Count, number> => ({
  flags: 0,
  voided: 0,
  decisions: 0,
  decisions_automated: 0,
  overturned: 0,
  overturned_automated: 0,
  appealed: 0,
  appealed_automated: 0,
  answered: 0,
  answered_automated: 0,
  won: 0,
  won_automated: 0,
  audited: 0,
  audited_right: 0,
})
