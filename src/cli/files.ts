import * as E from '#fp/Either'
import type { FileError } from '../foundation/files/file-error.ts'
import { readText } from '../foundation/files/read-text.ts'
import { writeFile } from '../foundation/files/write-file.ts'
import type { Pieces } from '../foundation/text/pieces.ts'
import { CliError } from './output.ts'

/** What came of work on files that the command line named; throws `CliError` for a failure. */
export const fileOrFail = <A>(done: E.Either<FileError, A>): A => {
  if (E.isLeft(done)) throw new CliError(done.left.message)
  return done.right
}

/** Writes a file that the command line named, and gives the number of bytes; throws `CliError`. */
export const writeNamed = async (path: string, pieces: Pieces): Promise<number> =>
  fileOrFail(await writeFile(path, pieces))

/** Reads a text file that the command line named; throws `CliError`, also for what is not UTF-8. */
export const readNamed = async (path: string): Promise<string> => fileOrFail(await readText(path))
