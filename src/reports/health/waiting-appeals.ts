import type { DuckDBConnection } from '@duckdb/node-api'
import { rowsOf } from '../../projection/duckdb.ts'
import { textOrNull } from './text-or-null.ts'

type WaitingAppeal = {
  readonly appealId: string
  readonly account: string
  readonly decisionId: string
  readonly category: string | null
  /** In ms. */
  readonly filedAt: number
}

export type WaitingAppeals = {
  readonly count: number
  /** Filed more than 14 days before the time in question. */
  readonly over14Days: number
  /** Filed more than 30 days before it. */
  readonly over30Days: number
  /** The ten that have waited longest. */
  readonly oldest: ReadonlyArray<WaitingAppeal>
}

const DAY = 86_400_000
const OLDEST = 10

/** The appeals that were unanswered at an instant (ms), as far as is on record. */
export const waitingAppeals = async (connection: DuckDBConnection, asOf: number): Promise<WaitingAppeals> => {
  const [counts] = await rowsOf(
    connection,
    `SELECT count(*)::INTEGER, count(*) FILTER (ms_waited > ${14 * DAY})::INTEGER,
      count(*) FILTER (ms_waited > ${30 * DAY})::INTEGER
      FROM appeals_at(epoch_ms($1::BIGINT), 14) WHERE is_open`,
    [asOf],
  )
  const oldest = await rowsOf(
    connection,
    `SELECT appeal_id, account, decision_id, category, epoch_ms(filed_at)::DOUBLE
      FROM appeals_at(epoch_ms($1::BIGINT), 14) WHERE is_open ORDER BY filed_at, appeal_id LIMIT ${OLDEST}`,
    [asOf],
  )
  const [count, over14Days, over30Days] = (counts ?? []).map(Number)
  return {
    count: count ?? 0,
    over14Days: over14Days ?? 0,
    over30Days: over30Days ?? 0,
    oldest: oldest.map(([appealId, account, decisionId, category, filedAt]) => ({
      appealId: String(appealId),
      account: String(account),
      decisionId: String(decisionId),
      category: textOrNull(category),
      filedAt: Number(filedAt),
    })),
  }
}
