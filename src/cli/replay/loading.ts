import { Option } from 'commander'
import type { DamagedStream } from '../../ledger/damaged-stream.ts'
import { warnOfCut, wholeNumber } from '../output.ts'
import { startProgress } from '../progress.ts'

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
