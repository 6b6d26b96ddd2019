import { Command } from 'commander'
import * as E from '#fp/Either'
import { type CheckStores, openCheckStores } from '../../app/events/check-stores.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import { threadDecoder } from '../../ingest/accept/decoder.ts'
import { describeIngestError, openIngestor } from '../../ingest/pipeline/ingestor.ts'
import { type IngestInput, openInput } from '../ingest/input.ts'
import {
  emptyTally,
  type IngestTally,
  ingestJson,
  ingestSummaryLines,
  refusalLines,
  total,
} from '../ingest/report.ts'
import { takeInput } from '../ingest/take-input.ts'
import { CliError, exitCodes, jsonOption, noteLine, printJson, printLine } from '../output.ts'
import { resultOrFail } from '../result.ts'
import { onSignal, type Signal, signalExitCodes } from '../signals.ts'

export const eventsCheckCommand = (): Command =>
  new Command('check')
    .summary('say what ingest would refuse, and take nothing in')
    .description(
      'Checks published events as ingest would, and takes nothing in: for the tests of a team that publishes them. It reads ' +
        'no ledger, so the duplicates and conflicts that it knows are those within the files.',
    )
    .argument('<file...>', 'NDJSON files, also compressed (gzip, Zstandard), or - for standard input')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Exit code: 0 all would be taken in, 1 some lines would be rejected, 2 could not go on, 130 or 143 stopped by a signal.

Examples:
  redress events check events.ndjson
  npm run --silent publish -- --dry-run | redress events check -`,
    )
    .action(async (files: ReadonlyArray<string>, options: { readonly json?: boolean }) => {
      const inputs: IngestInput[] = []
      for (const file of files) inputs.push(await openInput(file))
      const stores = resultOrFail(await openCheckStores(Date.now))
      const stop = new AbortController()
      const signalled = onSignal(() => stop.abort())
      const { tally, failure } = await checkInputs(inputs, stores, stop).finally(stores.close)
      const signal = signalled()
      report(
        inputs.map(({ name }) => name),
        { tally, signal },
        options.json === true,
      )
      if (failure !== null) throw failure
      if (signal !== null) process.exitCode = signalExitCodes[signal]
      else if (tally.rejected > 0) process.exitCode = exitCodes.findings
    })

type Checked = { readonly tally: IngestTally; readonly failure: CliError | null }

/** Checks one input after the other, until one of them cannot be read on. */
const checkInputs = async (
  inputs: ReadonlyArray<IngestInput>,
  stores: CheckStores,
  stop: AbortController,
): Promise<Checked> => {
  const tally = emptyTally()
  const decoder = threadDecoder()
  const ingestor = openIngestor({ ...stores, decoder, trust: 'all' })
  try {
    for (const input of inputs) {
      if (stop.signal.aborted) break
      const { done, lastLine } = await takeInput(input, ingestor, { label: 'Checking', tally, stop })
      if (E.isRight(done)) continue
      const { left: error } = done
      const isOfInput = error.kind === 'unreadable' || error.kind === 'wrong_form'
      const message = isOfInput ? error.message : describeIngestError(error)
      const stopped = `Stopped after line ${lastLine} of ${input.name}.`
      return { tally, failure: new CliError(message, exitCodes.failed, [stopped]) }
    }
    return { tally, failure: null }
  } finally {
    await decoder.close()
  }
}

type Report = { readonly tally: IngestTally; readonly signal: Signal | null }

const report = (names: ReadonlyArray<string>, { tally, signal }: Report, json: boolean): void => {
  const lines = total(tally)
  if (json) {
    const { damagedStreams: _, deadLettersResolved: __, ...counts } = ingestJson(tally)
    printJson({ files: names, lines, ...counts, stoppedBy: signal })
  } else {
    const [only, ...others] = names
    const checked = only !== undefined && others.length === 0 ? only : countOf(names.length, 'file')
    const title = `${checked}: ${countOf(lines, 'line')} checked, nothing taken in`
    for (const line of ingestSummaryLines(title, tally, 'in the files before')) printLine(line)
  }
  for (const line of refusalLines(tally)) noteLine(line)
  if (signal !== null) noteLine(`Stopped by ${signal}: the rest was not checked.`)
}
