import * as E from '#fp/Either'
import { writeFile } from '../../foundation/files/write-file.ts'
import { type Simulation, simulate } from '../../simulation/simulate.ts'
import type { GroundTruth } from '../../simulation/truth.ts'
import type { AppError } from '../error.ts'
import { fileResult } from '../results.ts'
import {
  checkSimulation,
  type SimulationDocuments,
  type SimulationRequest,
  writeDocuments,
} from './documents.ts'

/** Where a simulation goes. */
export type SimulationFiles = SimulationDocuments & { readonly events: string }

type OnProgress = (done: number, total: number) => void

export type SimulateOptions = SimulationRequest & {
  /** None of them may exist. */
  readonly files: SimulationFiles
  /** Called periodically with how many events are written, and the total. */
  readonly onProgress: OnProgress
}

/** What was simulated. */
export type Simulated = {
  readonly truth: GroundTruth
  /** The size of the file of events. */
  readonly bytes: number
}

/** Simulates a platform, and writes its events and the truth about them. */
export const simulateToFiles = async ({
  files,
  onProgress,
  ...request
}: SimulateOptions): Promise<E.Either<AppError, Simulated>> => {
  const scenario = await checkSimulation(request.scenario, files, [files.events])
  if (E.isLeft(scenario)) return scenario
  return writeSimulation(simulate({ ...request, scenario: scenario.right }), files, onProgress)
}

/** Writes a simulation, replacing existing files. */
export const writeSimulation = async (
  simulation: Simulation,
  files: SimulationFiles,
  onProgress: OnProgress,
): Promise<E.Either<AppError, Simulated>> => {
  const { truth } = simulation
  const bytes = fileResult(await writeFile(files.events, eventLines(simulation, onProgress)))
  if (E.isLeft(bytes)) return bytes
  const written = await writeDocuments(truth, files)
  return E.isLeft(written) ? written : E.right({ truth, bytes: bytes.right })
}

/** How many events are written between two calls of `onProgress`. */
const STRIDE = 1_000

function* eventLines({ lines, lineCount }: Simulation, onProgress: OnProgress): Generator<string> {
  let done = 0
  for (const line of lines()) {
    yield `${line}\n`
    if (++done % STRIDE === 0) onProgress(done, lineCount)
  }
}
