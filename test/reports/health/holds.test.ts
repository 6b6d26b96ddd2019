import { expect, test } from 'vitest'
import type { Hold } from '../../../src/domain/hold.ts'
import { standingHolds } from '../../../src/reports/health/holds.ts'
import { service } from '../../replay/histories.ts'
import { at, DAY, looked } from './looking.ts'

/** A ban on the flags of a rule, on a day. */
const banned = (id: string, day: number, rules: ReadonlyArray<string>, more: object = {}) => {
  const flagOf = (rule: string): string => `f-${id}-${rule}`
  return [
    ...rules.map((rule) =>
      service.flagged(`u-${id}`, day * DAY, { flagId: flagOf(rule), rule: { id: rule } }),
    ),
    service.banned(`u-${id}`, day * DAY + 1, { decisionId: `d-${id}`, grounds: rules.map(flagOf), ...more }),
  ]
}
// Cast: the ids are of the right form.
const hold = (key: object, since: number, lifted: number | null = null) =>
  ({
    ...{
      holdId: `${JSON.stringify(key)}-${since}`,
      key,
      by: 'ana',
      reason: 'r',
      alarmId: null,
      since: at(since),
    },
    lifted: lifted === null ? null : { at: at(lifted), by: 'ana', reason: 'r' },
  }) as unknown as Hold

test('given holds and decisions, when they are counted, then each standing hold has those that fit it, from when it was recorded on', async () => {
  const events = [
    ...banned('early', 2, ['a']),
    ...banned('one', 4, ['a']),
    ...banned('two', 5, ['a', 'b']),
    ...banned('alike', 5, ['b', 'a']),
    ...banned('other', 6, ['b']),
    ...banned('person', 6, ['a'], { decidedBy: { kind: 'human', id: 'moderator-1' } }),
    ...banned('late', 30, ['a']),
  ]
  const holds = [
    hold({ rule: 'a' }, 3),
    hold({ rule: 'b' }, 5),
    hold({ rule: 'none' }, 3),
    hold({ rule: 'a' }, 1, 10),
    hold({ rule: 'a' }, 25),
  ]
  const counted = await looked(events, ({ connection }) => standingHolds(connection, holds, at(20)))
  expect(counted.map((one) => one.decisions)).toEqual([3, 3, 0])
})
