import { Command } from 'commander'
import { type Ingested, ingestEvents } from '../../app/ingest/ingest.ts'
import { ingestedJson } from '../../app/ingest/ingested-json.ts'
import { hasFindings, total } from '../../app/ingest/tally.ts'
import type { LedgerPlace } from '../../app/stores.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import { helpNotes } from '../help-notes.ts'
import {
  type AcceptClock,
  acceptClockOption,
  dataOption,
  exitCodes,
  jsonOption,
  ledgerOption,
  noteLine,
  printJson,
  printLine,
} from '../output.ts'
import { progressOfParts } from '../progress.ts'
import { cliErrorOf, resultOrFail } from '../result.ts'
import { type Signal, signalExitCodes, stopBySignal } from '../signals.ts'
import { inputArgument } from './input-argument.ts'
import { ingestSummaryLines, refusalLines } from './report.ts'

type Options = LedgerPlace & AcceptClock & { readonly backfill?: boolean; readonly json?: boolean }

export const ingestCommand = (): Command =>
  new Command('ingest')
    .description(
      'Ingests events from NDJSON, one CloudEvent per line. Events reported as accepted are on disk. It can be killed at ' +
        'any moment and run again without losing or duplicating events: those already stored count as duplicates. ' +
        'Rejected lines are stored as dead letters, each with the reason.',
    )
    .argument('<file>', 'an NDJSON file, also compressed (gzip, Zstandard), or - for standard input')
    .option(
      '--backfill',
      'the events are of the past, such as an import of old records: they are stored with the attribute backfill, and set off no tripwire or alarm',
    )
    .addOption(dataOption())
    .addOption(ledgerOption())
    .addOption(acceptClockOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpNotes(`
A file is checked first. Nothing is ingested if it is not NDJSON (none of its first 1,000 lines is a JSON object) or if its compressed data is damaged or truncated. A pipe cannot be read twice, so what came before the problem stays ingested.

Exit code: 0 all ingested, 1 some lines rejected, or accepted for a stream that was deleted in the cluster, 2 failed, 130 or 143 stopped by a signal.

Examples:
  redress ingest events.ndjson
  redress ingest events.ndjson.zst --data /var/lib/redress
  redress ingest 2024.ndjson.zst --backfill
  jq -c '.[]' array-of-events.json | redress ingest -`),
    )
    .action(async (file: string, { data, ledger, acceptClock, backfill = false, json }: Options) => {
      const stop = stopBySignal()
      const progress = progressOfParts()
      const done = await ingestEvents({
        ...{ data, ledger, acceptClock, clock: Date.now },
        source: inputArgument(file),
        backfill,
        signal: stop.signal,
        onOpen: stop.listen,
        onCheck: progress.part('Checking', 'bytes'),
        onProgress: progress.part('Ingesting', 'bytes'),
      }).finally(progress.stop)
      const ingested = resultOrFail(done)
      const signal = stop.came()
      report(ingested, signal, json === true)
      if (ingested.failure !== null) throw cliErrorOf(ingested.failure)
      if (signal !== null) process.exitCode = signalExitCodes[signal]
      else if (hasFindings(ingested.tally)) process.exitCode = exitCodes.findings
    })

const report = (ingested: Ingested, signal: Signal | null, json: boolean): void => {
  const { name, tally, lastLine } = ingested
  if (json) printJson({ ...ingestedJson(ingested), stoppedBy: signal })
  else
    for (const line of ingestSummaryLines(`${name}: ${countOf(total(tally), 'line')}`, tally)) printLine(line)
  for (const line of refusalLines(tally)) noteLine(line)
  if (tally.rejected > 0) {
    noteLine('Rejected lines are stored as dead letters; list them with: redress dead-letters')
  }
  if (signal !== null) {
    noteLine(
      `redress: stopped by ${signal} after line ${lastLine}. The counted lines are on disk; run the same command again to ingest the rest.`,
    )
  }
}
