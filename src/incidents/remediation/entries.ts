import type * as t from 'io-ts'
import * as E from '#fp/Either'
import { describeDecodeError, problems } from '../../domain/codec.ts'
import { canonicalText } from '../../foundation/canonical.ts'
import { type LineError, lineErrors } from '../../foundation/documents/line-errors.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import { linesOf } from '../../foundation/text/lines.ts'
import { parseJson } from '../../ingest/accept/json.ts'
import { describeRejection } from '../../ingest/accept/rejection.ts'

/** What the entries of a file are. */
type EntryKind<A> = {
  readonly codec: t.Type<A>
  /** What an entry is about, such as `decision d1`: a file says one thing about it. */
  readonly about: (entry: A) => string
  /** One of them and several, with an article: `an exception`, `exceptions`. */
  readonly one: string
  readonly many: string
}

/**
 * Reads a file of entries, one JSON object a line (NDJSON), ignoring blank lines. What is there again, saying the same, counts
 * once. Left: which lines are wrong.
 */
export const parseEntries = <A extends object>(
  text: string,
  { codec, about, one, many }: EntryKind<A>,
): E.Either<ReadonlyArray<LineError>, ReadonlyArray<A>> => {
  const errors = lineErrors((n) => countOf(n, `more line is not ${one}`, `more lines are not ${many}`))
  const firsts = new Map<string, { readonly entry: A; readonly line: number }>()
  let line = 0
  for (const written of linesOf(text)) {
    line++
    if (written.trim() === '') continue
    const read = readEntry(written, codec)
    if (E.isLeft(read)) {
      errors.add(line, read.left)
      continue
    }
    const name = about(read.right)
    const first = firsts.get(name)
    if (first === undefined) firsts.set(name, { entry: read.right, line })
    else if (canonicalText(first.entry) !== canonicalText(read.right)) {
      errors.add(line, `line ${first.line} says something else about ${name}; say one thing`)
    }
  }
  const wrong = errors.all()
  if (wrong.length > 0) return E.left(wrong)
  if (firsts.size === 0) return E.left([{ line: null, message: `it has no ${many}` }])
  return E.right([...firsts.values()].map(({ entry }) => entry))
}

const readEntry = <A>(written: string, codec: t.Type<A>): E.Either<string, A> => {
  const parsed = parseJson(Buffer.from(written))
  if (E.isLeft(parsed)) return E.left(describeRejection(parsed.left))
  const { right: value } = parsed
  return codec.is(value) ? E.right(value) : E.left(problems(codec, value).map(describeDecodeError).join('; '))
}
