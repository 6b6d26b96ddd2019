import { DAY, HOUR, MINUTE, SECOND } from './calendar.ts'
import { hex8, type Random } from './random.ts'

/** One time that an event arrives; `trace` is the hop's traceparent, which a producer's retry has anew. */
export type Delivery = { readonly at: number; readonly trace: string | null }

const traceparent = (random: Random): string => {
  const part = (): string => hex8(random.below(0x100000000))
  return `00-${part()}${part()}${part()}${part()}-${part()}${part()}-01`
}

const delay = (random: Random): number => {
  const kind = random.below(1000)
  if (kind < 965) return random.between(200, 9 * SECOND)
  if (kind < 990) return random.between(MINUTE, 20 * MINUTE)
  return kind < 997 ? random.between(HOUR, 20 * HOUR) : random.between(DAY, 21 * DAY)
}

/**
 * When an event reaches the file: mostly within seconds, some hours to weeks late, and some more than once, as the
 * same bytes or as a retry with another trace.
 */
export const deliveriesOf = (random: Random, happenedAt: number): ReadonlyArray<Delivery> => {
  const trace = random.chance(250) ? traceparent(random) : null
  const first = { at: happenedAt + delay(random), trace }
  if (!random.chance(8)) return [first]
  const again =
    first.at + (random.chance(800) ? random.between(SECOND, 10 * MINUTE) : random.between(HOUR, 9 * DAY))
  return [first, { at: again, trace: random.chance(500) ? trace : traceparent(random) }]
}
