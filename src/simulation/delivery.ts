import { DAY, HOUR, MINUTE, SECOND } from './calendar.ts'
import { hex8, mix32, type Random } from './random.ts'

/** One time that an event arrives; `trace` numbers the hop's trace context (null: none), which a retry changes. */
export type Delivery = { readonly at: number; readonly trace: number | null }

const newTrace = (random: Random): number => random.below(0x100000000)

/** A `traceparent` of W3C Trace Context, made from the number of its trace. */
export const traceparent = (trace: number): string => {
  const part = (salt: number): string => hex8(mix32(trace ^ salt))
  return `00-${part(1)}${part(2)}${part(3)}${part(4)}-${part(5)}${part(6)}-01`
}

const delay = (random: Random): number => {
  const kind = random.below(1000)
  if (kind < 965) return random.between(200, 9 * SECOND)
  if (kind < 990) return random.between(MINUTE, 20 * MINUTE)
  return kind < 997 ? random.between(HOUR, 20 * HOUR) : random.between(DAY, 21 * DAY)
}

/**
 * When an event reaches the file: mostly within seconds, sometimes hours to weeks late, and sometimes more than once, as
 * the same bytes or as a retry with another trace.
 */
export const deliveriesOf = (random: Random, happenedAt: number): ReadonlyArray<Delivery> => {
  const trace = random.chance(250) ? newTrace(random) : null
  const first = { at: happenedAt + delay(random), trace }
  if (!random.chance(8)) return [first]
  const redeliveredAt =
    first.at + (random.chance(800) ? random.between(SECOND, 10 * MINUTE) : random.between(HOUR, 9 * DAY))
  return [first, { at: redeliveredAt, trace: random.chance(500) ? trace : newTrace(random) }]
}
