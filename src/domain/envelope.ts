import type { AccountId, Id, Source } from './ids.ts'
import type { Timestamp } from './time.ts'

/** A CloudEvent of a type `T` with its `data`, and the extensions that are kept. */
export type CloudEvent<T, D> = {
  readonly specversion: '1.0'
  readonly id: Id
  readonly source: Source
  readonly type: T
  /** The account; for `ruleset.published`, the ruleset. */
  readonly subject: AccountId
  readonly time: Timestamp
  readonly datacontenttype?: string
  readonly dataschema?: string
  readonly traceparent?: string
  readonly tracestate?: string
  readonly correlationid?: string
  readonly causationid?: string
  readonly data: D
}

/** CloudEvent attributes that are stored in addition to those that every event has. */
export const traceExtensions = ['traceparent', 'tracestate', 'correlationid', 'causationid'] as const
