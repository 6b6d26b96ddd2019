import { describe, inject } from 'vitest'

/** The broker that all tests of a run share; `setup.ts` says which. */
export type SharedKafka =
  | { readonly kind: 'there'; readonly brokers: string }
  | { readonly kind: 'missing'; readonly reason: string }
  /** None was started, for no test file of the run was seen to ask. */
  | { readonly kind: 'unasked' }

declare module 'vitest' {
  interface ProvidedContext {
    readonly kafka: SharedKafka
    /** Why no broker can be started; null: one can. */
    readonly noBroker: string | null
  }
}

/**
 * Tests against the run's Kafka, which others use too: name topics and groups so that nobody else has them. To be called
 * in the test file itself: that is how `setup.ts` knows that a broker is wanted. Skipped, with the reason, without one.
 */
export const describeWithKafka = (name: string, body: (brokers: string) => void): void => {
  const kafka = inject('kafka')
  if (kafka.kind === 'unasked') throw new Error('call describeWithKafka in the test file itself')
  if (kafka.kind === 'there') describe(name, () => body(kafka.brokers))
  else describe.skip(`${name} (SKIPPED: ${kafka.reason})`, () => body('none'))
}

/** Tests that start brokers of their own. Skipped, with the reason, where none can be run. */
export const describeWithOwnBroker = (name: string, body: () => void): void => {
  const missing = inject('noBroker')
  if (missing === null) describe(name, body)
  else describe.skip(`${name} (SKIPPED: ${missing})`, body)
}
