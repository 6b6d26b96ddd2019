import type { EventType, StoredEvent } from '../../../src/domain/event.ts'
import { formatInstant } from '../../../src/domain/time.ts'
import type { TrippedWire } from '../../../src/incidents/tripwires/tripwire.ts'
import { openTripwires, type TripwireStep } from '../../../src/incidents/tripwires/tripwires.ts'
import { happened } from '../../domain/happenings.ts'

export const MINUTE = 60_000
export const DAY = 86_400_000
/** Midnight. */
export const START = Date.UTC(2026, 0, 5)

export const ruleset = { id: 'rules', version: 'v2' }
const machine = { detector: { kind: 'model', id: 'm', version: '1' } }
const service = { decidedBy: { kind: 'rule', id: 'bans' } }

/** When an event was recorded, in ms after `START`, and what else its envelope has. */
type Recorded = {
  readonly after?: number
  /** How long before that it happened, in ms. */
  readonly late?: number
  readonly source?: string
  readonly subject?: string
  readonly backfill?: true
}

const stored = <T extends EventType>(
  type: T,
  data: Readonly<Record<string, unknown>>,
  { after = 0, late = 0, source = '/svc', subject = 'u1', backfill }: Recorded = {},
): StoredEvent<T> => ({
  ...happened(type, data, {
    ...{ source, subject },
    day: formatInstant(START + after - late),
    recorded: formatInstant(START + after),
  }),
  ...(backfill === undefined ? {} : { backfill }),
})

/** Events as a ledger holds them, by what matters to tripwires. */
export const recorded = {
  published: (version: string, data: object = {}, when: Recorded = {}) =>
    stored(
      'ruleset.published.v1',
      { ruleset: { id: 'rules', version }, ...data },
      { subject: 'rules', ...when },
    ),
  flagged: (data: object = {}, when: Recorded = {}) =>
    stored('flag.raised.v1', { ...machine, ruleset, rule: { id: 'spam' }, ...data }, when),
  banned: (data: object = {}, when: Recorded = {}) =>
    stored(
      'account.deactivated.v1',
      { ...service, ruleset, grounds: ['f1'], restriction: 'suspended', ...data },
      when,
    ),
  removed: (data: object = {}, when: Recorded = {}) =>
    stored('content.removed.v1', { ...service, ruleset, grounds: ['f1'], ...data }, when),
  reinstated: (data: object = {}, when: Recorded = {}) =>
    stored('account.reinstated.v1', { decisionIds: ['d1'], reason: 'appeal', ...data }, when),
  restored: (data: object = {}, when: Recorded = {}) =>
    stored('content.restored.v1', { decisionIds: ['d1'], reason: 'appeal', ...data }, when),
  evaluated: (when: Recorded = {}, data: object = {}) => stored('content.evaluated.v1', { ...data }, when),
} as const

/** An event with its facts, or without. */
export type Step = StoredEvent | readonly [StoredEvent, TripwireStep['facts']]

/** Events as steps, with sequences from 1. */
export const stepsOf = (steps: ReadonlyArray<Step>): ReadonlyArray<TripwireStep> =>
  steps.map((step, i) => {
    const [event, facts] = 'type' in step ? [step, null] : step
    return { sequence: i + 1, event, facts }
  })

/** What steps set off. */
export const trippedBy = (steps: ReadonlyArray<Step>): ReadonlyArray<TrippedWire> => {
  const wires = openTripwires()
  return stepsOf(steps).flatMap((step) => wires.take(step))
}
