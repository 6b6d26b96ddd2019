import * as E from '#fp/Either'
import { sweepLedger } from '../../app/replay/sweep.ts'
import { parseSweep } from '../../replay/sweep/expression.ts'
import type { RulesetSource } from '../../replay/sweep/sweep.ts'
import { sweepFiles, sweepJson } from '../../replay/sweep/write.ts'
import { checkRuleset } from '../../rulesets/document.ts'
import { readNamed } from '../files.ts'
import { CliError, exitCodes, printJson, printLine } from '../output.ts'
import { invalidRuleset } from '../ruleset/file.ts'
import { terminalWidth } from '../terminal.ts'
import { type JudgingOptions, judgingWith } from './engine.ts'
import { sweepLines } from './sweep-report.ts'

type Options = JudgingOptions & {
  readonly sweep: string
  readonly ruleset?: string
  readonly out?: string
  readonly json?: boolean
}

/** The width of the plot where nobody has set one. */
const WIDTH = 100

/** Runs `redress replay --sweep`; throws `CliError`. */
export const runSweep = async (options: Options): Promise<void> => {
  const expression = parseSweep(options.sweep)
  if (E.isLeft(expression)) throw new CliError(`--sweep: ${expression.left}`, exitCodes.usage)
  const ruleset = options.ruleset === undefined ? null : await readSource(options.ruleset)
  const { out: folder = null } = options
  const report = await judgingWith(options, (judging) =>
    sweepLedger({ ...judging, expression: expression.right, ruleset, folder }),
  )
  if (options.json === true) return printJson(sweepJson(report))
  for (const line of sweepLines(report, terminalWidth() ?? WIDTH)) printLine(line)
  if (folder === null) return
  printLine()
  printLine(`Written to ${folder}: ${sweepFiles.join(', ')}`)
}

const readSource = async (file: string): Promise<RulesetSource> => {
  const { ruleset, document, problems } = checkRuleset(await readNamed(file))
  if (ruleset === null) throw invalidRuleset(file, problems)
  return { ruleset, document }
}
