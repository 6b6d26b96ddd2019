import * as E from '#fp/Either'
import type { StoredEvent } from '../../../domain/event.ts'
import type { Remediation } from '../../../domain/remediation.ts'
import { withdrawalEvent } from '../../../incidents/remediation/run/own-events.ts'
import type { OpenLedger } from '../../../ledger/open.ts'
import type { AppError } from '../../error.ts'
import { recordOwn } from '../../record-own.ts'
import { trackRequests } from './track.ts'

/** How many withdrawals are recorded at once. */
const AT_ONCE = 500

/** Withdraws every request of a cancelled remediation that is still open, and returns how many these were. */
export const withdrawOpen = async (
  opened: OpenLedger,
  { remediationId, waves }: Pick<Remediation, 'remediationId' | 'waves'>,
  cancelled: StoredEvent<'remediation.cancelled.v1'>,
): Promise<E.Either<AppError, number>> => {
  const requests = trackRequests(opened, remediationId)
  const added = await requests.add(waves)
  if (E.isLeft(added)) return added
  const read = await requests.refresh()
  if (E.isLeft(read)) return read
  const events = requests
    .open()
    .map(({ account, requestId }) => withdrawalEvent(cancelled, account, requestId))
  let withdrawn = 0
  for (let from = 0; from < events.length; from += AT_ONCE) {
    const own = await recordOwn(opened.ledger, events.slice(from, from + AT_ONCE))
    if (E.isLeft(own)) return own
    withdrawn += own.right.appended.length
  }
  return E.right(withdrawn)
}
