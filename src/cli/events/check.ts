import { tmpdir } from 'node:os'
import { Command } from 'commander'
import { checkEvents, type EventsCheck } from '../../app/events/check.ts'
import { eventsCheckJson } from '../../app/events/check-json.ts'
import { total } from '../../app/ingest/tally.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import { helpNotes } from '../help-notes.ts'
import { inputArgument } from '../ingest/input-argument.ts'
import { ingestSummaryLines, refusalLines } from '../ingest/report.ts'
import { exitCodes, jsonOption, noteLine, printJson, printLine } from '../output.ts'
import { progressOfParts } from '../progress.ts'
import { cliErrorOf, resultOrFail } from '../result.ts'
import { type Signal, signalExitCodes, stopBySignal } from '../signals.ts'

export const eventsCheckCommand = (): Command =>
  new Command('check')
    .summary('check what ingest would reject, without ingesting')
    .description(
      'Checks events as ingest would, without ingesting them, for the tests of publishers. It reads no ledger, so it finds ' +
        'only duplicates and conflicts within the files.',
    )
    .argument('<file...>', 'NDJSON files, also compressed (gzip, Zstandard), or - for standard input')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpNotes(`
Exit code: 0 all events are valid, 1 some lines would be rejected, 2 failed, 130 or 143 stopped by a signal.

Examples:
  redress events check events.ndjson
  npm run --silent publish -- --dry-run | redress events check -`),
    )
    .action(async (files: ReadonlyArray<string>, options: { readonly json?: boolean }) => {
      const stop = stopBySignal()
      const progress = progressOfParts()
      const done = await checkEvents({
        sources: files.map(inputArgument),
        clock: Date.now,
        scratch: tmpdir(),
        signal: stop.signal,
        onOpen: stop.listen,
        onProgress: progress.part('Checking', 'bytes'),
      }).finally(progress.stop)
      const checked = resultOrFail(done)
      const signal = stop.came()
      report(checked, signal, options.json === true)
      if (checked.failure !== null) throw cliErrorOf(checked.failure)
      if (signal !== null) process.exitCode = signalExitCodes[signal]
      else if (checked.tally.rejected > 0) process.exitCode = exitCodes.findings
    })

const report = (check: EventsCheck, signal: Signal | null, json: boolean): void => {
  const { names, tally } = check
  if (json) printJson({ ...eventsCheckJson(check), stoppedBy: signal })
  else {
    const [only, ...others] = names
    const checked = only !== undefined && others.length === 0 ? only : countOf(names.length, 'file')
    const title = `${checked}: ${countOf(total(tally), 'line')} checked`
    for (const line of ingestSummaryLines(title, tally, 'earlier in the files')) printLine(line)
  }
  for (const line of refusalLines(tally)) noteLine(line)
  if (signal !== null) noteLine(`redress: stopped by ${signal}: the rest was not checked`)
}
