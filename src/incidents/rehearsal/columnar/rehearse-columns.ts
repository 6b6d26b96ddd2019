import type { DuckDBConnection } from '@duckdb/node-api'
import * as E from '#fp/Either'
import { asFailure, rowsOf } from '../../../projection/duckdb.ts'
import { type ProjectionError, ProjectionFailure } from '../../../projection/errors.ts'
import { signalSql } from '../../../projection/events/signals.ts'
import type { NotInSql } from '../../../replay/columnar/fired.ts'
import type { ColumnarSource } from '../../../replay/columnar/source.ts'
import { ageType } from '../account-age.ts'
import type { Question, Rehearsal, RehearsalWindow, RehearsedRule } from '../rehearsal.ts'
import { pairRules, type RulePair } from '../rule-pairs.ts'
import { tallyRule } from '../tally.ts'
import { conditionsOf, truthSql } from './conditions.ts'
import { countDeactivated } from './deactivated.ts'
import { drawSeen, truthFrom } from './drawn.ts'
import { countAll, findRepeated, findSeen, type Looking } from './seen.ts'

/** Rehearses over the columns of a history: the same result as that of `collectRehearsal`. */
export const rehearseColumns = async (
  { connection, signalColumns }: Pick<ColumnarSource, 'connection' | 'signalColumns'>,
  question: Question,
  window: RehearsalWindow,
): Promise<E.Either<NotInSql | ProjectionError, Rehearsal>> => {
  const signal = signalSql(signalColumns)
  const conditions = conditionsOf(question, signal)
  if (E.isLeft(conditions)) return conditions
  const pairs = pairRules(question.old, question.next)
  const looking = { connection, question, window, pairs, signal, conditions: conditions.right }
  try {
    return E.right(await look(looking))
  } catch (error) {
    const failure = asFailure(error)
    if (failure instanceof ProjectionFailure) return E.left(failure.error)
    throw failure
  }
}

const look = async (looking: Looking): Promise<Rehearsal> => {
  const { connection, question, window, pairs } = looking
  await findRepeated(connection)
  const { flags, evaluations, unknown, lacking } = await countAll(looking)
  await findSeen(looking)
  const rules: RehearsedRule[] = []
  for (const [place, pair] of pairs.entries()) {
    rules.push(await rehearseRule(looking, pair, unknown[place] ?? 0))
  }
  return {
    old: question.old,
    next: question.next,
    window,
    evidence: { flags, evaluations },
    rules,
    accounts: await countDeactivated(looking),
    signals: [...question.next.signals].map(([name, type], place) => ({
      ...{ name, type },
      lacking: lacking[place] ?? 0,
    })),
  }
}

const rehearseRule = async (looking: Looking, pair: RulePair, unknown: number): Promise<RehearsedRule> => {
  const { connection, conditions, question } = looking
  const hasAge = ageType(question.old, question.next) !== null
  const { was, now } = truthSql(pair, conditions)
  const rows = await rowsOf(
    connection,
    `SELECT ${was}, ${now}, detector, detector_version, age, count(*)::DOUBLE FROM r_seen
      WHERE ${was} OR ${now} GROUP BY ALL`,
  )
  const tally = tallyRule(pair)
  for (const [a, b, detector, version, age, number] of rows) {
    tally.add(
      { was: truthFrom(a), now: truthFrom(b) },
      { detector: { id: String(detector), version: String(version) }, age: hasAge ? String(age) : null },
      Number(number),
    )
  }
  tally.addUnknown(unknown)
  return tally.finish(await drawSeen(looking, pair))
}

/** When the last thing happened that a service recorded, in ms; null: nothing did. */
export const lastServiceEvent = async (connection: DuckDBConnection): Promise<number | null> => {
  const [row] = await rowsOf(
    connection,
    `SELECT epoch_ms(max(occurred_at))::DOUBLE FROM (SELECT max(occurred_at) AS occurred_at FROM h_evidence
      UNION ALL SELECT max(occurred_at) FROM h_actions
        WHERE account_no IS NOT NULL AND type <> 'flag.rescored.v1')`,
  )
  return row?.[0] == null ? null : Number(row[0])
}
