import * as E from '#fp/Either'
import { detectorRescored } from '../../simulation/scenarios/detector-rescored.ts'
import { mixed } from '../../simulation/scenarios/mixed.ts'
import type { Story } from '../account/story.ts'
import type { AppError } from '../error.ts'
import { exampleStory } from './example-story.ts'
import { type DemoFiles, prepareDemoFolder } from './folder.ts'
import { type IncidentOptions, type IncidentReplay, replayIncident } from './incident.ts'
import { type Sounded, soundedOn } from './sounded.ts'

/** The accounts of the second platform: enough to show the kinds of outcome. */
const MOST_RESCORED = 1_000

/** The callbacks are called for the first platform only. */
export type DemoOptions = Omit<IncidentOptions, 'scenario' | 'files'> & {
  /** The folder for everything; missing, empty, or an earlier demo's, which is replaced. */
  readonly folder: string
}

/** What a demo found. */
export type Demo = IncidentReplay & {
  /** One wrongly banned account; null when there is none. */
  readonly story: Story | null
  /** What alarms would have said while it went wrong. */
  readonly sounded: Sounded
  /** On another platform: a model went bad, and its flags were rescored. */
  readonly rescored: IncidentReplay
  readonly files: DemoFiles
}

/**
 * Replays a platform whose rules were wrong, under the corrected ruleset; then a smaller one whose evidence was wrong, by a
 * correction.
 */
export const runDemo = async ({ folder, ...options }: DemoOptions): Promise<E.Either<AppError, Demo>> => {
  const prepared = await prepareDemoFolder(folder)
  if (E.isLeft(prepared)) return prepared
  const files = prepared.right
  const first = await replayIncident({ ...options, scenario: mixed, files: { ...files, correction: null } })
  if (E.isLeft(first)) return first
  const { found, history } = first.right
  const story = await exampleStory(found.result, history, files.data)
  if (E.isLeft(story)) return story
  const sounded = await soundedOn(files.data, first.right.truth.wrongful, history)
  if (E.isLeft(sounded)) return sounded
  const second = await replayIncident({
    ...options,
    ...{ onSimulate: ignored, onRecord: ignored, onRead: ignored },
    scenario: detectorRescored,
    accounts: Math.min(options.accounts, MOST_RESCORED),
    files: { ...files.rescored, ruleset: null },
  })
  if (E.isLeft(second)) return second
  return E.right({
    ...found,
    story: story.right,
    sounded: sounded.right,
    rescored: second.right.found,
    files,
  })
}

const ignored = (): void => {}
