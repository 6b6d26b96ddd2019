import * as E from '#fp/Either'
import { accountOf, type StreamName } from '../domain/stream.ts'
import type { DamagedStream } from './damaged-stream.ts'
import type { LedgerError } from './port.ts'

/** Whose streams are left out of a read, because some of them are not whole. */
export type LeftOut = {
  readonly accounts: ReadonlyArray<string>
  /** Those that are not whole. */
  readonly damaged: ReadonlyArray<DamagedStream>
  /** All streams of those accounts. */
  readonly streams: ReadonlySet<StreamName>
}

export const nothingLeftOut: LeftOut = { accounts: [], damaged: [], streams: new Set() }

/**
 * Leaves out the accounts of streams that are not whole, each with all of its streams: one that was judged on half of
 * its evidence would be judged wrongly. A ruleset's versions bear on every account, so without them nothing can be done.
 */
export const leaveOut = (
  before: LeftOut,
  damaged: ReadonlyArray<DamagedStream>,
): E.Either<LedgerError, LeftOut> => {
  const rulesets = damaged.filter(({ stream }) => stream.startsWith('ruleset-'))
  if (rulesets.length > 0) {
    const names = rulesets.map(({ stream }) => stream).join(', ')
    return E.left({
      kind: 'stream_damaged',
      streams: rulesets,
      message: `${names} can't be left out: every account is judged by a ruleset's versions; restore it first`,
    })
  }
  const all = [...before.damaged, ...damaged]
  const accounts = [...new Set(all.map(({ stream }) => subjectOf(stream)))].sort()
  return E.right({
    accounts,
    damaged: all,
    streams: new Set(accounts.flatMap((id): StreamName[] => [`account-${id}`, `evidence-${id}`])),
  })
}

/** The account of an account's stream, of either kind. */
const subjectOf = (stream: StreamName): string => accountOf(stream) ?? stream.slice('evidence-'.length)
