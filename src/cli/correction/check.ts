import { Command } from 'commander'
import { type CorrectionCheck, checkCorrection } from '../../app/correction/check.ts'
import { readCorrection } from '../../app/correction/read-correction.ts'
import type { Problem } from '../../foundation/documents/problem.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import { type Correction, documentRefOf } from '../../replay/correction/correction.ts'
import type { WithdrawalCoverage } from '../../replay/result/coverage.ts'
import { fileOrFail } from '../files.ts'
import { helpNotes } from '../help-notes.ts'
import { exitCodes, jsonOption, printJson, printLine } from '../output.ts'
import { problemLines } from '../problem-lines.ts'
import { addReadingOptions, type ReadingOptions, readingOf, watchReading } from '../replay/loading.ts'
import { resultOrFail } from '../result.ts'
import { format, table } from '../table.ts'
import { describeCorrection, warnOfUnknownFlags } from './describe.ts'

type Options = ReadingOptions & { readonly json?: boolean }

export const correctionCheckCommand = (): Command =>
  addReadingOptions(
    new Command('check')
      .summary('find errors in a correction, and what its withdrawals cover')
      .description(
        'Checks a correction (YAML or JSON) with the files that it names, and counts what each withdrawal covers in the ' +
          'ledger: its flags, from when to when, and on how many accounts and decisions. Judges nothing.',
      )
      .argument('<file>', 'the correction'),
  )
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpNotes(`
A withdrawal of no flags, or of many more than the incident, is wrong. "unknown" are flags without a signal that the condition needs: they are left unknown, whatever the withdrawal says.

Exit code: 0 valid, perhaps with warnings, 1 there are errors, a withdrawal covers no flag, or a listed flag does not exist, 2 failed.

Example:
  redress correction check correction.yaml`),
    )
    .action(async (file: string, options: Options) => {
      const reading = readingOf(options)
      const { text, correction, problems } = fileOrFail(await readCorrection(file))
      const { stop, ...watch } = watchReading()
      const check =
        correction === null
          ? null
          : resultOrFail(await checkCorrection({ ...reading, correction, ...watch }).finally(stop))
      if (check === null || check.withdrawals.some(isSuspicious)) process.exitCode = exitCodes.findings
      if (options.json === true) return printJson(checkJson(file, correction, problems, check))
      for (const problem of problems) {
        for (const line of problemLines(file, text, problem)) printLine(line)
        printLine()
      }
      if (correction === null || check === null)
        return printLine(`${file}: ${countOf(problems.length, 'error')}`)
      for (const line of checkLines(correction, check)) printLine(line)
    })

const isSuspicious = ({ flags, notFound }: WithdrawalCoverage): boolean =>
  flags.certain + flags.unknown === 0 || notFound.length > 0

const checkJson = (
  file: string,
  correction: Correction | null,
  problems: ReadonlyArray<Problem>,
  check: CorrectionCheck | null,
) => ({
  file,
  valid: correction !== null,
  correction: correction === null ? null : documentRefOf(correction),
  problems,
  sequence: check?.sequence ?? null,
  flags: check?.flags ?? null,
  withdrawals: check?.withdrawals ?? null,
})

const checkLines = (
  correction: Correction,
  { sequence, flags, withdrawals }: CorrectionCheck,
): ReadonlyArray<string> => [
  describeCorrection(correction),
  `The ledger has ${countOf(flags, 'flag')}, at sequence ${format(sequence)}.`,
  '',
  ...(withdrawals.length === 0 ? ['It withdraws nothing.'] : coverageLines(withdrawals)),
]

const coverageLines = (withdrawals: ReadonlyArray<WithdrawalCoverage>): ReadonlyArray<string> => {
  const notes = withdrawals.flatMap(notesOn)
  return [
    ...table(
      [
        { title: 'withdrawal', cell: ({ id }) => id },
        { title: 'flags', align: 'right', cell: (of) => of.flags.certain },
        { title: 'unknown', align: 'right', cell: (of) => of.flags.unknown },
        { title: 'rescored', align: 'right', cell: ({ rescored }) => rescored },
        { title: 'accounts', align: 'right', cell: ({ accounts }) => accounts },
        { title: 'decisions', align: 'right', cell: ({ decisions }) => decisions },
        { title: 'first', cell: ({ first }) => first ?? '' },
        { title: 'last', cell: ({ last }) => last ?? '' },
      ],
      withdrawals,
    ),
    ...(notes.length === 0 ? [] : ['', ...notes]),
  ]
}

const notesOn = ({ id, flags, notFound }: WithdrawalCoverage): ReadonlyArray<string> => [
  ...(flags.certain + flags.unknown === 0
    ? [`Warning: the withdrawal ${id} covers no flag; check its condition, its list and its period`]
    : []),
  ...(flags.unknown === 0
    ? []
    : [
        `Warning: ${countOf(flags.unknown, 'flag lacks', 'flags lack')} a signal that the condition of ${id} needs, and ${flags.unknown === 1 ? 'is' : 'are'} left unknown; narrow the condition, such as by detector.id, if ${flags.unknown === 1 ? 'it is' : 'they are'} not concerned`,
      ]),
  ...(notFound.length === 0 ? [] : [warnOfUnknownFlags(id, notFound)]),
]
