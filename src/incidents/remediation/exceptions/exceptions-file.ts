import * as E from '#fp/Either'
import { closed, describeDecodeError, problems, where } from '../../../domain/codec.ts'
import { AccountId, DecisionId, Line } from '../../../domain/ids.ts'
import { type LineError, lineErrors } from '../../../foundation/documents/line-errors.ts'
import { countOf } from '../../../foundation/text/count-of.ts'
import { linesOf } from '../../../foundation/text/lines.ts'
import { parseJson } from '../../../ingest/accept/json.ts'
import { describeRejection } from '../../../ingest/accept/rejection.ts'
import type { ListedException } from './exception.ts'

const WrittenException = where(
  closed(
    'an object {account, reason} or {decisionId, reason}',
    { reason: Line },
    { account: AccountId, decisionId: DecisionId },
  ),
  'either account or decisionId',
  ({ account, decisionId }) => (account === undefined) !== (decisionId === undefined),
)

/**
 * Reads a file of exceptions: NDJSON of {account, reason} or {decisionId, reason}, ignoring blank lines. An account or a decision
 * may be there again with the same reason. Left: which lines are wrong.
 */
export const parseExceptions = (
  text: string,
): E.Either<ReadonlyArray<LineError>, ReadonlyArray<ListedException>> => {
  const errors = lineErrors((n) =>
    countOf(n, 'more line is not an exception', 'more lines are not exceptions'),
  )
  const firsts = new Map<string, { readonly exception: ListedException; readonly line: number }>()
  let line = 0
  for (const written of linesOf(text)) {
    line++
    if (written.trim() === '') continue
    const read = readException(written)
    if (E.isLeft(read)) {
      errors.add(line, read.left)
      continue
    }
    const exception = read.right
    const name = nameOf(exception)
    const first = firsts.get(name)
    if (first === undefined) firsts.set(name, { exception, line })
    else if (first.exception.reason !== exception.reason) {
      errors.add(line, `reason: ${name} has another reason in line ${first.line}; give one`)
    }
  }
  const wrong = errors.all()
  if (wrong.length > 0) return E.left(wrong)
  if (firsts.size === 0) return E.left([{ line: null, message: 'it names no exceptions' }])
  return E.right([...firsts.values()].map(({ exception }) => exception))
}

const readException = (written: string): E.Either<string, ListedException> => {
  const parsed = parseJson(Buffer.from(written))
  if (E.isLeft(parsed)) return E.left(describeRejection(parsed.left))
  const { right: value } = parsed
  if (WrittenException.is(value)) {
    const { account, decisionId, reason } = value
    if (account !== undefined) return E.right({ account, reason })
    if (decisionId !== undefined) return E.right({ decisionId, reason })
  }
  return E.left(problems(WrittenException, value).map(describeDecodeError).join('; '))
}

const nameOf = (exception: ListedException): string =>
  'account' in exception ? `account ${exception.account}` : `decision ${exception.decisionId}`
