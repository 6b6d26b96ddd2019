import { Option } from 'commander'
import * as E from '#fp/Either'
import type { LedgerPlace } from '../../app/stores.ts'
import { countOf } from '../../foundation/count-of.ts'
import { openExisting } from '../../ledger/open.ts'
import { describeLedgerError } from '../../ledger/port.ts'
import { describeProjectionError } from '../../projection/errors.ts'
import { describePublishedError, openPublished, type Published } from '../../projection/published.ts'
import { type Loaded, loadHistory } from '../../replay/model/load.ts'
import { loadProjected, type ProjectedLoadError } from '../../replay/model/load-projected.ts'
import { evidenceWantedBy } from '../../replay/reference/sightings.ts'
import type { Ruleset } from '../../rules/ruleset.ts'
import { CliError, warnOfCut, wholeNumber } from '../output.ts'
import { startProgress } from '../progress.ts'

/** `--ruleset FILE`, the corrected ruleset. */
export const rulesetOption = (): Option =>
  new Option('--ruleset <file>', 'the corrected ruleset (YAML or JSON)')

/** `--at SEQUENCE`. */
export const atOption = (): Option =>
  new Option('--at <sequence>', 'the ledger as it stood at this sequence (default: as it stands)').argParser(
    wholeNumber(0),
  )

/**
 * Opens the ledger, reads it up to `at` (null: to its head) with a progress bar, and closes it again; or reads the
 * projections in its stead. For a replay under `corrected`; null: for the rules of the day alone.
 */
export const loadForReplay = async (
  { data, ledger: cluster }: LedgerPlace,
  corrected: Ruleset | null,
  {
    at,
    projected,
    withoutDamaged = false,
  }: { readonly at: number | null; readonly projected: boolean; readonly withoutDamaged?: boolean },
): Promise<Loaded> => {
  const opened = await openExisting(data, { cluster, acceptDamaged: withoutDamaged })()
  if (E.isLeft(opened)) throw new CliError(describeLedgerError(opened.left))
  const { ledger, vault, close } = opened.right
  const progress = startProgress(projected ? 'Reading the projections' : 'Reading the ledger', 1, 'events')
  const wanted = evidenceWantedBy(corrected)
  const options = { at, withoutDamaged, onProgress: progress.update }
  try {
    const loaded = projected
      ? await fromProjections(data, (published) => loadProjected(published, ledger, vault, wanted, options)())
      : await loadHistory(ledger, vault, wanted, options)()
    if (E.isLeft(loaded)) throw new CliError(describeLoadError(loaded.left))
    progress.stop()
    warnOfCut(loaded.right.cut)
    return loaded.right
  } finally {
    progress.stop()
    await close()
  }
}

const fromProjections = async <A>(data: string, use: (published: Published) => Promise<A>): Promise<A> => {
  const published = await openPublished(data, { memory: '2GB' })()
  if (E.isLeft(published)) throw new CliError(describePublishedError(published.left))
  try {
    return await use(published.right)
  } finally {
    published.right.close()
  }
}

const describeLoadError = (error: ProjectedLoadError): string => {
  switch (error.kind) {
    case 'no_such_sequence':
      return `the ledger has ${countOf(error.head, 'event')}; --at ${error.asked} is beyond the last one`
    case 'behind':
      return `the projections end at sequence ${error.sequence}, before ${error.asked}; run redress project first`
    case 'other_ledger':
      return 'the projections were made from another ledger; run redress project first'
    case 'stream_damaged':
      return `${describeProjectionError(error)}; or go on without their accounts with --without-damaged`
    default:
      return describeProjectionError(error)
  }
}
