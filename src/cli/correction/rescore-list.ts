import { Command, Option } from 'commander'
import { listForRescoring, type RescoreListing } from '../../app/correction/rescore-list.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import { ndjson } from '../../replay/result/write.ts'
import { writeNamed } from '../files.ts'
import { helpNotes } from '../help-notes.ts'
import { jsonOption, printJson, printLine } from '../output.ts'
import {
  addReadingOptions,
  addWindowOptions,
  type ReadingOptions,
  readingOf,
  type WindowOptions,
  watchReading,
} from '../replay/loading.ts'
import { resultOrUsage } from '../result.ts'
import { readCorrectionFile } from './file.ts'

type Options = ReadingOptions & WindowOptions & { readonly out: string; readonly json?: boolean }

export const rescoreListCommand = (): Command => {
  const command = new Command('rescore-list')
    .summary('list the flags that a detector must look at again')
    .description(
      'Lists the flags that a correction leaves unknown, that are in evidence for a decision which therefore cannot be ' +
        'settled, and that a detector can look at again: they have content, a rule, and no person raised them. When its ' +
        'answers (flag.rescored.v1) are ingested, the same replay settles the decisions.',
    )
    .argument('<file>', 'the correction')
    .addOption(
      new Option('--out <file>', 'write the list to this file (NDJSON), atomically').makeOptionMandatory(),
    )
  return addReadingOptions(addWindowOptions(command))
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpNotes(`
A line is {account, flagId, occurredAt, content, category, rule, detector, signals, withdrawals}: what was recorded with the flag, and the withdrawals that leave it unknown. Lines are sorted by account and flagId.

Example:
  redress correction rescore-list correction.yaml --out requests.ndjson`),
    )
    .action(async (file: string, options: Options) => {
      const reading = readingOf(options)
      const correction = await readCorrectionFile(file)
      const { stop, ...watch } = watchReading(reading.projected)
      const window = { from: options.from ?? null, to: options.to ?? null }
      const listing = resultOrUsage(
        await listForRescoring({ ...reading, correction, window, ...watch }).finally(stop),
      )
      await writeNamed(options.out, ndjson(listing.list.requests))
      if (options.json === true) return printJson(listingJson(listing, options.out))
      for (const line of listingLines(listing, options.out)) printLine(line)
    })
}

const listingJson = ({ sequence, list }: RescoreListing, out: string) => ({
  sequence,
  flags: list.requests.length,
  waiting: list.waiting,
  unanswerable: list.unanswerable,
  out,
})

const listingLines = ({ list }: RescoreListing, out: string): ReadonlyArray<string> => {
  const { requests, waiting, unanswerable } = list
  return [
    requests.length === 0
      ? `No decision waits for a rescoring: ${out} is empty.`
      : `${countOf(requests.length, 'flag')} to rescore, for ${countOf(waiting, 'decision that waits', 'decisions that wait')}: ${out}`,
    ...(unanswerable === 0
      ? []
      : [
          `No rescoring can settle ${countOf(unanswerable, 'other flag')}, without content or a rule, or raised by a person: their decisions need human review.`,
        ]),
  ]
}
