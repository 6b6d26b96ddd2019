import * as E from '#fp/Either'
import { type StreamName, streamParts, streamsOfAccount } from '../domain/stream.ts'
import { assertNever } from '../foundation/assert-never.ts'
import type { DamagedStream } from './damaged-stream.ts'
import type { LedgerError } from './port.ts'

/** Whose streams are left out of a read because some of them are incomplete. */
export type LeftOut = {
  readonly accounts: ReadonlyArray<string>
  /** The incomplete streams. */
  readonly damaged: ReadonlyArray<DamagedStream>
  /** All streams of those accounts. */
  readonly streams: ReadonlySet<StreamName>
}

export const nothingLeftOut: LeftOut = { accounts: [], damaged: [], streams: new Set() }

/**
 * Leaves out the accounts of incomplete streams, each with all of its streams: judging an account on part of its
 * evidence would judge it wrongly. Other streams, such as a ruleset's versions, affect every account, so nothing can be done
 * without them.
 */
export const leaveOut = (
  before: LeftOut,
  damaged: ReadonlyArray<DamagedStream>,
): E.Either<LedgerError, LeftOut> => {
  const needed = damaged.filter(({ stream }) => !isOfAccount(stream))
  if (needed.length > 0) {
    const names = needed.map(({ stream }) => stream).join(', ')
    return E.left({
      kind: 'stream_damaged',
      streams: needed,
      message: `${names} cannot be left out: only streams of accounts can; restore it first`,
    })
  }
  const all = [...before.damaged, ...damaged]
  const accounts = [...new Set(all.map(({ stream }) => streamParts(stream).id))].sort()
  return E.right({
    accounts,
    damaged: all,
    streams: new Set(accounts.flatMap(streamsOfAccount)),
  })
}

const isOfAccount = (stream: StreamName): boolean => {
  const { of } = streamParts(stream)
  switch (of) {
    case 'account':
      return true
    case 'ruleset':
    case 'alarm':
    case 'incident':
    case 'ledger':
      return false
    default:
      return assertNever(of, 'subject of a stream')
  }
}
