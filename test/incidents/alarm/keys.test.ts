import { describe, expect, test } from 'vitest'
import type { Unit } from '../../../src/incidents/alarm/alarm.ts'
import { alarmKeys } from '../../../src/incidents/alarm/keys.ts'
import { type Random, randomFrom } from '../../../src/simulation/random.ts'

const HOUR = 3_600_000
const P0 = 0.05

/** What an account does: its uploads within a few hours are all the same. A share of P0 of accounts is 1. */
type Burst = { readonly account: string; readonly isOne: boolean; left: number }
const burstOf = (random: Random, n: number): Burst => ({
  account: `u${n}`,
  isOne: random.below(1_000_000) < P0 * 1_000_000,
  left: 1 + random.below(20),
})

/** How many units it takes until a false alarm, if accounts upload in bursts; `counts` says which uploads are units. */
const runLength = (seed: number, threshold: number, counts: 'once a day' | 'all'): number => {
  const random = randomFrom(seed, 7)
  const keys = alarmKeys()
  const active = Array.from({ length: 3 }, (_, i) => burstOf(random, i))
  let [accounts, units] = [active.length, 0]
  for (let n = 1; ; n++) {
    const place = random.below(active.length)
    const burst = active[place] ?? burstOf(random, 0)
    const unit: Unit = {
      ...{ family: 'counterfactual', key: { ruleset: 'r', version: '2', rule: 'spam' }, p0: P0 },
      ...{ at: (n * HOUR) / 20, isOne: burst.isOne },
      event: { sequence: n, id: `e${n}`, account: counts === 'all' ? `${n}` : burst.account },
    }
    if (keys.isFree(unit, unit.event.account)) {
      units++
      if (keys.add(unit, threshold, { at: unit.at, sequence: n }) !== null) return units
    }
    burst.left--
    if (burst.left === 0) active[place] = burstOf(random, accounts++)
  }
}

const meanOfRuns = (threshold: number, counts: 'once a day' | 'all'): number => {
  let sum = 0
  for (let seed = 0; seed < 150; seed++) sum += runLength(seed, threshold, counts)
  return sum / 150
}

describe('given accounts that upload in bursts, and nothing wrong', () => {
  test('when an account counts once in 24 hours, then false alarms are as rare as they are meant to be', () => {
    expect(meanOfRuns(150, 'once a day')).toBeGreaterThanOrEqual(150)
  })

  test('when each upload counted, then they would not be', () => {
    expect(meanOfRuns(1_000, 'all')).toBeLessThan(500)
  })
})

test('given more keys than are remembered, then those that had no unit for longest are forgotten', () => {
  const keys = alarmKeys()
  const unit = (n: number): Unit => ({
    ...{ family: 'paired', key: { detector: { id: 'm', version: `${n}` } }, p0: P0, at: n, isOne: true },
    event: { sequence: n, id: `e${n}`, account: 'u1' },
  })
  for (let n = 0; n < 10_001; n++) keys.add(unit(n), 1_000, { at: n, sequence: n })
  const remembered = [unit(0), unit(1), unit(10_000)].map((one) => !keys.isFree(one, 'u1'))
  expect(remembered).toEqual([false, true, true])
})
