import { sqlText } from '../../../foundation/sql.ts'
import { type Rule, type Ruleset, ruleNamed } from '../../../rulesets/ruleset.ts'
import type { Question } from '../rehearsal.ts'
import { asColumns } from './conditions.ts'
import { anyOf, FLAGS, IS_FIRST, type Looking, withinSql } from './seen.ts'

/** One of the two versions; its number is in the column `side`. */
export type Side = { readonly number: number; readonly ruleset: Ruleset }

export const sidesOf = ({ old, next }: Question): ReadonlyArray<Side> => [
  ...(old === null ? [] : [{ number: 0, ruleset: old }]),
  { number: 1, ruleset: next },
]

/**
 * Makes the table `r_points`: what each version counts for an account, from all of its history: flags by their own rules,
 * and evidence on which a rule fires. Of accounts that have such a thing in the window, and enough strikes. `side`: which version; `rule_no`: the place of its rule, NULL: none; `counts`: it is true.
 */
export const findPoints = async (looking: Looking): Promise<void> => {
  const { connection, question, window, conditions } = looking
  // Accounts with a flag, or evidence on which a rule fires.
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE r_candidates AS SELECT account_no FROM r_seen WHERE kind = 'evaluation'
      UNION SELECT account_no FROM ${FLAGS} AND ${withinSql(window)}`,
  )
  await findHistories(looking)
  const sides = sidesOf(question)
  const points = sides.flatMap((side) => [
    flagPoints(side, looking),
    ...side.ruleset.rules.map((rule, ruleNo) => sightings(side.number, ruleNo, conditions.columnOf(rule))),
  ])
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE r_all_points AS SELECT * FROM (${points.join(' UNION ALL ')})
      WHERE counts OR rule_no IS NOT NULL`,
  )
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE r_points AS SELECT * FROM r_all_points SEMI JOIN
      (SELECT account_no FROM r_all_points GROUP BY account_no HAVING ${haveEnough(sides)})
      USING (account_no)`,
  )
}

const AMONG = 'SEMI JOIN r_candidates USING (account_no)'
const OF_EVENT = [
  'sequence',
  'account_no',
  'epoch_ms(occurred_at) AS ms',
  'occurred_ns AS ns',
  'source',
  'id',
]
const OF_CONTENT = ['content_kind', 'content_id']

/** Makes the tables `r_flags` and `r_evidence`: flags of those accounts, and evidence on which a rule fires. */
const findHistories = async ({ connection, question, window, conditions }: Looking): Promise<void> => {
  const flag = [
    ...OF_EVENT,
    ...OF_CONTENT,
    'flag_id',
    `CASE WHEN ruleset IS NULL OR ruleset = ${sqlText(question.next.id)} THEN rule END AS rule`,
    "detector_kind = 'human' AS human",
    ...asColumns(conditions.onFlag),
  ]
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE r_flags AS SELECT ${flag.join(', ')}
      FROM (FROM ${FLAGS} AND ${IS_FIRST}) ${AMONG}`,
  )
  const { onEvidence } = conditions
  const seen = [...OF_EVENT, ...OF_CONTENT, ...onEvidence.map((_, place) => `c${place}`)]
  const before = [...OF_EVENT, ...OF_CONTENT, ...asColumns(onEvidence)]
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE r_evidence AS SELECT ${seen.join(', ')} FROM r_seen WHERE kind = 'evaluation'
      UNION ALL SELECT ${before.join(', ')}
        FROM (FROM h_evidence WHERE occurred_at < epoch_ms(${window.from}) AND ${anyOf(onEvidence)}) ${AMONG}`,
  )
}

const OF_POINT = 'sequence, account_no, ms, ns, source, id, content_kind, content_id'

/** What a version counts of the flags, and those that it does not, which cover evidence for their rule. */
const flagPoints = ({ number, ruleset }: Side, { conditions }: Looking): string => {
  const ruleNo = byRule(ruleset, (_, place) => String(place), 'INTEGER')
  const truth = byRule(ruleset, conditions.columnOf, 'BOOLEAN')
  return `SELECT ${number} AS side, ${OF_POINT}, flag_id, ${ruleNo} AS rule_no, human OR coalesce(${truth}, false) AS counts
    FROM r_flags`
}

const sightings = (side: number, ruleNo: number, column: string): string =>
  `SELECT ${side}, ${OF_POINT}, NULL, ${ruleNo}, true FROM r_evidence WHERE ${column}`

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

/** That all strikes of an account's life, if all of them count, are enough for a policy of either version. */
const haveEnough = (sides: ReadonlyArray<Side>): string => {
  const enough = sides.flatMap(({ number, ruleset: { policies, rules } }) => {
    if (policies.length === 0) return []
    const least = policies.reduce((a, { atLeast }) => Math.min(a, atLeast), Number.POSITIVE_INFINITY)
    const strikes = rules.map((rule, place) => `WHEN rule_no = ${place} THEN ${rule.strikes}`)
    const each = `CASE ${['WHEN NOT counts THEN 0', ...strikes].join(' ')} ELSE 0 END`
    return [`sum(${each}) FILTER (side = ${number}) >= ${least}`]
  })
  return enough.length === 0 ? 'false' : enough.join(' OR ')
}
