import { createHash } from 'node:crypto'
import * as E from '#fp/Either'
import { FlagId } from '../../domain/ids.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import { quoted } from '../../foundation/text/quoted.ts'

/** How many flags a list may name; a `Set` of JavaScript holds about 16 million. */
const MOST_FLAGS = 10_000_000
const MOST_ERRORS = 10

/** The flags that a file names. */
export type FlagList = {
  readonly flagIds: ReadonlySet<string>
  /** SHA-256 of the ids, sorted and joined by line feeds. */
  readonly sha256: string
}

/** Something wrong with a list; `line` is null if it concerns the whole. */
export type FlagListError = { readonly line: number | null; readonly message: string }

/** Reads a list of flag ids, one per line, ignoring blank lines; or says which lines are not ids. */
export const parseFlagList = (text: string): E.Either<ReadonlyArray<FlagListError>, FlagList> => {
  const flagIds = new Set<string>()
  const errors: FlagListError[] = []
  let wrong = 0
  let line = 0
  for (const written of linesOf(text)) {
    line++
    if (FlagId.is(written)) flagIds.add(written)
    else if (written.trim() !== '' && ++wrong <= MOST_ERRORS) {
      errors.push({ line, message: `expected ${FlagId.name}, not ${quoted(written)}` })
    }
    if (flagIds.size > MOST_FLAGS) return failed(`it names more than ${countOf(MOST_FLAGS, 'flag')}`)
  }
  if (wrong > MOST_ERRORS) {
    const more = countOf(wrong - MOST_ERRORS, 'more line is not an id', 'more lines are not ids')
    errors.push({ line: null, message: more })
  }
  if (errors.length > 0) return E.left(errors)
  return flagIds.size === 0 ? failed('it names no flags') : E.right({ flagIds, sha256: hashOfFlags(flagIds) })
}

const failed = (message: string): E.Either<ReadonlyArray<FlagListError>, never> =>
  E.left([{ line: null, message }])

/** A list of ids in canonical form: each once, sorted by its UTF-8 bytes. */
export const sortedFlags = (flagIds: Iterable<string>): ReadonlyArray<string> =>
  // Ids are ASCII, where UTF-16 units have the order of bytes.
  [...new Set(flagIds)].sort()

const hashOfFlags = (flagIds: Iterable<string>): string =>
  createHash('sha256').update(sortedFlags(flagIds).join('\n')).digest('hex')

/** Lines that end with LF, CRLF or CR; one by one, because there can be millions. */
function* linesOf(text: string): Iterable<string> {
  for (let start = 0; start <= text.length; ) {
    const lf = text.indexOf('\n', start)
    const end = lf === -1 ? text.length : lf
    const line = text.slice(start, text[end - 1] === '\r' ? Math.max(start, end - 1) : end)
    if (line.includes('\r')) yield* line.split('\r')
    else yield line
    start = end + 1
  }
}
