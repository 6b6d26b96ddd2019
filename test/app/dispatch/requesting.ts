import { recordOwn } from '../../../src/app/record-own.ts'
import type { OwnEvent } from '../../../src/domain/event.ts'
import { formatInstant } from '../../../src/domain/time.ts'
import { ownEvent } from '../../../src/incidents/own-event.ts'
import { openLedger } from '../../../src/ledger/open.ts'
import { unwrap } from '../../ledger/events.ts'

/** When requests are made in tests. */
const TIME = formatInstant(Date.UTC(2025, 4, 20))

/** A request to reinstate an account, as Redress records it. */
export const requested = (
  requestId: string,
  account: string,
  fields: object = {},
): OwnEvent<'reinstatement.requested.v1'> =>
  ownEvent('reinstatement.requested.v1', {
    ...{ id: `requested-${requestId}`, subject: account, time: TIME },
    data: {
      ...{ requestId, remediationId: 'i1-1', wave: 1, attempt: 1, part: { n: 1, of: 1 }, kind: 'account' },
      ...{ decisionIds: [`d-${account}`], flagsVoided: [`f-${account}`], appealIds: [], ...fields },
    },
  })

/** The withdrawal of a request. */
export const withdrawn = (requestId: string, account: string): OwnEvent<'reinstatement.withdrawn.v1'> =>
  ownEvent('reinstatement.withdrawn.v1', {
    ...{ id: `withdrawn-${requestId}`, subject: account, time: TIME },
    data: { requestId, reason: 'the remediation was cancelled' },
  })

/** Records events of our own in a folder's ledger, and closes it. */
export const recordIn = (data: string, ...events: ReadonlyArray<OwnEvent>): Promise<void> =>
  recordAt(data, Date.now, ...events)

/** The same at a time, in ms since the epoch. */
export const recordAt = async (
  data: string,
  clock: () => number,
  ...events: ReadonlyArray<OwnEvent>
): Promise<void> => {
  const { ledger, close } = unwrap(await openLedger(data, { clock }))
  unwrap(await recordOwn(ledger, events))
  await close()
}
