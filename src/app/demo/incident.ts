import * as E from '#fp/Either'
import type { Problem } from '../../foundation/documents/problem.ts'
import { type Correction, correctionOfRules } from '../../replay/correction/correction.ts'
import { parseCorrection } from '../../replay/correction/document.ts'
import type { History } from '../../replay/model/history.ts'
import { reversibles } from '../../replay/result/lists.ts'
import { type Replay, replay } from '../../replay/result/replay.ts'
import { type Summary, summarize } from '../../replay/result/summary.ts'
import { writeResult } from '../../replay/result/write.ts'
import { compileRuleset, describeProblem } from '../../rulesets/document.ts'
import type { Scenario } from '../../simulation/persona.ts'
import { simulate } from '../../simulation/simulate.ts'
import type { GroundTruth } from '../../simulation/truth.ts'
import { type AppError, failed } from '../error.ts'
import { loadForReplay } from '../replay/load.ts'
import { fileResult } from '../results.ts'
import { type SimulationFiles, writeSimulation } from '../simulate/to-files.ts'
import { recordSimulation, type SimulatedHistory } from '../simulate/to-ledger.ts'
import { type Score, scoreOf } from './score.ts'

/** Where everything about one simulated platform is. */
type IncidentFiles = SimulationFiles & { readonly data: string; readonly result: string }

type OnProgress = (done: number, total: number) => void

export type IncidentOptions = {
  readonly scenario: Scenario
  /** The random seed. */
  readonly seed: number
  readonly accounts: number
  /** Where everything goes. */
  readonly files: IncidentFiles
  /** Called with how many events are simulated, and the total. */
  readonly onSimulate: OnProgress
  /** Then with how many of them are recorded, each when it arrives in simulated time. */
  readonly onRecord: OnProgress
  /** Then with how many events are read for the replay. */
  readonly onRead: OnProgress
}

/** What a replay found on a simulated platform. */
export type IncidentReplay = {
  readonly accounts: number
  readonly recorded: SimulatedHistory
  readonly result: Replay
  readonly summary: Summary
  readonly score: Score
}

/**
 * Simulates a platform whose enforcement goes wrong, records its events in a ledger as they arrive, replays them by what
 * corrects the error, and compares the list of who must be reinstated with the ground truth.
 */
export const replayIncident = async ({
  scenario,
  seed,
  accounts,
  files,
  onSimulate,
  onRecord,
  onRead,
}: IncidentOptions): Promise<
  E.Either<
    AppError,
    { readonly found: IncidentReplay; readonly history: History; readonly truth: GroundTruth }
  >
> => {
  const { data } = files
  const simulation = simulate({ scenario, seed, accounts })
  const simulated = await writeSimulation(simulation, files, onSimulate)
  if (E.isLeft(simulated)) return simulated
  const recording = { scenario, simulation, data, audited: false, signal: new AbortController().signal }
  const recorded = await recordSimulation({ ...recording, onOpen: () => {}, onProgress: onRecord })
  // Without the details on what stays stored: the next demo replaces it.
  if (E.isLeft(recorded)) return failed(recorded.left.message)

  const correction = correctionIn(simulation.truth)
  const reading = { at: null, withoutDamaged: false }
  const loaded = await loadForReplay({ data, correction, ...reading, onProgress: onRead })
  if (E.isLeft(loaded)) return loaded
  const { history, sequence } = loaded.right
  const window = { from: null, to: null }
  const result = replay(history, correction, window)
  const summary = summarize(result, { history, correction, window, engine: 'reference', sequence })
  const written = fileResult(await writeResult(files.result, { result, summary }))
  if (E.isLeft(written)) return written

  const putBack = reversibles(result.toDo, ['reinstate', 'restore'])
  const score = scoreOf(decisionsOf(putBack), decisionsOf(simulation.truth.putBack))
  const found = { accounts, recorded: recorded.right, result, summary, score }
  return E.right({ found, history, truth: simulation.truth })
}

/** What was wrong: the rules, or the evidence. */
const correctionIn = ({ rulesetCorrected, correction }: GroundTruth): Correction => {
  if (rulesetCorrected === null) return compiled(parseCorrection(JSON.stringify(correction)))
  return correctionOfRules(compiled(compileRuleset(rulesetCorrected)))
}

const compiled = <A>(document: E.Either<ReadonlyArray<Problem>, A>): A => {
  if (E.isRight(document)) return document.right
  throw new Error(
    `the simulation's document does not compile: ${document.left.map(describeProblem).join('; ')}`,
  )
}

const decisionsOf = (
  items: ReadonlyArray<{ readonly decisionIds: ReadonlyArray<string> }>,
): ReadonlyArray<string> => items.flatMap(({ decisionIds }) => decisionIds)
