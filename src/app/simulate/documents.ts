import { stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { stringify } from 'yaml'
import * as E from '#fp/Either'
import type { HoldSpan } from '../../domain/hold.ts'
import { type FileError, notWritten } from '../../foundation/files/file-error.ts'
import { writeFile } from '../../foundation/files/write-file.ts'
import { jsonText } from '../../foundation/text/json-text.ts'
import type { Scenario } from '../../simulation/persona.ts'
import { scenarios } from '../../simulation/population.ts'
import type { GroundTruth } from '../../simulation/truth.ts'
import { type AppError, invalid } from '../error.ts'
import { fileResult } from '../results.ts'

/** Where the documents about a simulation go. */
export type SimulationDocuments = {
  readonly truth: string
  /** The corrected ruleset, as YAML, or as JSON in a `*.json`; null: it is not written. */
  readonly ruleset: string | null
  /** The same for the correction of a scenario whose rules were right. */
  readonly correction: string | null
}

/** What is simulated, and how much of it. */
export type SimulationRequest = {
  /** The name of a scenario. */
  readonly scenario: string
  readonly seed: number
  readonly accounts: number
  /** How many of the accounts that the scenario is about there are, from 0 to 1. */
  readonly faultShare: number
  /** Whether retired versions of detectors go on looking at some of the content. */
  readonly paired: boolean
  /** What the services are asked not to act on. */
  readonly holds: ReadonlyArray<HoldSpan>
}

/** The scenario, if it has the documents that are asked for, and none of the files exists, nor of the `others`. */
export const checkSimulation = async (
  name: string,
  { truth, ruleset, correction }: SimulationDocuments,
  others: ReadonlyArray<string>,
): Promise<E.Either<AppError, Scenario>> => {
  const scenario = scenarios.find((known) => known.name === name)
  if (scenario === undefined) return invalid(`no such scenario: ${name}`)
  if (ruleset !== null && scenario.wrongEvidence !== undefined) {
    const message = `the rules of ${name} were right: it has a correction, and no corrected ruleset`
    return invalid(message, 'ruleset', 'correction')
  }
  if (correction !== null && scenario.wrongEvidence === undefined) {
    const message = `the evidence of ${name} was right: it has a corrected ruleset, and no correction`
    return invalid(message, 'correction', 'ruleset')
  }
  const paths = [...others, truth, ruleset, correction].filter((path) => path !== null)
  if (new Set(paths.map((path) => resolve(path))).size < paths.length) {
    return invalid('give each file a different name')
  }
  for (const path of paths) {
    if (await isFile(path)) return invalid(`${path} already exists: remove it, or choose another name`)
    const folder = fileResult(await hasFolder(path))
    if (E.isLeft(folder)) return folder
  }
  return E.right(scenario)
}

/** A pipe or a device may exist: writing to it loses nothing. */
const isFile = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => null))?.isFile() === true

/** Whether a file can have its place: asked before minutes of work, whose result could not be written. */
const hasFolder = async (path: string): Promise<E.Either<FileError, void>> => {
  try {
    await stat(dirname(path))
    return E.right(undefined)
  } catch (error) {
    return E.left(notWritten(path, error))
  }
}

/** Writes the documents about a simulation, replacing existing files. */
export const writeDocuments = async (
  truth: GroundTruth,
  files: SimulationDocuments,
): Promise<E.Either<AppError, void>> => {
  const documents = [
    { path: files.truth, text: `${jsonText(truth, 1)}\n` },
    ...documentIn(files.ruleset, truth.rulesetCorrected),
    ...documentIn(files.correction, truth.correction),
  ]
  for (const { path, text } of documents) {
    const written = fileResult(await writeFile(path, text))
    if (E.isLeft(written)) return written
  }
  return E.right(undefined)
}

const documentIn = (path: string | null, document: unknown) => {
  if (path === null) return []
  const text = path.endsWith('.json') ? `${jsonText(document, 2)}\n` : stringify(document, { lineWidth: 0 })
  return [{ path, text }]
}
