import { type Command, Option } from 'commander'
import type { DamagedStream } from '../../ledger/damaged-stream.ts'
import { type Correction, correctionOfRules } from '../../replay/correction/correction.ts'
import { readCorrectionFile } from '../correction/file.ts'
import { warnOfCut, wholeNumber } from '../output.ts'
import { startProgress } from '../progress.ts'
import { readRuleset } from '../ruleset/file.ts'

/** What a replay corrects: `--ruleset FILE` or `--correction FILE`. */
export type CorrectionOptions = { readonly ruleset?: string; readonly correction?: string }

/** Adds `--ruleset FILE` and `--correction FILE`, of which one can be given. */
export const addCorrectionOptions = (command: Command): Command =>
  command
    .addOption(
      new Option('--ruleset <file>', 'the corrected ruleset (YAML or JSON), if only the rules were wrong'),
    )
    .addOption(
      new Option(
        '--correction <file>',
        'the correction (YAML or JSON): what was wrong with the rules, the evidence, or both',
      ).conflicts('ruleset'),
    )

/** The correction that the options name; null: none. Throws `CliError` if it is invalid. */
export const correctionGiven = async ({
  ruleset,
  correction,
}: CorrectionOptions): Promise<Correction | null> => {
  if (correction !== undefined) return readCorrectionFile(correction)
  return ruleset === undefined ? null : correctionOfRules(await readRuleset(ruleset))
}

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
