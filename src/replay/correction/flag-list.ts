import { createHash } from 'node:crypto'
import * as E from '#fp/Either'
import { FlagId } from '../../domain/ids.ts'
import { type LineError, lineErrors } from '../../foundation/documents/line-errors.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import { linesOf } from '../../foundation/text/lines.ts'
import { quoted } from '../../foundation/text/quoted.ts'

/** How many flags a list may name; a `Set` of JavaScript holds about 16 million. */
const MOST_FLAGS = 10_000_000

/** The flags that a file names. */
export type FlagList = {
  readonly flagIds: ReadonlySet<string>
  /** SHA-256 of the ids, sorted and joined by line feeds. */
  readonly sha256: string
}

/** Reads a list of flag ids, one per line, ignoring blank lines; or says which lines are not ids. */
export const parseFlagList = (text: string): E.Either<ReadonlyArray<LineError>, FlagList> => {
  const flagIds = new Set<string>()
  const errors = lineErrors((n) => countOf(n, 'more line is not an id', 'more lines are not ids'))
  let line = 0
  for (const written of linesOf(text)) {
    line++
    if (FlagId.is(written)) flagIds.add(written)
    else if (written.trim() !== '') errors.add(line, `expected ${FlagId.name}, not ${quoted(written)}`)
    if (flagIds.size > MOST_FLAGS) return failed(`it names more than ${countOf(MOST_FLAGS, 'flag')}`)
  }
  const wrong = errors.all()
  if (wrong.length > 0) return E.left(wrong)
  return flagIds.size === 0 ? failed('it names no flags') : E.right({ flagIds, sha256: hashOfFlags(flagIds) })
}

const failed = (message: string): E.Either<ReadonlyArray<LineError>, never> =>
  E.left([{ line: null, message }])

/** A list of ids in canonical form: each once, sorted by its UTF-8 bytes. */
export const sortedFlags = (flagIds: Iterable<string>): ReadonlyArray<string> =>
  // Ids are ASCII, where UTF-16 units have the order of bytes.
  [...new Set(flagIds)].sort()

const hashOfFlags = (flagIds: Iterable<string>): string =>
  createHash('sha256').update(sortedFlags(flagIds).join('\n')).digest('hex')
