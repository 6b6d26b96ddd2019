import type { OwnEvent, StoredEvent } from '../../../domain/event.ts'
import { streamOf } from '../../../domain/stream.ts'
import type { Timestamp } from '../../../domain/time.ts'
import { canonical } from '../../../foundation/canonical.ts'
import { ownEvent } from '../../own-event.ts'
import type { WaveRequest } from './requests.ts'

/** The event of a request. Whoever records it for a wave records the same. */
export const requestEvent = (
  { recordedat, data: { remediationId, wave } }: StoredEvent<'remediation.wave_started.v1'>,
  { account, ...asked }: WaveRequest,
): OwnEvent<'reinstatement.requested.v1'> =>
  once('reinstatement.requested.v1', account, recordedat, { remediationId, wave, ...asked })

/** The event that withdraws a request after its remediation was cancelled; the same, whoever records it. */
export const withdrawalEvent = (
  { recordedat, data: { reason } }: StoredEvent<'remediation.cancelled.v1'>,
  account: string,
  requestId: string,
): OwnEvent<'reinstatement.withdrawn.v1'> =>
  once('reinstatement.withdrawn.v1', account, recordedat, {
    requestId,
    reason: reason ?? 'the remediation was cancelled',
  })

/** An event that is recorded once for a request. */
const once = <T extends 'reinstatement.requested.v1' | 'reinstatement.withdrawn.v1'>(
  type: T,
  subject: string,
  time: Timestamp,
  data: { readonly requestId: string; readonly [field: string]: unknown },
): OwnEvent<T> =>
  ownEvent(type, {
    id: canonical([type, streamOf({ type, subject }), data.requestId]).sha256,
    subject,
    time,
    data,
  })
