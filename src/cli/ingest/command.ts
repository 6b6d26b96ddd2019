import { Command } from 'commander'
import * as E from '#fp/Either'
import type { LedgerPlace } from '../../app/stores.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import { threadDecoder } from '../../ingest/accept/decoder.ts'
import { describeIngestError, openIngestor } from '../../ingest/pipeline/ingestor.ts'
import {
  type AcceptClock,
  acceptClockOption,
  CliError,
  dataOption,
  exitCodes,
  jsonOption,
  ledgerOption,
  noteLine,
  printJson,
  printLine,
} from '../output.ts'
import { onSignal, type Signal, signalExitCodes } from '../signals.ts'
import { openInput } from './input.ts'
import {
  emptyTally,
  type IngestTally,
  ingestJson,
  ingestSummaryLines,
  refusalLines,
  total,
} from './report.ts'
import { openStoresOrFail } from './stores.ts'
import { takeInput } from './take-input.ts'

type Options = LedgerPlace & AcceptClock & { readonly json?: boolean }

export const ingestCommand = (): Command =>
  new Command('ingest')
    .description(
      'Takes in published events: NDJSON, one CloudEvent a line. What it reports as accepted is on disk. Killed at any ' +
        'moment and run again, nothing is lost or doubled: events that are there already count as duplicates. ' +
        'Lines that are refused are kept as dead letters, each with the reason.',
    )
    .argument('<file>', 'an NDJSON file, also compressed (gzip, Zstandard), or - for standard input')
    .addOption(dataOption())
    .addOption(ledgerOption())
    .addOption(acceptClockOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
A file is looked at first. Nothing of it is taken in when it is not NDJSON (none of its first 1,000 lines is a JSON
object) or when its compressed data is damaged or cut off. A pipe cannot be read again: what came before is kept.

Exit code: 0 all taken in, 1 some lines rejected, 2 could not go on, 130 or 143 stopped by a signal.

Examples:
  redress ingest events.ndjson
  redress ingest events.ndjson.zst --data /var/lib/redress
  jq -c '.[]' array-of-events.json | redress ingest -`,
    )
    .action(async (file: string, options: Options) => {
      const input = await openInput(file)
      const tally = emptyTally()
      const stores = await openStoresOrFail(options)
      const decoder = threadDecoder()
      const stop = new AbortController()
      const signalled = onSignal(() => stop.abort())
      const ingestor = openIngestor({ ...stores, decoder, trust: 'all' })
      const { done, lastLine } = await takeInput(input, ingestor, { label: 'Ingesting', tally, stop })
      await decoder.close()
      await stores.close()
      const signal = signalled()
      report(input.name, { tally, lastLine, signal }, options.json === true)
      if (E.isLeft(done)) {
        const { left: error } = done
        const isOfInput = error.kind === 'unreadable' || error.kind === 'wrong_form'
        throw new CliError(isOfInput ? error.message : describeIngestError(error), exitCodes.failed, [
          error.kind === 'wrong_form'
            ? `Stopped after line ${lastLine}; the lines up to there are kept, as events or as dead letters.`
            : `Stopped after line ${lastLine}: what is counted is on disk. Run it again when that is mended; nothing is doubled.`,
        ])
      }
      if (signal !== null) process.exitCode = signalExitCodes[signal]
      else if (tally.rejected > 0) process.exitCode = exitCodes.findings
    })

type Ingested = { readonly tally: IngestTally; readonly lastLine: number; readonly signal: Signal | null }

const report = (name: string, { tally, lastLine, signal }: Ingested, json: boolean): void => {
  if (json) printJson({ file: name, lines: total(tally), ...ingestJson(tally), lastLine, stoppedBy: signal })
  else
    for (const line of ingestSummaryLines(`${name}: ${countOf(total(tally), 'line')}`, tally)) printLine(line)
  for (const line of refusalLines(tally)) noteLine(line)
  if (tally.rejected > 0) {
    noteLine('The rejected lines are kept; see them all with: redress dead-letters')
  }
  if (signal !== null) {
    noteLine(
      `Stopped by ${signal} after line ${lastLine}. What is counted is on disk; run the same again for the rest, nothing is doubled.`,
    )
  }
}
