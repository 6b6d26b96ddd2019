import * as E from '#fp/Either'
import type { DamagedStream } from '../../ledger/damaged-stream.ts'
import { type OpenLedger, openExisting } from '../../ledger/open.ts'
import { describeProjectionError } from '../../projection/errors.ts'
import type { Correction } from '../../replay/correction/correction.ts'
import type { EvidenceWanted } from '../../replay/model/collect.ts'
import { type LoadError, type Loaded, loadHistory } from '../../replay/model/load.ts'
import { checkRules, type NoRulesPublished } from '../../replay/reference/judging-rules.ts'
import { evidenceWantedBy } from '../../replay/reference/sightings.ts'
import { type AppError, failed } from '../error.ts'
import { ledgerResult } from '../results.ts'
import type { LedgerPlace } from '../stores.ts'

/** How the ledger is read. */
export type HistoryReading = LedgerPlace & {
  /** The ledger as it was at this sequence; null: as it is now. */
  readonly at: number | null
  /** Leave out the accounts whose streams are incomplete. */
  readonly withoutDamaged: boolean
  /** Called periodically with how many events are read, and the total. */
  readonly onProgress: (done: number, total: number) => void
}

export type ReplayLoadOptions = HistoryReading & {
  /** What the replay corrects; null: only the rules of the day are needed. */
  readonly correction: Correction | null
}

/**
 * Called once everything is read, before judging, with the deleted or truncated streams from which the next scavenge
 * removes events.
 */
export type OnRead = (cut: ReadonlyArray<DamagedStream>) => void

/** Reads what a replay judges from the ledger. */
export const loadForReplay = (options: ReplayLoadOptions): Promise<E.Either<AppError, Loaded>> =>
  openingForReplay(options, (opened) => loadFrom(opened, options))

/** Opens a ledger for a replay, and closes it after `use`. */
export const openingForReplay = async <A>(
  { data, ledger: cluster, withoutDamaged }: HistoryReading,
  use: (opened: OpenLedger) => Promise<E.Either<AppError, A>>,
): Promise<E.Either<AppError, A>> => {
  const opened = ledgerResult(await openExisting(data, { cluster, acceptDamaged: withoutDamaged }))
  if (E.isLeft(opened)) return opened
  try {
    return await use(opened.right)
  } finally {
    await opened.right.close()
  }
}

/** Reads what a replay judges from an open ledger. */
export const loadFrom = async (
  opened: Pick<OpenLedger, 'ledger' | 'vault'>,
  { correction, ...options }: ReplayLoadOptions,
): Promise<E.Either<AppError, Loaded>> => {
  const read = await loadWanted(opened, evidenceWantedBy(correction), options)
  if (E.isLeft(read) || correction === null) return read
  const checked = checkRules(correction, read.right.history)
  return E.isRight(checked) ? read : noRules(checked.left)
}

/** Reads a history with some of the evidence on which nothing fired. */
export const loadWanted = async (
  { ledger, vault }: Pick<OpenLedger, 'ledger' | 'vault'>,
  wanted: EvidenceWanted,
  { at, withoutDamaged, onProgress }: HistoryReading,
): Promise<E.Either<AppError, Loaded>> => {
  const read = await loadHistory(ledger, vault, wanted, { at, withoutDamaged, onProgress })
  return E.isLeft(read) ? loadError(read.left) : read
}

/** The rules as they were are not known. */
export const noRules = ({ rulesetId }: NoRulesPublished): E.Either<AppError, never> =>
  failed(
    `no version of the ruleset ${rulesetId} is published, so its rules as they were are not known; check the id, or give the rules as they should have been`,
    'correction',
  )

/** A loading error as a use case's error. */
export const loadError = (error: LoadError): E.Either<AppError, never> => {
  switch (error.kind) {
    case 'no_such_sequence':
      return failed(
        `the ledger ends at sequence ${error.head}, before ${error.requested}; give an earlier one`,
        'at',
      )
    case 'stream_damaged':
      return failed(`${describeProjectionError(error)}; or leave out their accounts`, 'withoutDamaged')
    default:
      return failed(describeProjectionError(error))
  }
}
