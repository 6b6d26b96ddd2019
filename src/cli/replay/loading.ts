import { Option } from 'commander'
import { loadForReplay } from '../../app/replay/load.ts'
import type { LedgerPlace } from '../../app/stores.ts'
import type { DamagedStream } from '../../ledger/damaged-stream.ts'
import type { Loaded } from '../../replay/model/load.ts'
import type { Ruleset } from '../../rulesets/ruleset.ts'
import { warnOfCut, wholeNumber } from '../output.ts'
import { startProgress } from '../progress.ts'
import { resultOrFail } from '../result.ts'

/** `--ruleset FILE`, the corrected ruleset. */
export const rulesetOption = (): Option =>
  new Option('--ruleset <file>', 'the corrected ruleset (YAML or JSON)')

/** `--at SEQUENCE`. */
export const atOption = (): Option =>
  new Option('--at <sequence>', 'the ledger as it stood at this sequence (default: as it stands)').argParser(
    wholeNumber(0),
  )

/** Shows on a terminal how far reading has come, until `stop`, and warns of streams that somebody cut. */
export const watchReading = (projected: boolean) => {
  const progress = startProgress(projected ? 'Reading the projections' : 'Reading the ledger', 1, 'events')
  return {
    onProgress: progress.update,
    onRead: (cut: ReadonlyArray<DamagedStream>): void => {
      progress.stop()
      warnOfCut(cut)
    },
    stop: progress.stop,
  }
}

/**
 * Opens the ledger, reads it up to `at` (null: to its head) with a progress bar, and closes it again; or reads the
 * projections in its stead. For a replay under `corrected`; null: for the rules of the day alone.
 */
export const loadOrFail = async (
  { data, ledger }: LedgerPlace,
  corrected: Ruleset | null,
  {
    at,
    projected,
    withoutDamaged = false,
  }: { readonly at: number | null; readonly projected: boolean; readonly withoutDamaged?: boolean },
): Promise<Loaded> => {
  const { onProgress, onRead, stop } = watchReading(projected)
  const loaded = resultOrFail(
    await loadForReplay({ data, ledger, corrected, at, projected, withoutDamaged, onProgress }).finally(stop),
  )
  onRead(loaded.cut)
  return loaded
}
