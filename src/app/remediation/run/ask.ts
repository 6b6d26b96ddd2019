import * as E from '#fp/Either'
import type { StoredEvent } from '../../../domain/event.ts'
import { stateOfRemediation } from '../../../domain/remediation.ts'
import { requestEvent } from '../../../incidents/remediation/run/own-events.ts'
import { requestsOfWave } from '../../../incidents/remediation/run/stored-wave.ts'
import type { OpenLedger } from '../../../ledger/open.ts'
import type { AppError } from '../../error.ts'
import { recordOwn } from '../../record-own.ts'
import { ledgerResult } from '../../results.ts'
import type { LedgerPlace } from '../../stores.ts'
import { readRemediation } from '../read.ts'

/** After so many requests it is looked at whether the remediation was paused or cancelled. */
const AT_ONCE = 100

type AskOptions = {
  readonly place: LedgerPlace
  readonly signal: AbortSignal
  readonly onAsked: (done: number, total: number) => void
  readonly onRemark: (message: string) => void
}

/** `isAll`: every request of the wave is on record; otherwise it was paused, cancelled or stopped before. */
type Asked = { readonly isAll: boolean; readonly recorded: number }

/** Records the requests of a wave that are not on record yet. */
export const askFor = async (
  { ledger, vault }: OpenLedger,
  started: StoredEvent<'remediation.wave_started.v1'>,
  { place, signal, onAsked, onRemark }: AskOptions,
): Promise<E.Either<AppError, Asked>> => {
  const { remediationId, rowsSha256, counts } = started.data
  let [done, recorded] = [0, 0]
  for await (const page of requestsOfWave(vault, rowsSha256)) {
    if (E.isLeft(page)) return ledgerResult(page)
    for (let from = 0; from < page.right.length; from += AT_ONCE) {
      const read = await readRemediation(ledger, remediationId, place)
      if (E.isLeft(read)) return read
      const isStopped = signal.aborted || read.right.incident.closed !== null
      if (isStopped || stateOfRemediation(read.right.remediation) !== 'running') {
        return E.right({ isAll: false, recorded })
      }
      const some = page.right.slice(from, from + AT_ONCE)
      const own = await recordOwn(
        ledger,
        some.map((request) => requestEvent(started, request)),
      )
      if (E.isLeft(own)) return own
      for (const conflict of own.right.conflicts) onRemark(`another remediation asks for it: ${conflict}`)
      done += some.length
      recorded += own.right.appended.length
      onAsked(done, counts.requests)
    }
  }
  return E.right({ isAll: true, recorded })
}
