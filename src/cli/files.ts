import * as E from '#fp/Either'
import type { FileError } from '../foundation/files/file-error.ts'
import { readText } from '../foundation/files/read-text.ts'
import { writeFile } from '../foundation/files/write-file.ts'
import type { Pieces } from '../foundation/text/pieces.ts'
import { CliError } from './output.ts'

/** The result of work on files named on the command line; throws `CliError` if it failed. */
export const fileOrFail = <A>(done: E.Either<FileError, A>): A => {
  if (E.isLeft(done)) throw new CliError(done.left.message)
  return done.right
}

/** Writes a file named on the command line, and returns the number of bytes; throws `CliError`. */
export const writeNamed = async (path: string, pieces: Pieces): Promise<number> =>
  fileOrFail(await writeFile(path, pieces))

/** Reads a text file named on the command line; throws `CliError` if it cannot be read or is not UTF-8. */
export const readNamed = async (path: string): Promise<string> => fileOrFail(await readText(path))
