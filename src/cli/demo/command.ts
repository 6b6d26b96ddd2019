import { createReadStream } from 'node:fs'
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Command, Option } from 'commander'
import * as E from '#fp/Either'
import { readStory } from '../../app/account/read-story.ts'
import type { Story } from '../../app/account/story.ts'
import { emptyTally, type IngestTally, tallyUp } from '../../app/ingest/tally.ts'
import { writeSimulation } from '../../app/simulate.ts'
import { makeFolder } from '../../foundation/files/folder.ts'
import { threadDecoder } from '../../ingest/accept/decoder.ts'
import { readNdjson } from '../../ingest/ndjson/read.ts'
import { ingestAll } from '../../ingest/pipeline/ingest-all.ts'
import { describeIngestError, openIngestor } from '../../ingest/pipeline/ingestor.ts'
import { openExisting } from '../../ledger/open.ts'
import { describeLedgerError } from '../../ledger/port.ts'
import type { History } from '../../replay/model/history.ts'
import { reversibles } from '../../replay/result/lists.ts'
import { type Replay, replay } from '../../replay/result/replay.ts'
import { summarize } from '../../replay/result/summary.ts'
import { writeResult } from '../../replay/result/write.ts'
import { mixed } from '../../simulation/scenarios/mixed.ts'
import { simulate } from '../../simulation/simulate.ts'
import { fileOrFail, writeNamed } from '../files.ts'
import { openStoresOrFail } from '../ingest/stores.ts'
import { CliError, jsonOption, printJson, printLine, wholeNumber } from '../output.ts'
import { startProgress } from '../progress.ts'
import { loadOrFail } from '../replay/loading.ts'
import { resultOrFail } from '../result.ts'
import { readRuleset } from '../ruleset/file.ts'
import { type DemoReport, demoJson, demoLines, type Score } from './report.ts'

type Options = {
  readonly out: string
  readonly seed: number
  readonly accounts: number
  readonly json?: boolean
}

/** What the demo leaves in its folder; the first is written first and tells that the folder is a demo's. */
const files = {
  about: 'about-this-demo.txt',
  events: 'events.ndjson',
  truth: 'truth.json',
  ruleset: 'corrected.yaml',
  data: 'data',
  result: 'result',
} as const

export const demoCommand = (): Command =>
  new Command('demo')
    .description(
      'Simulates a platform over ten weeks in which enforcement goes wrong in nine ways, takes its events into a ledger,\n' +
        'replays them under the corrected ruleset and compares the list of who must be put back with the truth.',
    )
    .addOption(
      new Option('--out <dir>', 'the folder for everything; an earlier demo there is replaced').default(
        './redress-demo',
      ),
    )
    .addOption(new Option('--seed <n>', 'what to start chance from').default(1).argParser(wholeNumber(0)))
    .addOption(
      new Option('--accounts <n>', 'how many accounts (about ten events each)')
        .default(20_000)
        .argParser(wholeNumber(1_000)),
    )
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  redress demo --accounts 5000 --out /tmp/redress-demo')
    .action(async (options: Options) => {
      const started = performance.now()
      const at = (name: keyof typeof files): string => join(options.out, files[name])
      await prepareFolder(options.out)

      const simulation = simulate({ scenario: mixed, seed: options.seed, accounts: options.accounts })
      const { truth } = simulation
      const simulating = startProgress('simulating', simulation.lineCount, 'events')
      const simulationFiles = { events: at('events'), truth: at('truth'), ruleset: at('ruleset') }
      const written = await writeSimulation(simulation, simulationFiles, simulating.update)
      simulating.stop()
      resultOrFail(written)

      const ingested = await takeIn(at('events'), at('data'))
      const window = { from: null, to: null }
      const corrected = await readRuleset(at('ruleset'))
      const { history, sequence } = await loadOrFail({ data: at('data') }, corrected, {
        at: null,
        projected: false,
      })
      const result = replay(history, corrected, window)
      const summary = summarize(result, { history, corrected, window, sequence })
      fileOrFail(await writeResult(at('result'), { result, summary, history }))

      const report: DemoReport = {
        accounts: options.accounts,
        ingested,
        result,
        summary,
        score: scoreOf(
          reversibles(result.rows, ['reinstate', 'restore'], history).flatMap(
            ({ decisionIds }) => decisionIds,
          ),
          truth.putBack.flatMap(({ decisionIds }) => decisionIds),
        ),
        story: await storyToTell(result, history, at('data')),
        files: {
          events: at('events'),
          truth: at('truth'),
          ruleset: at('ruleset'),
          data: at('data'),
          result: at('result'),
        },
        seconds: (performance.now() - started) / 1000,
      }
      if (options.json === true) printJson(demoJson(report))
      else for (const line of demoLines(report, process.stdout.columns ?? 110)) printLine(line)
    })

/** Empties an earlier demo's folder; any other folder with something in it is left alone. */
const prepareFolder = async (dir: string): Promise<void> => {
  fileOrFail(await makeFolder(dir))
  const found = await readdir(dir)
  if (found.length > 0 && !found.includes(files.about)) {
    throw new CliError(`${dir} is not empty and not an earlier demo's: name another folder with --out`)
  }
  for (const name of [files.events, files.truth, files.ruleset, files.data, files.result]) {
    await rm(join(dir, name), { recursive: true, force: true })
  }
  await writeNamed(
    join(dir, files.about),
    'Made by redress demo, which replaces what is here when it runs again.\n',
  )
}

/** Takes the events into a ledger and says what became of them. */
const takeIn = async (events: string, data: string): Promise<IngestTally> => {
  const stores = await openStoresOrFail({ data })
  const decoder = threadDecoder()
  const stop = new AbortController()
  const tally = emptyTally()
  const progress = startProgress('Ingesting', (await stat(events)).size, 'bytes')
  const file = createReadStream(events, { highWaterMark: 1 << 18 })
  const done = await ingestAll(
    readNdjson(file, events, stop.signal),
    openIngestor({ ...stores, decoder, trust: 'all' }),
    (_, outcome) => {
      tallyUp(tally, outcome)
      progress.update(file.bytesRead)
    },
    stop,
  )()
  progress.stop()
  await decoder.close()
  await stores.close()
  if (E.isLeft(done))
    throw new CliError(done.left.kind === 'unreadable' ? done.left.message : describeIngestError(done.left))
  return tally
}

const scoreOf = (found: ReadonlyArray<string>, truth: ReadonlyArray<string>): Score => {
  const wanted = new Set(truth)
  const right = found.filter((id) => wanted.has(id)).length
  return {
    found: found.length,
    truth: wanted.size,
    right,
    precision: found.length === 0 ? 0 : right / found.length,
    recall: wanted.size === 0 ? 0 : right / wanted.size,
  }
}

/** The story, at the end of the history, of an account that the greatest mistake banned and that waits for an answer. */
const storyToTell = async (
  { rows, blame }: Replay,
  history: History,
  data: string,
): Promise<Story | null> => {
  const toTell = rows.filter(({ kind, remedy }) => kind === 'deactivation' && remedy === 'reinstate')
  const cause = blame.find((entry) => entry.cause.kind === 'flags')?.cause
  const row =
    toTell.find(({ facts, fallen: [flagId = ''] }) => {
      const flag = history.flags.get(flagId)?.data
      const isTheirs =
        cause?.kind === 'flags' &&
        flag?.rule?.id === cause.rule &&
        flag.ruleset?.version === cause.rulesetVersion
      return isTheirs && facts.includes('appeal_pending')
    }) ?? toTell[0]
  if (row === undefined) return null
  const opened = await openExisting(data)()
  if (E.isLeft(opened)) throw new CliError(describeLedgerError(opened.left))
  const { ledger, vault, close } = opened.right
  try {
    const end = history.end ?? Date.parse(row.occurredAt)
    const story = await readStory(ledger, vault, row.account, { asOf: null, happenedBy: null, now: end })()
    if (E.isLeft(story)) throw new CliError(describeLedgerError(story.left))
    return story.right
  } finally {
    await close()
  }
}
