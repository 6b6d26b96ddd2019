import { hexSql } from './ids.ts'
import {
  badModel,
  faulty,
  GUIDELINES,
  LOST_VERSION,
  MERCHANT_VERSION,
  MERCHANTS,
  period,
  renamed,
  VENDOR,
  versions,
} from './rulesets.ts'
import { DAY, type Generation, HOUR, instantSql, lasting, MINUTE, SECOND, seenSql } from './stage.ts'

/** The version of the guidelines in force at an instant (ms). */
export const versionSql = (moment: string): string =>
  `CASE ${versions
    .toReversed()
    .map(({ version, effectiveFrom }) => `WHEN ${moment} >= ${effectiveFrom} THEN '${version}'`)
    .join(' ')} END`

/**
 * Makes the table `flags` from stories: in each, detectors raise one or more flags on an account, some hours to some weeks
 * apart. More stories begin while the faulty version is in force; only its condition raises their flags. `x` numbers the
 * flags, for draws; `truth` is what the rightful condition says (null: unknown).
 */
export const makeFlags = async ({ connection, draws, events, accounts }: Generation): Promise<void> => {
  const { below, share, chance } = draws
  const ordinary = Math.round(events * STORIES)
  const faultyStories = Math.max(24, Math.round(events * 0.0003))
  const span = period.to - period.from
  const faultyFrom = (faulty.from - period.from) / span
  const faultyFor = (faulty.to - faulty.from) / span
  await connection.run(`CREATE TEMP TABLE stories AS
    SELECT *, greatest(1, 1 + floor((${seenSql(accounts, 'greatest(0, began - 0.0006)')} - 1) * pow(${share('s', 1)}, 1.3)))::INTEGER AS account_no,
      ${instantSql('began')} AS began_at,
      CASE WHEN NOT is_faulty AND story_kind >= 980 THEN 1 ELSE CASE
        WHEN many < 460 THEN 1 WHEN many < 720 THEN 2 WHEN many < 870 THEN 3 WHEN many < 950 THEN 4
        WHEN many < 990 THEN 5 + ${below('s', 2, 5)} ELSE 10 + ${below('s', 3, 40)} END END AS flags,
      (CASE WHEN is_faulty THEN ${HOUR} * pow(72, ${share('s', 4)}) ELSE ${HOUR} * pow(480, ${share('s', 4)}) END)::BIGINT AS gap
    FROM (SELECT s, s >= ${ordinary} AS is_faulty, ${below('s', 5, 1000)} AS many, ${below('s', 6, 1000)} AS story_kind,
        CASE WHEN s >= ${ordinary} THEN ${faultyFrom} + ${faultyFor} * ${share('s', 7)} ELSE ${share('s', 7)} END AS began
      FROM range(${ordinary + faultyStories}) r (s))`)

  const kind = (index: string): string => {
    const first = [...KINDS].map(([rule, below]) => `WHEN ${index} < ${below} THEN '${rule}'`)
    return `CASE ${first.join(' ')} ELSE 'merchant.undelivered' END`
  }
  await connection.run(`CREATE TEMP TABLE flags AS
    WITH raised AS (
      SELECT s * 64 + j AS x, 'f-' || ${hexSql('s')} || '-' || j AS flag_id, account_no, is_faulty,
        began_at + j * gap + (${share('s * 64 + j', 8)} * 0.9 * gap)::BIGINT AS moment,
        CASE WHEN is_faulty THEN 'adult.explicit'
          WHEN story_kind >= 970 OR ${chance('s * 64 + j', 9, 800)} THEN ${kind('story_kind')}
          ELSE ${kind(below('s * 64 + j', 10, 970))} END AS rule
      FROM stories, range(50) n (j) WHERE j < flags
    ), seen AS (
      SELECT *, CASE WHEN rule = 'adult.explicit' THEN CASE
          WHEN NOT is_faulty THEN 800 + greatest(0, ${below('x', 11, 212)} - 13)
          WHEN ${chance('x', 12, 250)} THEN ${lasting(draws, 'x', 11, 800, 1000)}
          ELSE 500 + greatest(0, ${below('x', 11, 316)} - 16) END END AS score,
        -- Drawn pictures are exempt, but the faulty condition forgot that; whether some are drawn was not recorded.
        CASE WHEN NOT is_faulty THEN false WHEN ${chance('x', 13, 60)} THEN NULL ELSE ${chance('x', 12, 250)} END AS is_drawn
      FROM raised WHERE moment < ${period.to} AND (NOT is_faulty OR moment < ${faulty.to})
    )
    SELECT * EXCLUDE (rule),
      CASE WHEN rule = 'no rule' THEN NULL WHEN rule = 'spam.link_farm' AND moment < ${renamed} THEN 'spam.links' ELSE rule END AS rule,
      CASE WHEN rule IN ('no rule') OR ${chance('x', 14, 5)} THEN NULL
        WHEN rule = 'merchant.undelivered' THEN '${MERCHANTS}' ELSE '${GUIDELINES}' END AS ruleset,
      CASE WHEN ruleset IS NULL THEN NULL WHEN rule = 'merchant.undelivered' THEN '${MERCHANT_VERSION}'
        WHEN ${chance('x', 15, 3)} THEN '${LOST_VERSION}' ELSE ${versionSql('moment')} END AS version,
      CASE WHEN rule LIKE 'adult.%' THEN 'adult_content' WHEN rule LIKE 'spam.%' THEN 'spam'
        WHEN rule LIKE 'goods.%' THEN 'counterfeit' WHEN rule LIKE 'violence.%' THEN 'violent_extremism'
        WHEN rule LIKE 'merchant.%' THEN 'scams' ELSE 'harassment' END AS category,
      CASE WHEN rule = 'adult.nudity' THEN 'nudity-net' WHEN rule LIKE 'violence.%' THEN 'phash'
        WHEN rule LIKE 'merchant.%' THEN 'order-watch' WHEN rule NOT IN ('harassment.reviewed', 'no rule') THEN 'scanner'
        WHEN ${chance('x', 16, 60)} THEN '${VENDOR}' ELSE 'reviewer-' || (1 + ${below('x', 17, 40)}) END AS detector,
      CASE WHEN rule = 'adult.nudity' THEN 'model' WHEN rule LIKE 'violence.%' THEN 'hash_match'
        WHEN rule IN ('harassment.reviewed', 'no rule') THEN 'human' ELSE 'rule' END AS detector_kind,
      CASE WHEN detector = 'nudity-net' THEN ${modelSql('moment')} WHEN detector = 'scanner' THEN ${scannerSql('moment')}
        WHEN detector = 'phash' THEN '1.9' WHEN detector = 'order-watch' THEN '1.4' ELSE '1' END AS detector_version,
      rule IN ('adult.explicit', 'adult.nudity', 'goods.pattern_resale', 'violence.known_media', 'harassment.reviewed') AS removes,
      ${chance('x', 18, 12)} AS is_dismissed,
      CASE WHEN is_dismissed OR rule IN ('no rule', 'merchant.undelivered') THEN 0
        WHEN rule LIKE 'spam.%' THEN 1 WHEN rule LIKE 'violence.%' THEN 3 ELSE 2 END AS points,
      CASE WHEN rule LIKE 'spam.link%' THEN 30 WHEN rule = 'spam.repeat_pin' THEN 14 ELSE 60 END * ${DAY}::BIGINT AS counts_for,
      rule <> 'adult.explicit' OR (score >= 800 AND NOT is_drawn) AS truth,
      -- Content ids are unique; some content existed long before.
      CASE WHEN rule IS DISTINCT FROM 'merchant.undelivered' THEN (700000000000 + x)::VARCHAR END AS content_id,
      moment - CASE WHEN ${chance('x', 19, 150)} THEN ${lasting(draws, 'x', 20, DAY, 300 * DAY)} ELSE ${lasting(draws, 'x', 20, SECOND, MINUTE)} END AS created
    FROM seen`)
}

/** Stories for each event, so that flags are 5 to 6 % of the events. */
const STORIES = 0.039

/** How often each rule's stories happen, in thousandths, added up; the rest are the merchants'. */
const KINDS = new Map([
  ['adult.explicit', 520],
  ['spam.repeat_pin', 670],
  ['spam.link_farm', 800],
  ['harassment.reviewed', 870],
  ['adult.nudity', 920],
  ['goods.pattern_resale', 960],
  ['violence.known_media', 970],
  ['no rule', 980],
])

/** The version of the picture model at an instant. */
export const modelSql = (moment: string): string =>
  `CASE WHEN ${moment} < ${badModel.from} THEN '7.2.0' WHEN ${moment} < ${badModel.to} THEN '${badModel.version}' ELSE '7.3.1' END`

/** The version of the scanner at an instant. */
export const scannerSql = (moment: string): string =>
  `CASE WHEN ${moment} < ${faulty.from} THEN '4.2.0' ELSE '4.3.1' END`
