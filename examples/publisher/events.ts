import type { Message } from 'kafkajs'

/** What a reviewer found, as this service stores it. */
export type Review = {
  readonly id: string
  readonly account: string
  readonly flagId: string
  readonly reviewer: string
  readonly at: Date
}

/** A CloudEvent 1.0. `npx redress events schema flag.dismissed.v1` prints what `data` may contain. */
type CloudEvent = {
  readonly specversion: '1.0'
  readonly id: string
  readonly source: string
  readonly type: string
  readonly subject: string
  readonly time: string
  readonly data: object
}

/**
 * Reports that a review found a flag to be wrong. The event's id is derived from the review's: an event that is sent again
 * after a crash or a lost answer has the same id, and Redress drops it as a duplicate.
 */
export const dismissal = ({ id, account, flagId, reviewer, at }: Review): CloudEvent => ({
  specversion: '1.0',
  id: `review-${id}`,
  source: '/services/review',
  type: 'flag.dismissed.v1',
  subject: account,
  time: at.toISOString(), // when it happened, not when it is sent
  data: { flagId, reviewer: { kind: 'human', id: reviewer } },
})

/** Structured mode: the whole event is the value. Keyed by account, which spreads the load. */
export const structured = (event: CloudEvent): Message => ({
  key: event.subject,
  value: JSON.stringify(event),
  headers: { 'content-type': 'application/cloudevents+json' },
})

/** Binary mode: the attributes are headers, and `data` is the value. */
export const binary = ({ data, ...attributes }: CloudEvent): Message => ({
  key: attributes.subject,
  value: JSON.stringify(data),
  headers: {
    'content-type': 'application/json',
    ...Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`ce_${name}`, value])),
  },
})
