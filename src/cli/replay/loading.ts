import { Option } from 'commander'
import type { DamagedStream } from '../../ledger/damaged-stream.ts'
import { warnOfCut, wholeNumber } from '../output.ts'
import { startProgress } from '../progress.ts'

/** `--ruleset FILE`, the corrected ruleset. */
export const rulesetOption = (): Option =>
  new Option('--ruleset <file>', 'the corrected ruleset (YAML or JSON)')

/** `--at SEQUENCE`. */
export const atOption = (): Option =>
  new Option(
    '--at <sequence>',
    'use the ledger as it was at this sequence (default: as it is now)',
  ).argParser(wholeNumber(0))

/** Shows progress on a terminal until `stop`, and warns about truncated streams. */
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
