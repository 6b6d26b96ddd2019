import { createHash } from 'node:crypto'
import * as E from '#fp/Either'
import { mayWrite } from '../../../foundation/files/may-write.ts'
import type { LedgerError } from '../../../ledger/port.ts'
import { history } from '../../../projection/events/tables.ts'
import type { ProjectionCursor } from '../../../projection/progress.ts'
import { judgePart } from '../../result/judge-part.ts'
import { mergeRuns } from '../../result/row-list.ts'
import type { NotInSql } from '../fired.ts'
import { BATCH, eachPart, type Judging } from '../judge-columns.ts'
import type { ColumnarSource } from '../source.ts'
import type { FoundLinks, Whole } from '../whole.ts'
import { type Base, type BaseOrigin, baseCorrection, baseOrigin, collectBase, isSameBase } from './base.ts'
import { baseFile, type OpenBase, openBase } from './base-file.ts'
import { keptOf } from './kept.ts'
import { addChangedSince, TOUCHED, touchedAccounts } from './touched.ts'
import { writeBase } from './write-base.ts'

/** Where bases are kept. */
export type BasePlace = {
  readonly dataDir: string
  /** Whether the ledger has a cursor's event at its position. */
  readonly isOfLedger: (cursor: ProjectionCursor) => Promise<E.Either<LedgerError, boolean>>
}

const always = { from: null, to: null }

/** The base of a ruleset that was kept before, if it is of this ledger and not of a later state; null: there is none. */
export const keptBase = async (
  source: ColumnarSource,
  rulesetId: string,
  versions: Whole['versions'],
  { dataDir, isOfLedger }: BasePlace,
): Promise<E.Either<LedgerError, OpenBase | null>> => {
  const { projected, sequence } = source
  // An earlier state of the ledger has no base.
  if (projected === null || sequence < projected.sequence) return E.right(null)
  const kept = openBase(baseFile(dataDir, rulesetId))
  if (kept === null) return E.right(null)
  const { origin } = kept
  if (isSameBase(kindOf(rulesetId, versions), origin) && origin.cursor.sequence <= projected.sequence) {
    const ours = await isOfLedger(origin.cursor)
    if (E.isLeft(ours) || ours.right) return E.isLeft(ours) ? closing(kept, ours) : E.right(kept)
  }
  kept.close()
  return E.right(null)
}

const closing = <A>(base: OpenBase, result: A): A => {
  base.close()
  return result
}

/**
 * The base as far as the projections go: made if none was kept, else brought forward. Where the folder cannot be written, the
 * one that was kept; null: there is none.
 */
export const currentBase = async (
  judging: Judging,
  kept: OpenBase | null,
  rulesetId: string,
  links: FoundLinks,
  { dataDir }: BasePlace,
): Promise<E.Either<NotInSql, OpenBase | null>> => {
  const { projected, sequence } = judging.source
  // Later events are not in the projections yet, and an earlier state of the ledger has no base.
  if (projected === null || sequence !== projected.sequence) return E.right(kept)
  if (kept?.origin.cursor.sequence === sequence) return E.right(kept)
  const { versions, end } = judging.whole
  const origin = baseOrigin({ ...kindOf(rulesetId, versions), cursor: projected, end })
  const file = baseFile(dataDir, rulesetId)
  // Judging a base that cannot be kept would be wasted work.
  if (!mayWrite(dataDir)) return E.right(kept)
  if (kept !== null) return broughtForward(judging, kept, origin, links, file)
  const made = await judgeBase(judging, origin, links, null)
  if (E.isLeft(made)) return made
  const base = made.right
  const written = writeBase(file, base, [{ base, from: 0, to: base.rows.size }])
  return E.right(written ?? { ...base, close: () => {} })
}

/** What distinguishes a base from others, however far they go. */
const kindOf = (rulesetId: string, versions: Whole['versions']) => ({
  rulesetId,
  versions: createHash('sha256')
    .update(versions.map(({ effectiveFrom, ruleset }) => `${effectiveFrom} ${ruleset.sha256}`).join(' '))
    .digest('hex'),
  history: `${history.version} ${history.definition}`,
})

const broughtForward = async (
  judging: Judging,
  kept: OpenBase,
  origin: BaseOrigin,
  links: FoundLinks,
  file: string,
): Promise<E.Either<NotInSql, OpenBase>> => {
  const { connection } = judging.source
  await connection.run(`CREATE OR REPLACE TEMP TABLE ${TOUCHED} (account_no INTEGER)`)
  await addChangedSince(judging, kept.origin)
  const isTouched = await touchedAccounts(connection)
  const fresh = await judgeBase(judging, origin, links, TOUCHED)
  if (E.isLeft(fresh)) return closing(kept, fresh)
  const { runs } = keptOf(kept, isTouched, always)
  const segments = mergeRuns(runs, fresh.right.rows).map(({ of, from, to }) => ({
    ...{ from, to },
    base: of === kept.rows ? kept : fresh.right,
  }))
  const resting = [...kept.resting.filter(({ accountNo }) => !isTouched(accountNo)), ...fresh.right.resting]
  const forward = writeBase(file, { origin, resting, links }, segments)
  return E.right(forward === null ? kept : closing(kept, forward))
}

const judgeBase = async (
  judging: Judging,
  origin: BaseOrigin,
  links: FoundLinks,
  among: string | null,
): Promise<E.Either<NotInSql, Base>> => {
  const correction = baseCorrection(origin.rulesetId)
  const collection = collectBase()
  const judged = await eachPart(judging, [correction], { table: among, batch: BATCH }, (part) =>
    collection.add(judgePart(part.history, correction), part.numberOf),
  )
  return E.isLeft(judged) ? judged : E.right(collection.finish(origin, links))
}
