import { decidedUnder } from './decisions.ts'
import { modelSql, versionSql } from './flags.ts'
import { hexSql } from './ids.ts'
import { badModel, faulty, GUIDELINES, period, releases } from './rulesets.ts'
import {
  DAY,
  type Generation,
  HOUR,
  lasting,
  MINUTE,
  plan,
  SECOND,
  signalColumns,
  signalsJson,
} from './stage.ts'

/** Plans all events but evaluations. */
export const planActions = async (generation: Generation): Promise<void> => {
  planReleases(generation)
  planFlags(generation)
  planDecisions(generation)
  await planAppeals(generation)
  await planReversals(generation)
  planChanges(generation)
}

const planReleases = (generation: Generation): void => {
  const rows = releases.map(({ effectiveFrom, documentSha256, ruleset: { id, version } }, n) => {
    const moment = Math.max(period.from, effectiveFrom - HOUR)
    return `(${n}, NULL::INTEGER, ${moment}::BIGINT, ${effectiveFrom}::BIGINT, '${documentSha256}', '${id}', '${version}')`
  })
  plan(generation, {
    type: 'ruleset.published.v1',
    source: "'/services/policy'",
    from: `VALUES ${rows.join(', ')}`
      .replace(/^/, 'SELECT * FROM (')
      .concat(') v (x, account_no, moment, effective, sha256, ruleset, version)'),
    columns: {
      account: 'NULL',
      effective_from: 'epoch_ms(effective)',
      document_sha256: 'sha256',
      ruleset: 'ruleset',
      ruleset_version: 'version',
    },
  })
}

const contentColumns = {
  content_kind: "CASE WHEN content_id IS NOT NULL THEN CASE WHEN x % 32 < 30 THEN 'pin' ELSE 'board' END END",
  content_id: 'content_id',
  content_created_at: 'CASE WHEN content_id IS NOT NULL THEN epoch_ms(created) END',
}

const planFlags = (generation: Generation): void => {
  const { draws } = generation
  const { below, chance, pick, share } = draws
  const isScanner = "detector = 'scanner' AND rule <> 'goods.pattern_resale'"
  const values = {
    account_age_days: `CASE WHEN ${isScanner} THEN ${below('x', 60, 2000)} END`,
    adult_score: `CASE WHEN ${isScanner} THEN CASE WHEN rule = 'adult.explicit' THEN score ELSE 1 + ${below('x', 61, 299)} END / 1000.0::DOUBLE END`,
    duplicate_count: `CASE WHEN rule = 'spam.repeat_pin' THEN 25 + (275 * pow(${share('x', 62)}, 3))::BIGINT WHEN ${isScanner} THEN ${below('x', 62, 20)} END`,
    hash_distance: `CASE WHEN detector = 'phash' THEN ${below('x', 63, 9)} END`,
    is_illustration: `CASE WHEN rule = 'adult.explicit' THEN is_drawn WHEN ${isScanner} THEN ${chance('x', 64, 200)} END`,
    link_confidence: 'NULL::DOUBLE',
    link_count: `CASE WHEN rule LIKE 'spam.link%' THEN 41 + (360 * pow(${share('x', 65)}, 2))::BIGINT WHEN ${isScanner} THEN ${below('x', 65, 12)} END`,
    list_entry: `CASE WHEN detector = 'phash' THEN 'vm-' || (10000 + ${below('x', 66, 400)}) END`,
    listing_similarity: `CASE WHEN rule = 'goods.pattern_resale' THEN (60 + ${below('x', 67, 40)}) / 100.0::DOUBLE END`,
    nudity_score: `CASE WHEN detector = 'nudity-net' THEN (900 + ${below('x', 68, 100)}) / 1000.0::DOUBLE END`,
    undelivered_orders: `CASE WHEN detector = 'order-watch' THEN 10 + ${below('x', 69, 70)} END`,
  }
  const seen = Object.entries(values).map(([name, value]) => `${value} AS ${name}`)
  const names = Object.fromEntries(Object.keys(values).map((name) => [name, name]))
  const written = { ...names, list_entry: `'"' || list_entry || '"'` }
  const notice = `detector_kind = 'human' AND ${chance('x', 70, 700)}`
  const source = `CASE detector_kind WHEN 'human' THEN '/services/review-queue' WHEN 'hash_match' THEN '/services/detection/hashes'
    WHEN 'model' THEN '/services/detection/nudity-net' ELSE '/services/detection/scanner' END`
  const columns = {
    flag_id: 'flag_id',
    category: 'category',
    flag_source: `CASE WHEN NOT (${notice}) THEN 'own_initiative' ELSE ${pick('x', 71, ['user_notice', 'user_notice', 'trusted_flagger'])} END`,
    notice_id: `CASE WHEN ${notice} THEN 'n-' || ${hexSql('x')} END`,
    detector: 'detector',
    detector_kind: 'detector_kind',
    detector_version: 'detector_version',
    rule: 'rule',
    ruleset: 'ruleset',
    ruleset_version: 'version',
    ...contentColumns,
    signals: `(${signalsJson(written)})::JSON`,
    ...signalColumns(generation, names),
  }
  const from = `SELECT *, ${seen.join(', ')} FROM flags`
  plan(generation, { type: 'flag.raised.v1', source, from, columns })
  // A few ids are used twice: the second flag does not count.
  const again = `SELECT * REPLACE (x + ${2 ** 45} AS x, moment + ${lasting(draws, 'x', 72, HOUR, 30 * DAY)} AS moment) FROM (${from}) WHERE ${below('x', 73, 5000)} = 0`
  plan(generation, { type: 'flag.raised.v1', source, from: again, columns })
  plan(generation, {
    type: 'flag.raised.v1',
    source: "'/services/linker'",
    from: `SELECT *, (80 + ${below('x', 74, 20)}) / 100.0::DOUBLE AS link_confidence FROM evasions`,
    columns: {
      flag_id: 'flag_id',
      category: "'ban_evasion'",
      flag_source: "'own_initiative'",
      detector: "'linker'",
      detector_kind: "'model'",
      detector_version: "'2.1'",
      rule: "'evasion.linked_account'",
      ruleset: `'${GUIDELINES}'`,
      ruleset_version: versionSql('moment'),
      because_of: 'because_of',
      signals: `(${signalsJson({ link_confidence: 'link_confidence' })})::JSON`,
      ...signalColumns(generation, { link_confidence: 'link_confidence' }),
    },
  })
  plan(generation, {
    type: 'notice.received.v1',
    source: "'/services/intake'",
    from: `SELECT * REPLACE (moment - ${lasting(draws, 'x', 75, 20 * MINUTE, 9 * HOUR)} AS moment) FROM flags WHERE ${notice}`,
    columns: {
      ...contentColumns,
      notice_id: `'n-' || ${hexSql('x')}`,
      category: 'category',
      notifier: `CASE ${columns.flag_source} WHEN 'trusted_flagger' THEN 'trusted_flagger' ELSE 'user' END`,
    },
  })
  plan(generation, {
    type: 'flag.dismissed.v1',
    source: "'/services/review-queue'",
    from: `SELECT * REPLACE (moment + ${lasting(draws, 'x', 76, 2 * MINUTE, 5 * MINUTE)} AS moment) FROM flags WHERE is_dismissed`,
    columns: {
      flag_id: 'flag_id',
      reviewer_kind: "'human'",
      reviewer: `'reviewer-' || (1 + ${below('x', 77, 40)})`,
      reason: pick('x', 78, ['not a violation', 'wrong picture', 'reported in bad faith']),
    },
  })
  const rescored = `CASE WHEN ${chance('x', 79, 50)} THEN NULL ELSE (300 + ${below('x', 80, 699)}) / 1000.0::DOUBLE END`
  plan(generation, {
    type: 'flag.rescored.v1',
    source: "'/services/detection/nudity-net'",
    from: `SELECT * REPLACE (${badModel.to} + ${lasting(draws, 'x', 81, 10 * DAY, 200 * DAY)} AS moment), ${rescored} AS nudity_score FROM flags
      WHERE detector_version = '${badModel.version}' AND ${chance('x', 82, 600)}`,
    columns: {
      flag_id: 'flag_id',
      detector: 'detector',
      detector_kind: 'detector_kind',
      detector_version: modelSql('moment'),
      reason: `'first scored by ${badModel.version}'`,
      signals: `(${signalsJson({ nudity_score: 'nudity_score' })})::JSON`,
      ...signalColumns(generation, { nudity_score: 'nudity_score' }),
    },
  })
}

const planDecisions = (generation: Generation): void => {
  const { draws } = generation
  const { below, chance } = draws
  const made = {
    decision_id: 'decision_id',
    grounds: 'grounds',
    category: 'category',
    ruleset: 'ruleset',
    ruleset_version: decidedUnder,
    automated_detection: 'true',
    automated_decision: "CASE WHEN is_human THEN 'not' ELSE 'fully' END",
    decided_by_kind: "CASE WHEN is_human THEN 'human' ELSE 'rule' END",
    basis_kind: "'terms'",
    basis_reference: "'Community guidelines'",
  }
  const by = (service: string): string =>
    `CASE WHEN is_human THEN 'reviewer-' || (1 + ${below('x', 83, 40)}) ELSE '${service}' END`
  plan(generation, {
    type: 'account.deactivated.v1',
    source: "'/services/enforcement'",
    from: "SELECT * FROM decisions WHERE kind = 'deactivation'",
    columns: {
      ...made,
      restriction: 'restriction',
      until: 'epoch_ms(until)',
      decided_by: by('deactivation-service'),
    },
  })
  plan(generation, {
    type: 'content.removed.v1',
    source: "'/services/removal'",
    from: "SELECT * FROM decisions WHERE kind = 'removal'",
    columns: { ...made, ...removedContent, decided_by: by('removal-service') },
  })
  plan(generation, {
    type: 'notice.sent.v1',
    source: "'/services/notices'",
    from: `SELECT * REPLACE (moment + ${lasting(draws, 'x', 84, SECOND, 90 * SECOND)} AS moment) FROM decisions WHERE ${chance('x', 85, 850)}`,
    columns: {
      decision_id: 'decision_id',
      channel: "'email'",
      template: 'kind',
      template_version: "'4'",
      template_language: "'en'",
    },
  })
  plan(generation, {
    type: 'decision.audited.v1',
    source: "'/services/review-queue'",
    from: `SELECT * REPLACE (moment + ${lasting(draws, 'x', 86, 10 * MINUTE, HOUR)} AS moment) FROM decisions WHERE NOT is_human AND ${chance('x', 87, 20)}`,
    columns: {
      decision_id: 'decision_id',
      verdict: `CASE WHEN falls THEN 'wrong' ELSE 'right' END`,
      reviewer_kind: "'human'",
      reviewer: `'reviewer-' || (61 + ${below('x', 88, 5)})`,
    },
  })
}

/** The content of a removal is its flag's; the removal's number is twice the flag's. */
const removedContent = {
  ...contentColumns,
  content_kind: "CASE WHEN x // 2 % 32 < 30 THEN 'pin' ELSE 'board' END",
}

const planAppeals = async (generation: Generation): Promise<void> => {
  const { connection, draws } = generation
  const { below, chance, pick } = draws
  await connection.run(`CREATE TEMP TABLE appeals AS
    SELECT *, moment + ${lasting(draws, 'x', 90, HOUR, 20 * DAY)} AS filed_at, 'a-' || ${hexSql('x')} AS appeal_id,
      filed_at + ${lasting(draws, 'x', 91, DAY, 14 * DAY)} AS answered_at, ${chance('x', 92, 600)} AS is_answered,
      CASE WHEN falls OR ${chance('x', 93, 300)} THEN 'reversed' WHEN ${chance('x', 94, 100)} THEN 'omitted'
        WHEN kind = 'deactivation' AND ${chance('x', 95, 60)} THEN 'modified' ELSE 'upheld' END AS outcome
    FROM decisions WHERE until IS NULL AND ${chance('x', 96, 180)}`)
  plan(generation, {
    type: 'appeal.filed.v1',
    source: "'/services/appeals'",
    from: 'SELECT * REPLACE (filed_at AS moment) FROM appeals',
    columns: { appeal_id: 'appeal_id', decision_id: 'decision_id' },
  })
  const answered = 'SELECT * REPLACE (answered_at AS moment) FROM appeals WHERE is_answered'
  plan(generation, {
    type: 'appeal.decided.v1',
    source: "'/services/appeals'",
    from: answered,
    columns: {
      appeal_id: 'appeal_id',
      decision_id: 'decision_id',
      outcome: 'outcome',
      reviewer_kind: "'human'",
      reviewer: `'reviewer-' || (41 + ${below('x', 97, 20)})`,
      reasons: `[outcome || '.' || (1 + ${below('x', 98, 4)})]`,
    },
  })
  plan(generation, {
    type: 'notice.sent.v1',
    source: "'/services/notices'",
    from: `SELECT * REPLACE (x + ${2 ** 45} AS x, moment + 5000 AS moment) FROM (${answered}) WHERE ${chance('x', 99, 900)}`,
    columns: {
      appeal_id: 'appeal_id',
      channel: pick('x', 100, ['email', 'in_app']),
      template: "'appeal'",
      template_version: "'2'",
      template_language: "'en'",
    },
  })
}

const planReversals = async (generation: Generation): Promise<void> => {
  const { connection, draws } = generation
  const { chance } = draws
  await connection.run(`CREATE TEMP TABLE reversals AS
    SELECT * REPLACE (answered_at + ${lasting(draws, 'x', 101, HOUR, 48 * HOUR)} AS moment), 'appeal' AS why, NULL::VARCHAR[] AS voided
    FROM appeals WHERE is_answered AND outcome = 'reversed' AND ${chance('x', 102, 940)}
    UNION ALL BY NAME
    SELECT * REPLACE (until + 60000 AS moment), 'expiry' AS why, NULL AS voided FROM decisions WHERE until IS NOT NULL AND ${chance('x', 103, 850)}
    UNION ALL BY NAME
    -- What the platform found by itself after the faulty version.
    SELECT * REPLACE (${faulty.to} + ${lasting(draws, 'x', 104, 2 * DAY, 30 * DAY)} AS moment), 'correction' AS why, grounds AS voided
    FROM decisions WHERE falls AND moment < ${faulty.to} AND until IS NULL AND ${chance('x', 105, 150)} AND x NOT IN (SELECT x FROM appeals)`)
  const columns = {
    decision_ids: '[decision_id]',
    reason: 'why',
    flags_voided: 'voided',
    request_id: `CASE WHEN why = 'correction' THEN 'r-spring' END`,
  }
  plan(generation, {
    type: 'account.reinstated.v1',
    source: "'/services/enforcement'",
    from: "SELECT * FROM reversals WHERE kind = 'deactivation'",
    columns,
  })
  plan(generation, {
    type: 'content.restored.v1',
    source: "'/services/removal'",
    from: "SELECT * FROM reversals WHERE kind = 'removal'",
    columns: { ...columns, ...removedContent },
  })
}

const planChanges = (generation: Generation): void => {
  const { events, accounts, draws } = generation
  const { below, chance } = draws
  const after = `moment + ${lasting(draws, 'x', 110, DAY, 30 * DAY)}`
  const lifted = `until IS NOT NULL AND ${chance('x', 111, 400)}`
  plan(generation, {
    type: 'decision.changed.v1',
    source: "'/services/enforcement'",
    from: `SELECT * REPLACE (CASE WHEN ${lifted} THEN moment + ${DAY} ELSE ${after} END AS moment), ${lifted} AS is_lifted
      FROM decisions WHERE kind = 'deactivation' AND ${chance('x', 112, 12)}
      UNION ALL BY NAME
      SELECT * REPLACE (x + ${2 ** 45} AS x, answered_at AS moment), false AS is_lifted FROM appeals
      WHERE is_answered AND outcome = 'modified' AND ${chance('x', 113, 800)}`,
    columns: {
      decision_id: 'decision_id',
      reason: `CASE WHEN x >= ${2 ** 45} THEN 'appeal' ELSE 'correction' END`,
      restriction: "CASE WHEN restriction = 'terminated' THEN 'suspended' END",
      until: `CASE WHEN NOT is_lifted AND x % 4 > 0 THEN epoch_ms(moment + 60 * ${DAY}::BIGINT) END`,
      until_lifted: 'CASE WHEN is_lifted THEN true WHEN x % 4 > 0 THEN false END',
    },
  })
  plan(generation, {
    type: 'order.received.v1',
    source: "'/services/intake'",
    from: `SELECT o AS x, ${accounts} - ${below('o', 114, Math.round(accounts / 2))} AS account_no,
      ${period.to - 400 * DAY} + ${below('o', 115, 400 * DAY)} AS moment FROM range(${Math.ceil(events / 6000)}) r (o)`,
    columns: { order_id: "'o-' || x", authority: "'Bundeskriminalamt'", asked_for: "'act'" },
  })
}
