import type { DuckDBConnection } from '@duckdb/node-api'
import type { FlagSource } from '../../domain/parts.ts'
import { rowsOf } from '../../projection/duckdb.ts'

/** A flag whose source contradicts the notice on record that it names. */
type ContradictedFlag = {
  readonly flagId: string
  readonly account: string
  /** The service that published the flag. */
  readonly service: string
  /** In ms. */
  readonly raisedAt: number
  readonly says: FlagSource
  readonly noticeId: string
  readonly notifier: 'user' | 'trusted_flagger'
}

export type ContradictedFlags = {
  readonly count: number
  /** The ten raised last. */
  readonly latest: ReadonlyArray<ContradictedFlag>
}

const LATEST = 10

/** The flags raised by an instant (ms) whose source contradicts the notice on record that they name. */
export const contradictedFlags = async (
  connection: DuckDBConnection,
  asOf: number,
): Promise<ContradictedFlags> => {
  const rows = await rowsOf(
    connection,
    `WITH notices AS (
      SELECT account_no, notice_id, notifier FROM actions
      WHERE type = 'notice.received.v1' AND occurred_at <= epoch_ms($1::BIGINT)
      QUALIFY row_number() OVER (PARTITION BY account_no, notice_id ORDER BY occurred_at, source, id) = 1
    )
    SELECT count(*) OVER ()::DOUBLE, flag_id, f.account, f.source, epoch_ms(f.occurred_at)::DOUBLE,
      f.flag_source::VARCHAR, notice_id, notices.notifier::VARCHAR
    FROM actions f JOIN notices USING (account_no, notice_id)
    WHERE f.type = 'flag.raised.v1' AND f.occurred_at <= epoch_ms($1::BIGINT)
      AND f.flag_source::VARCHAR <> CASE notices.notifier WHEN 'user' THEN 'user_notice' ELSE 'trusted_flagger' END
    ORDER BY f.occurred_at DESC, f.account, flag_id LIMIT ${LATEST}`,
    [asOf],
  )
  return {
    count: Number(rows[0]?.[0] ?? 0),
    latest: rows.map(([, flagId, account, service, raisedAt, says, noticeId, notifier]) => ({
      flagId: String(flagId),
      account: String(account),
      service: String(service),
      raisedAt: Number(raisedAt),
      // Casts: the columns contain no other values.
      says: String(says) as FlagSource,
      noticeId: String(noticeId),
      notifier: String(notifier) as ContradictedFlag['notifier'],
    })),
  }
}
