import * as E from '#fp/Either'
import { closed, where } from '../../../domain/codec.ts'
import { AccountId, DecisionId, Line } from '../../../domain/ids.ts'
import type { LineError } from '../../../foundation/documents/line-errors.ts'
import { parseEntries } from '../entries.ts'
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

/** Reads a file of exceptions: NDJSON of {account, reason} or {decisionId, reason}. Left: which lines are wrong. */
export const parseExceptions = (
  text: string,
): E.Either<ReadonlyArray<LineError>, ReadonlyArray<ListedException>> => {
  const read = parseEntries(text, {
    codec: WrittenException,
    about: ({ account, decisionId }) =>
      account === undefined ? `decision ${decisionId}` : `account ${account}`,
    one: 'an exception',
    many: 'exceptions',
  })
  // Cast: the codec has checked that it names exactly one of them.
  return E.map((entries: ReadonlyArray<unknown>) => entries as ReadonlyArray<ListedException>)(read)
}
