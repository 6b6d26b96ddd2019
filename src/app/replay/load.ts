import * as E from '#fp/Either'
import type { DamagedStream } from '../../ledger/damaged-stream.ts'
import { openExisting } from '../../ledger/open.ts'
import { describeLedgerError } from '../../ledger/port.ts'
import { describeProjectionError } from '../../projection/errors.ts'
import type { Correction } from '../../replay/correction/correction.ts'
import { type Loaded, loadHistory } from '../../replay/model/load.ts'
import { loadProjected, type ProjectedLoadError } from '../../replay/model/load-projected.ts'
import { checkRules } from '../../replay/reference/judging-rules.ts'
import { evidenceWantedBy } from '../../replay/reference/sightings.ts'
import { type AppError, failed } from '../error.ts'
import { readingPublished } from '../published.ts'
import type { LedgerPlace } from '../stores.ts'

/** DuckDB's memory limit. */
const MEMORY = '2GB'

export type ReplayLoadOptions = LedgerPlace & {
  /** What the replay corrects; null: only the rules of the day are needed. */
  readonly correction: Correction | null
  /** The ledger as it was at this sequence; null: as it is now. */
  readonly at: number | null
  /** Read the projections instead. */
  readonly projected: boolean
  /** Leave out the accounts whose streams are incomplete. */
  readonly withoutDamaged: boolean
  /** Called periodically with how many events are read, and the total. */
  readonly onProgress: (done: number, total: number) => void
}

/**
 * Called once everything is read, before judging, with the deleted or truncated streams from which the next scavenge
 * removes events.
 */
export type OnRead = (cut: ReadonlyArray<DamagedStream>) => void

/** Reads what a replay judges, from the ledger or its projections. */
export const loadForReplay = async ({
  data,
  ledger: cluster,
  correction,
  at,
  projected,
  withoutDamaged,
  onProgress,
}: ReplayLoadOptions): Promise<E.Either<AppError, Loaded>> => {
  const opened = await openExisting(data, { cluster, acceptDamaged: withoutDamaged })
  if (E.isLeft(opened)) return failed(describeLedgerError(opened.left))
  const { ledger, vault, close } = opened.right
  const wanted = evidenceWantedBy(correction)
  const options = { at, withoutDamaged, onProgress }
  try {
    const read = projected
      ? await readingPublished({ data, memory: MEMORY }, async (published) =>
          loaded(await loadProjected(published, ledger, vault, wanted, options)),
        )
      : loaded(await loadHistory(ledger, vault, wanted, options))
    return E.isLeft(read) || correction === null ? read : withRules(read.right, correction)
  } finally {
    await close()
  }
}

const withRules = (read: Loaded, correction: Correction): E.Either<AppError, Loaded> => {
  const checked = checkRules(correction, read.history)
  return E.isRight(checked)
    ? E.right(read)
    : failed(
        `no version of the ruleset ${checked.left.rulesetId} is published, so its rules as they were are not known; check the id, or give the rules as they should have been`,
        'correction',
      )
}

/** A loading error as a use case's error. */
const loaded = <A>(result: E.Either<ProjectedLoadError, A>): E.Either<AppError, A> =>
  E.isLeft(result) ? loadError(result.left) : result

const loadError = (error: ProjectedLoadError): E.Either<AppError, never> => {
  switch (error.kind) {
    case 'no_such_sequence':
      return failed(
        `the ledger ends at sequence ${error.head}, before ${error.requested}; give an earlier one`,
        'at',
      )
    case 'behind':
      return failed(
        `the projections end at sequence ${error.sequence}, before ${error.requested}; run redress project first`,
      )
    case 'other_ledger':
      return failed('the projections were made from another ledger; run redress project first')
    case 'stream_damaged':
      return failed(`${describeProjectionError(error)}; or leave out their accounts`, 'withoutDamaged')
    default:
      return failed(describeProjectionError(error))
  }
}
