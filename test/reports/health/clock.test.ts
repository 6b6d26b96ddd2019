import { describe, expect, test } from 'vitest'
import { clockState } from '../../../src/reports/health/clock.ts'

const MINUTE = 60_000

describe('the state of a clock', () => {
  test.each([
    ['given a ledger that recorded nothing, then it is not behind', 0, null, false],
    ['given one that is ahead of what is recorded, then it is not behind', 10 * MINUTE, 0, false],
    ['given one that is five minutes behind, then that is tolerated', 0, 5 * MINUTE, false],
    ['given one that is further behind, then it is behind', 0, 5 * MINUTE + 1, true],
  ])('%s', (_what, now, lastRecorded, isBehind) => {
    expect(clockState(now, lastRecorded)).toEqual({ now, lastRecorded, isBehind })
  })
})
