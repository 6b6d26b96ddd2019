import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { stringify } from 'yaml'
import * as E from '#fp/Either'
import { writeFile } from '../foundation/files/write-file.ts'
import { jsonText } from '../foundation/text/json-text.ts'
import type { Pieces } from '../foundation/text/pieces.ts'
import { scenarios } from '../simulation/population.ts'
import { type Simulation, simulate } from '../simulation/simulate.ts'
import type { GroundTruth } from '../simulation/truth.ts'
import { type AppError, invalid } from './error.ts'
import { fileResult } from './results.ts'

/** Where a simulation goes. */
export type SimulationFiles = {
  readonly events: string
  readonly truth: string
  /** The corrected ruleset, as YAML, or as JSON in a `*.json`; null: it is not written. */
  readonly ruleset: string | null
  /** The same for the correction of a scenario whose rules were right. */
  readonly correction: string | null
}

type OnProgress = (done: number, total: number) => void

export type SimulateOptions = {
  readonly scenario: string
  readonly seed: number
  readonly accounts: number
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

/** Simulates a platform whose enforcement goes wrong, and writes its events and the truth about them. */
export const simulatePlatform = async ({
  scenario: name,
  seed,
  accounts,
  files,
  onProgress,
}: SimulateOptions): Promise<E.Either<AppError, Simulated>> => {
  const scenario = scenarios.find((known) => known.name === name)
  if (scenario === undefined) return invalid(`no such scenario: ${name}`)
  if (files.ruleset !== null && scenario.wrongEvidence !== undefined) {
    const message = `the rules of ${name} were right: it has a correction, and no corrected ruleset`
    return invalid(message, 'ruleset', 'correction')
  }
  if (files.correction !== null && scenario.wrongEvidence === undefined) {
    const message = `the evidence of ${name} was right: it has a corrected ruleset, and no correction`
    return invalid(message, 'correction', 'ruleset')
  }
  const { events, truth, ruleset, correction } = files
  const paths = [events, truth, ruleset, correction].filter((path) => path !== null)
  if (new Set(paths.map((path) => resolve(path))).size < paths.length) {
    return invalid('give each file a different name')
  }
  for (const path of paths) {
    if (await isFile(path)) return invalid(`${path} already exists: remove it, or choose another name`)
  }
  return writeSimulation(simulate({ scenario, seed, accounts }), files, onProgress)
}

/** A pipe or a device may exist: writing to it loses nothing. */
const isFile = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => null))?.isFile() === true

/** Writes a simulation, replacing existing files. */
export const writeSimulation = async (
  simulation: Simulation,
  files: SimulationFiles,
  onProgress: OnProgress,
): Promise<E.Either<AppError, Simulated>> => {
  const { truth } = simulation
  const bytes = await write(files.events, eventLines(simulation, onProgress))
  if (E.isLeft(bytes)) return bytes
  const rest = [
    { path: files.truth, text: `${jsonText(truth, 1)}\n` },
    ...documentIn(files.ruleset, truth.rulesetCorrected),
    ...documentIn(files.correction, truth.correction),
  ]
  for (const { path, text } of rest) {
    const written = await write(path, text)
    if (E.isLeft(written)) return written
  }
  return E.right({ truth, bytes: bytes.right })
}

const write = async (path: string, pieces: Pieces): Promise<E.Either<AppError, number>> => {
  return fileResult(await writeFile(path, pieces))
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

const documentIn = (path: string | null, document: unknown) => {
  if (path === null) return []
  const text = path.endsWith('.json') ? `${jsonText(document, 2)}\n` : stringify(document, { lineWidth: 0 })
  return [{ path, text }]
}
