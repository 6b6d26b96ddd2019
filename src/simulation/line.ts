import type { PublishedType } from '../domain/event.ts'
import type { DataOf, Service } from './account.ts'
import { formatTime } from './calendar.ts'

/** Something that a service tells; `at` is what its clock says. */
export type SimulatedEvent = {
  readonly id: string
  readonly service: Service
  readonly type: PublishedType
  readonly subject: string
  readonly at: number
  readonly data: DataOf<PublishedType>
}

/** A CloudEvent of JSON structured mode, on one line. */
export const lineOf = (
  { id, service, type, subject, at, data }: SimulatedEvent,
  traceparent: string | null = null,
): string =>
  JSON.stringify({
    specversion: '1.0',
    id,
    source: service.source,
    type,
    subject,
    time: formatTime(service.clock, at),
    datacontenttype: 'application/json',
    ...(traceparent === null ? {} : { traceparent }),
    data,
  })
