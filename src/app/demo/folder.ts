import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as E from '#fp/Either'
import { describeSystemError, isSystemError } from '../../foundation/files/file-error.ts'
import { makeFolder } from '../../foundation/files/folder.ts'
import { writeFile } from '../../foundation/files/write-file.ts'
import { type AppError, failed, invalid } from '../error.ts'
import { fileResult } from '../results.ts'

/** What a demo leaves in its folder. */
const names = {
  events: 'events.ndjson',
  truth: 'truth.json',
  ruleset: 'corrected.yaml',
  data: 'data',
  result: 'result',
} as const

/** And in the folder of its second platform. */
const RESCORED = 'rescored'
const rescoredNames = {
  events: 'events.ndjson',
  truth: 'truth.json',
  correction: 'correction.yaml',
  data: 'data',
  result: 'result',
} as const

/** Where it is. */
export type DemoFiles = Readonly<Record<keyof typeof names, string>> & {
  readonly rescored: Readonly<Record<keyof typeof rescoredNames, string>>
}

/** Written before everything else; marks a folder as a demo's. */
const ABOUT = 'about-this-demo.txt'

/** Makes a demo's folder, or empties that of an earlier one; fails for any other folder that is not empty. */
export const prepareDemoFolder = async (dir: string): Promise<E.Either<AppError, DemoFiles>> => {
  const made = fileResult(await makeFolder(dir))
  if (E.isLeft(made)) return made
  const second = join(dir, RESCORED)
  const files: DemoFiles = {
    events: join(dir, names.events),
    truth: join(dir, names.truth),
    ruleset: join(dir, names.ruleset),
    data: join(dir, names.data),
    result: join(dir, names.result),
    rescored: {
      events: join(second, rescoredNames.events),
      truth: join(second, rescoredNames.truth),
      correction: join(second, rescoredNames.correction),
      data: join(second, rescoredNames.data),
      result: join(second, rescoredNames.result),
    },
  }
  try {
    const found = await readdir(dir)
    if (found.length > 0 && !found.includes(ABOUT)) {
      return invalid(`${dir} is not empty, and not the folder of an earlier demo: choose another one`, 'out')
    }
    for (const name of [...Object.values(names), RESCORED]) {
      await rm(join(dir, name), { recursive: true, force: true })
    }
  } catch (error) {
    if (!isSystemError(error)) throw error
    return failed(describeSystemError(error))
  }
  const madeSecond = fileResult(await makeFolder(second))
  if (E.isLeft(madeSecond)) return madeSecond
  const about = 'Made by redress demo. Running it again replaces the files here.\n'
  const written = await writeFile(join(dir, ABOUT), about)
  return E.isLeft(written) ? failed(written.left.message) : E.right(files)
}
