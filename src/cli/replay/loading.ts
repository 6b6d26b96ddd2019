import { type Command, Option } from 'commander'
import type { LedgerPlace } from '../../app/stores.ts'
import type { DamagedStream } from '../../ledger/damaged-stream.ts'
import { type Correction, correctionOfRules } from '../../replay/correction/correction.ts'
import { readCorrectionFile } from '../correction/file.ts'
import {
  dataOption,
  ledgerOption,
  timeArgument,
  warnOfCut,
  wholeNumber,
  withoutDamagedOption,
} from '../output.ts'
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

/** How a command that replays reads the ledger. */
export type ReadingOptions = LedgerPlace & {
  readonly at?: number
  readonly withoutDamaged?: boolean
}

/** Adds the options of how to read the ledger. */
export const addReadingOptions = (command: Command): Command =>
  command
    .addOption(atOption())
    .addOption(withoutDamagedOption())
    .addOption(dataOption())
    .addOption(ledgerOption())

/** These options as a use case takes them. */
export const readingOf = ({ data, ledger, at, withoutDamaged = false }: ReadingOptions) => ({
  ...{ data, ledger, withoutDamaged },
  at: at ?? null,
})

/** Which decisions are reported. */
export type WindowOptions = { readonly from?: number; readonly to?: number }

/** Adds `--from` and `--to`. */
export const addWindowOptions = (command: Command): Command =>
  command
    .addOption(
      new Option(
        '--from <time>',
        'report decisions made at this time or later (all evidence counts, whenever it was recorded)',
      ).argParser(timeArgument),
    )
    .addOption(new Option('--to <time>', 'report decisions made before this time').argParser(timeArgument))

/** Shows progress on a terminal until `stop`, and warns about truncated streams. */
export const watchReading = (title = 'Reading the ledger') => {
  const progress = startProgress(title, 1, 'events')
  return {
    onProgress: progress.update,
    onRead: (cut: ReadonlyArray<DamagedStream>): void => {
      progress.stop()
      warnOfCut(cut)
    },
    stop: progress.stop,
  }
}
