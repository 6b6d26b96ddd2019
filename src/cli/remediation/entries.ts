import * as E from '#fp/Either'
import { describeLineError, type LineError } from '../../foundation/documents/line-errors.ts'
import { readNamed } from '../files.ts'
import { CliError, exitCodes } from '../output.ts'

/** Reads a file of entries that is named on the command line; throws `CliError` with the lines that are wrong. */
export const readEntries = async <A>(
  path: string,
  parse: (text: string) => E.Either<ReadonlyArray<LineError>, ReadonlyArray<A>>,
): Promise<ReadonlyArray<A>> => {
  const entries = parse(await readNamed(path))
  if (E.isRight(entries)) return entries.right
  const [first = `${path} has no entries`, ...more] = entries.left.map((error) =>
    describeLineError(path, error),
  )
  throw new CliError(first, exitCodes.failed, more)
}
