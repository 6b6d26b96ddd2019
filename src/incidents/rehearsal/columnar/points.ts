import { sqlText } from '../../../foundation/sql.ts'
import { type Rule, type Ruleset, ruleNamed } from '../../../rulesets/ruleset.ts'
import type { Question, RehearsalWindow } from '../rehearsal.ts'
import { affectedAccounts } from './affected.ts'
import { anyOf } from './conditions.ts'
import { EVALUATIONS, FLAGS, inWindowSql, type Looking } from './looking.ts'

/** One of the two versions; its number is in the column `side`. */
export type Side = { readonly number: number; readonly ruleset: Ruleset }

export const sidesOf = ({ old, next }: Question): ReadonlyArray<Side> => [
  ...(old === null ? [] : [{ number: 0, ruleset: old }]),
  { number: 1, ruleset: next },
]

/**
 * Makes the table `r_points`: what each version counts for the accounts that the versions may treat differently and that have
 * something to count in the window, and enough strikes. From all of their history: flags by their own rules, and evidence
 * on which a rule fires. `side`: which version; `rule_no`: the place of its rule, NULL: none; `flag_id`: NULL for evidence;
 * `counts`: it is true. Returns whether there are any.
 */
export const findPoints = async (looking: Looking): Promise<boolean> => {
  const { connection, question, window } = looking
  const affected = affectedAccounts(looking)
  if (affected.length === 0) return false
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE r_affected AS SELECT DISTINCT account_no FROM (${affected.join(' UNION ALL ')})
      SEMI JOIN (${seenInWindow(looking)}) USING (account_no)`,
  )
  await findHistories(looking)
  const sides = sidesOf(question)
  const points = sides.flatMap((side) => [flagPoints(side), ...sightings(side, looking)])
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE r_all_points AS SELECT * FROM (${points.join(' UNION ALL ')})
      WHERE counts OR rule_no IS NOT NULL`,
  )
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE r_points AS SELECT * FROM r_all_points SEMI JOIN
      (SELECT account_no FROM r_all_points GROUP BY account_no HAVING ${isDecisive(sides, window)})
      USING (account_no)`,
  )
  return true
}

const COLUMNS = [
  'account_no',
  'epoch_ms(occurred_at) AS ms',
  'occurred_ns AS ns',
  'content_kind',
  'content_id',
]

/** The conditions over evidence, each once: the columns `c0`, `c1`… of `r_evidence`. */
const conditionColumns = ({ question, conditions }: Looking): ReadonlyArray<string> => [
  ...new Set(sidesOf(question).flatMap(({ ruleset }) => ruleset.rules.map(conditions.onEvidence))),
]

/** The accounts that may have something that counts in the window: of all others nothing needs to be read. */
const seenInWindow = (looking: Looking): string => {
  const inWindow = inWindowSql(looking.window)
  return `SELECT account_no FROM ${FLAGS} AND ${inWindow} UNION ALL
    SELECT account_no FROM ${EVALUATIONS} AND ${inWindow} AND ${anyOf(conditionColumns(looking))}`
}

/** Makes the tables `r_flags` and `r_evidence`: the flags of those accounts, and evidence on which a rule fires. */
const findHistories = async (looking: Looking): Promise<void> => {
  const { connection, question, conditions } = looking
  const sides = sidesOf(question)
  const among = 'SEMI JOIN r_affected USING (account_no)'
  const flag = [
    ...COLUMNS,
    'flag_id',
    ...sides.flatMap(({ number, ruleset }) => {
      const truth = byRule(ruleset, conditions.onFlag, 'BOOLEAN')
      return [
        `${byRule(ruleset, (_, place) => String(place), 'INTEGER')} AS rule_${number}`,
        `detector_kind = 'human' OR coalesce(${truth}, false) AS counts_${number}`,
      ]
    }),
  ]
  const own = `CASE WHEN ruleset IS NULL OR ruleset = ${sqlText(question.next.id)} THEN rule END`
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE r_flags AS SELECT ${flag.join(', ')}
      FROM (SELECT * REPLACE (${own} AS rule) FROM ${FLAGS}) ${among}`,
  )
  const columns = conditionColumns(looking)
  const evidence = [...COLUMNS, ...columns.map((condition, place) => `(${condition}) AS c${place}`)]
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE r_evidence AS SELECT ${evidence.join(', ')}
      FROM (FROM ${EVALUATIONS}) ${among} WHERE ${anyOf(columns)}`,
  )
}

const OF_POINT = 'account_no, ms, ns, content_kind, content_id'

/** What a version counts of the flags, and those that it does not, which cover evidence for their rule. */
const flagPoints = ({ number }: Side): string =>
  `SELECT ${number} AS side, ${OF_POINT}, flag_id, rule_${number} AS rule_no, counts_${number} AS counts FROM r_flags`

const sightings = ({ number, ruleset }: Side, looking: Looking): ReadonlyArray<string> => {
  const columns = conditionColumns(looking)
  return ruleset.rules.map((rule, ruleNo) => {
    const column = `c${columns.indexOf(looking.conditions.onEvidence(rule))}`
    return `SELECT ${number}, ${OF_POINT}, NULL, ${ruleNo}, true FROM r_evidence WHERE ${column}`
  })
}

/** An expression for the rule that judges a flag; NULL: there is none. */
const byRule = (ruleset: Ruleset, write: (rule: Rule, place: number) => string, type: string): string => {
  const names = ruleset.rules.flatMap(({ id, replaces }) => [id, ...replaces])
  const cases = [...new Set(names)].flatMap((name) => {
    const rule = ruleNamed(ruleset, name)
    if (rule === undefined) return []
    return [`WHEN rule = ${sqlText(name)} THEN ${write(rule, ruleset.rules.indexOf(rule))}`]
  })
  return `(CASE ${['WHEN false THEN NULL', ...cases].join(' ')} END)::${type}`
}

/**
 * That an account has something that counts in the window, and enough strikes for a policy of either version, if all of its
 * life count.
 */
const isDecisive = (sides: ReadonlyArray<Side>, { from, to }: RehearsalWindow): string => {
  const enough = sides.flatMap(({ number, ruleset: { policies, rules } }) => {
    if (policies.length === 0) return []
    const least = policies.reduce((a, { atLeast }) => Math.min(a, atLeast), Number.POSITIVE_INFINITY)
    const strikes = rules.map((rule, place) => `WHEN rule_no = ${place} THEN ${rule.strikes}`)
    const each = `CASE ${['WHEN NOT counts THEN 0', ...strikes].join(' ')} ELSE 0 END`
    return [`sum(${each}) FILTER (side = ${number}) >= ${least}`]
  })
  return `bool_or(counts AND ms BETWEEN ${from} AND ${to}) AND ${anyOf(enough)}`
}
