import type { DuckDBConnection } from '@duckdb/node-api'
import * as E from '#fp/Either'
import { rowsOf } from '../../projection/duckdb.ts'
import type { Correction } from '../correction/correction.ts'
import type { IsSuspected } from '../reference/false-strikes.ts'
import { collectReplay, type Replay, type Window } from '../result/replay.ts'
import type { SummarySource } from '../result/summary.ts'
import { replayOverBase } from './base/replay-over-base.ts'
import { BATCH, eachPart, type Judging } from './judge-columns.ts'
import { type ColumnarError, type ColumnarOptions, overColumns } from './over-columns.ts'
import type { ColumnarSource } from './source.ts'

/** A replay, and what its summary says of the history. Its rows can be read until it is closed. */
export type ColumnarReplay = {
  readonly result: Replay
  readonly history: SummarySource['history']
  readonly close: () => void
}

type ReplayColumnsOptions = ColumnarOptions & {
  readonly correction: Correction
  readonly window: Window
  /** Whose false strikes are looked for; null: nobody's. */
  readonly isSuspected?: IsSuspected | null
}

/**
 * Replays a history from its columns: the same result as that of the reference, which reads the ledger. Actions are judged in
 * parts, by the same code; evidence on which nothing fired is read in SQL, and only where a rule of B fires does it leave it.
 */
export const replayColumns = async (
  source: ColumnarSource,
  { correction, window, isSuspected = null, ...options }: ReplayColumnsOptions,
): Promise<E.Either<ColumnarError, ColumnarReplay>> => {
  // A base does not have the false strikes of accounts that are not judged again.
  const over = isSuspected === null ? options : { ...options, base: null }
  const replayed = await overColumns(source, correction, over, async (judging, base) => {
    const result =
      base === null
        ? await replayAll(judging, correction, window, isSuspected)
        : await replayOverBase(judging, base, correction, window)
    if (E.isLeft(result)) return result
    const flags = await recordedAmong(source.connection, listedFlags(correction))
    return E.right({ result: result.right, history: { ...judging.whole, flags } })
  })
  return E.map(({ found, close }: { found: Omit<ColumnarReplay, 'close'>; close: () => void }) => ({
    ...found,
    close,
  }))(replayed)
}

const replayAll = async (
  judging: Judging,
  correction: Correction,
  window: Window,
  isSuspected: IsSuspected | null,
) => {
  const collection = collectReplay(correction, window, isSuspected)
  const all = { table: null, batch: BATCH }
  const judged = await eachPart(judging, [correction], all, ({ history }) => collection.add(history))
  return E.isLeft(judged) ? judged : E.right(collection.finish(judging.whole))
}

const listedFlags = ({ withdrawals }: Correction): ReadonlyArray<string> =>
  withdrawals.flatMap(({ of }) => (of.kind === 'flags' ? [...of.flagIds] : []))

/** Those of some flags that are in the history. */
const recordedAmong = async (
  connection: DuckDBConnection,
  flagIds: ReadonlyArray<string>,
): Promise<ReadonlySet<string>> => {
  if (flagIds.length === 0) return new Set()
  const rows = await rowsOf(
    connection,
    `SELECT DISTINCT flag_id FROM h_actions
      SEMI JOIN (SELECT unnest(string_split($1, chr(10))) AS flag_id) USING (flag_id)
      WHERE type = 'flag.raised.v1'`,
    [flagIds.join('\n')],
  )
  return new Set(rows.map(([flagId]) => String(flagId)))
}
