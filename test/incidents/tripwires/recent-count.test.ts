import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { recentCount, type SavedCount } from '../../../src/incidents/tripwires/recent-count.ts'

test('given seconds in order, when they are counted, saved anywhere, then each hour has as many as a list of all would', () => {
  const steps = fc.array(
    fc.record({
      gap: fc.constantFrom(0, 0, 1, 7, 1_799, 3_599, 3_600, 9_000),
      isSaved: fc.boolean(),
      /** How many seconds before the latest the hour ends that is asked for. */
      before: fc.constantFrom(0, 1),
    }),
    { maxLength: 80 },
  )
  fc.assert(
    fc.property(steps, (all) => {
      let count = recentCount()
      const seconds: number[] = []
      let second = 1_000_000
      for (const { gap, isSaved, before } of all) {
        second += gap
        // Asked before and after: an hour may end where nothing happened.
        for (const add of [false, true]) {
          if (add) {
            count.add(second)
            seconds.push(second)
          }
          const end = second - before
          const expected = seconds.filter((one) => one > end - 3_600 && one <= end).length
          expect(count.isSilent(end)).toBe(seconds.every((one) => one <= end - 3_600))
          expect(count.inHourTo(end)).toBe(expected)
          // Cast: what was JSON is read again as what it was.
          if (isSaved) count = recentCount(JSON.parse(JSON.stringify(count.saved())) as SavedCount)
        }
        expect(count.saved().length).toBeLessThanOrEqual(3_601)
      }
    }),
  )
})
