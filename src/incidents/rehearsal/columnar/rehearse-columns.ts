import type { DuckDBConnection } from '@duckdb/node-api'
import * as E from '#fp/Either'
import { sqlText } from '../../../foundation/sql.ts'
import { asFailure, rowsOf } from '../../../projection/duckdb.ts'
import { type ProjectionError, ProjectionFailure } from '../../../projection/errors.ts'
import { signalSql } from '../../../projection/events/signals.ts'
import type { NotInSql } from '../../../replay/columnar/fired.ts'
import type { ColumnarSource } from '../../../replay/columnar/source.ts'
import type { Question, Rehearsal, RehearsedRule } from '../rehearsal.ts'
import { pairRules } from '../rule-pairs.ts'
import { serviceTypes } from '../service-event.ts'
import { windowBefore } from '../window.ts'
import { conditionsOf } from './conditions.ts'
import { countAll, rehearseRule } from './counted.ts'
import { countDeactivated } from './deactivated.ts'
import { findRepeated, type Looking } from './looking.ts'

/**
 * Rehearses over the columns of a history, in the time `over` (ms) before the last event of a service: the same result as
 * that of `collectRehearsal`. Null: no service has recorded anything.
 */
export const rehearseColumns = async (
  { connection, signalColumns }: Pick<ColumnarSource, 'connection' | 'signalColumns'>,
  question: Question,
  over: number,
): Promise<E.Either<NotInSql | ProjectionError, Rehearsal | null>> => {
  const signal = signalSql(signalColumns)
  const conditions = conditionsOf(question, signal)
  if (E.isLeft(conditions)) return conditions
  const pairs = pairRules(question.old, question.next)
  try {
    const last = await lastServiceEvent(connection)
    if (last === null) return E.right(null)
    const window = windowBefore(last, over)
    return E.right(await look({ connection, question, window, pairs, signal, conditions: conditions.right }))
  } catch (error) {
    const failure = asFailure(error)
    if (failure instanceof ProjectionFailure) return E.left(failure.error)
    throw failure
  }
}

const look = async (looking: Looking): Promise<Rehearsal> => {
  const { connection, question, window, pairs } = looking
  await findRepeated(connection)
  const { flags, evaluations, known, lacking } = await countAll(looking)
  const rules: RehearsedRule[] = []
  for (const [place, pair] of pairs.entries()) {
    rules.push(await rehearseRule(looking, pair, flags + evaluations - (known[place] ?? 0)))
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

/** When the last event of a service happened, in ms; null: there is none. */
const lastServiceEvent = async (connection: DuckDBConnection): Promise<number | null> => {
  const [row] = await rowsOf(
    connection,
    `SELECT epoch_ms(max(occurred_at))::DOUBLE FROM (SELECT max(occurred_at) AS occurred_at FROM h_evaluations
      UNION ALL SELECT max(occurred_at) FROM h_actions
        WHERE type IN (${serviceTypes.map(sqlText).join(', ')}))`,
  )
  return row?.[0] == null ? null : Number(row[0])
}
