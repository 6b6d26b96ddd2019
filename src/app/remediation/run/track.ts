import * as E from '#fp/Either'
import { foldAccount } from '../../../domain/account.ts'
import type { StoredEvent } from '../../../domain/event.ts'
import { requestsOf } from '../../../domain/request.ts'
import { instantOf } from '../../../domain/time.ts'
import { settledAt, type WaveProgress } from '../../../incidents/remediation/run/next-wave.ts'
import { requestsOfWave } from '../../../incidents/remediation/run/stored-wave.ts'
import type { OpenLedger } from '../../../ledger/open.ts'
import type { Position } from '../../../ledger/port.ts'
import { readDecoded } from '../../../ledger/read.ts'
import type { AppError } from '../../error.ts'
import { ledgerResult } from '../../results.ts'

type WaveStarted = StoredEvent<'remediation.wave_started.v1'>

/** A request of a wave, and what became of it. */
type Tracked = {
  readonly wave: number
  readonly account: string
  readonly requestId: string
  /** `missing`: it is not on record; `answered`: it is, and something became of it. */
  state: 'missing' | 'open' | 'answered'
  settledAt: number | null
  /** It is on record for this remediation; another one may have asked for the same first. */
  isOurs: boolean
}

/** What became of the requests of waves, as the ledger goes on. */
export type Requests = {
  /** Adds the requests of waves that were not added before. */
  readonly add: (waves: ReadonlyArray<WaveStarted>) => Promise<E.Either<AppError, null>>
  /** Reads what the ledger has of them now: at first all of their accounts, later only those with new events. */
  readonly refresh: () => Promise<E.Either<AppError, null>>
  readonly progress: (started: WaveStarted) => WaveProgress
  /** The open ones that this remediation asked for. */
  readonly open: () => ReadonlyArray<Pick<Tracked, 'account' | 'requestId'>>
  /** How many are open, or not on record. */
  readonly owed: () => number
}

/** How many accounts are read at once. */
const PAGE = 64

/** Follows the requests of one remediation. */
export const trackRequests = (
  { ledger, vault }: Pick<OpenLedger, 'ledger' | 'vault'>,
  remediationId: string,
): Requests => {
  const byAccount = new Map<string, Map<string, Tracked>>()
  const added = new Set<number>()
  const unread = new Set<string>()
  let after: Position | null = null

  const all = (): ReadonlyArray<Tracked> => [...byAccount.values()].flatMap((each) => [...each.values()])

  const addWave = async ({ data: { wave, rowsSha256 } }: WaveStarted): Promise<E.Either<AppError, null>> => {
    for await (const page of requestsOfWave(vault, rowsSha256)) {
      if (E.isLeft(page)) return ledgerResult(page)
      for (const { account, requestId } of page.right) {
        const known = byAccount.get(account) ?? new Map<string, Tracked>()
        byAccount.set(account, known)
        const nothing = { state: 'missing', settledAt: null, isOurs: false } as const
        known.set(requestId, { wave, account, requestId, ...nothing })
        unread.add(account)
      }
    }
    added.add(wave)
    return E.right(null)
  }

  const readAccount = async (account: string): Promise<E.Either<AppError, null>> => {
    const events: StoredEvent[] = []
    for await (const page of readDecoded(ledger, ledger.readStream(`account-${account}`))) {
      if (E.isLeft(page)) return ledgerResult(page)
      events.push(...page.right.map(({ event }) => event))
    }
    for (const request of requestsOf(events, foldAccount(events))) {
      const { data } = request.requested
      const tracked = byAccount.get(account)?.get(data.requestId)
      if (tracked === undefined) continue
      tracked.state = request.state === 'requested' ? 'open' : 'answered'
      tracked.settledAt = settledAt(request)
      tracked.isOurs = data.remediationId === remediationId
    }
    return E.right(null)
  }

  /** Which of their accounts have events since it was read last. */
  const findNew = async (): Promise<E.Either<AppError, null>> => {
    if (after === null) {
      const end = ledgerResult(await ledger.end())
      if (E.isLeft(end)) return end
      after = end.right
      return E.right(null)
    }
    for await (const page of ledger.readAll(after)) {
      if (E.isLeft(page)) return ledgerResult(page)
      for (const { stream, position } of page.right) {
        after = position
        const account = stream.startsWith('account-') ? stream.slice('account-'.length) : ''
        if (byAccount.has(account)) unread.add(account)
      }
    }
    return E.right(null)
  }

  return {
    add: async (waves) => {
      for (const started of waves) {
        if (added.has(started.data.wave)) continue
        const read = await addWave(started)
        if (E.isLeft(read)) return read
      }
      return E.right(null)
    },
    refresh: async () => {
      const found = await findNew()
      if (E.isLeft(found)) return found
      const accounts = [...unread]
      for (let from = 0; from < accounts.length; from += PAGE) {
        const some = accounts.slice(from, from + PAGE)
        const read = E.sequenceArray(await Promise.all(some.map(readAccount)))
        if (E.isLeft(read)) return read
        for (const account of some) unread.delete(account)
      }
      return E.right(null)
    },
    progress: ({ recordedat, data: { wave } }) => {
      const requests = all().filter((each) => each.wave === wave)
      const settled = requests.flatMap((each) => each.settledAt ?? [])
      return { startedAt: instantOf(recordedat), requests: requests.length, settled }
    },
    open: () => all().filter(({ state, isOurs }) => state === 'open' && isOurs),
    owed: () => all().filter(({ state }) => state !== 'answered').length,
  }
}
