import * as E from '#fp/Either'
import { correctionOfRules } from '../../replay/correction/correction.ts'
import { reversibles } from '../../replay/result/lists.ts'
import { type Replay, replay } from '../../replay/result/replay.ts'
import { type Summary, summarize } from '../../replay/result/summary.ts'
import { writeResult } from '../../replay/result/write.ts'
import { compileRuleset, describeProblem } from '../../rulesets/document.ts'
import type { Ruleset } from '../../rulesets/ruleset.ts'
import { mixed } from '../../simulation/scenarios/mixed.ts'
import { simulate } from '../../simulation/simulate.ts'
import type { Story } from '../account/story.ts'
import { type AppError, failed } from '../error.ts'
import { ingestEvents } from '../ingest/ingest.ts'
import type { IngestTally } from '../ingest/tally.ts'
import { loadForReplay } from '../replay/load.ts'
import { fileResult } from '../results.ts'
import { writeSimulation } from '../simulate.ts'
import { exampleStory } from './example-story.ts'
import { type DemoFiles, prepareDemoFolder } from './folder.ts'
import { type Score, scoreOf } from './score.ts'

type OnProgress = (done: number, total: number) => void

export type DemoOptions = {
  /** The folder for everything; missing, empty, or an earlier demo's, which is replaced. */
  readonly folder: string
  /** The random seed. */
  readonly seed: number
  readonly accounts: number
  /** Ms since the epoch. */
  readonly clock: () => number
  /** Called with how many events are simulated, and the total. */
  readonly onSimulate: OnProgress
  /** Then with how many of their bytes are ingested. */
  readonly onIngest: OnProgress
  /** Then with how many events are read for the replay. */
  readonly onRead: OnProgress
}

/** What a demo found. */
export type Demo = {
  readonly ingested: IngestTally
  readonly result: Replay
  readonly summary: Summary
  readonly score: Score
  /** One wrongly banned account; null when there is none. */
  readonly story: Story | null
  readonly files: DemoFiles
}

/**
 * Simulates a platform whose enforcement goes wrong, ingests its events into a ledger, replays them under the corrected
 * ruleset, and compares the list of who must be reinstated with the ground truth.
 */
export const runDemo = async ({
  folder,
  seed,
  accounts,
  clock,
  onSimulate,
  onIngest,
  onRead,
}: DemoOptions): Promise<E.Either<AppError, Demo>> => {
  const prepared = await prepareDemoFolder(folder)
  if (E.isLeft(prepared)) return prepared
  const files = prepared.right
  const { data } = files
  const simulation = simulate({ scenario: mixed, seed, accounts })
  const simulated = await writeSimulation(simulation, { ...files, correction: null }, onSimulate)
  if (E.isLeft(simulated)) return simulated
  const ingested = await ingestInto(files, clock, onIngest)
  if (E.isLeft(ingested)) return ingested

  const correction = correctionOfRules(compiled(simulation.truth.rulesetCorrected))
  const reading = { at: null, projected: false, withoutDamaged: false }
  const loaded = await loadForReplay({
    data,
    correction,
    ...reading,
    onProgress: onRead,
  })
  if (E.isLeft(loaded)) return loaded
  const { history, sequence } = loaded.right
  const window = { from: null, to: null }
  const result = replay(history, correction, window)
  const summary = summarize(result, { history, correction, window, sequence })
  const written = fileResult(await writeResult(files.result, { result, summary, history }))
  if (E.isLeft(written)) return written

  const story = await exampleStory(result, history, data)
  if (E.isLeft(story)) return story
  const putBack = reversibles(result.rows, ['reinstate', 'restore'], history)
  const score = scoreOf(decisionsOf(putBack), decisionsOf(simulation.truth.putBack))
  return E.right({ ingested: ingested.right, result, summary, score, story: story.right, files })
}

const ingestInto = async (
  { events, data }: DemoFiles,
  clock: () => number,
  onProgress: OnProgress,
): Promise<E.Either<AppError, IngestTally>> => {
  const ingested = await ingestEvents({
    ...{ data, clock, source: events, onProgress },
    signal: new AbortController().signal,
    onOpen: () => {},
    onCheck: () => {},
  })
  // Without the details on what stays stored: the next demo replaces it.
  if (E.isLeft(ingested)) return failed(ingested.left.message)
  const { tally, failure } = ingested.right
  return failure === null ? E.right(tally) : failed(failure.message)
}

const compiled = (document: unknown): Ruleset => {
  const ruleset = compileRuleset(document)
  if (E.isRight(ruleset)) return ruleset.right
  throw new Error(
    `the simulation's ruleset does not compile: ${ruleset.left.map(describeProblem).join('; ')}`,
  )
}

const decisionsOf = (
  items: ReadonlyArray<{ readonly decisionIds: ReadonlyArray<string> }>,
): ReadonlyArray<string> => items.flatMap(({ decisionIds }) => decisionIds)
