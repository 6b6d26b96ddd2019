import { expect, test } from 'vitest'
import { foldAccount } from '../../src/domain/account.ts'
import type { StoredEvent } from '../../src/domain/event.ts'
import { happened } from './happenings.ts'

const sourcesOf = (events: ReadonlyArray<StoredEvent>) =>
  foldAccount(events).flags.map(({ source }) => source)
const flag = (source: string, noticeId?: string) => happened('flag.raised.v1', { source, noticeId })
const notice = (notifier: string, day = 1, noticeId = 'n1') =>
  happened('notice.received.v1', { noticeId, notifier }, { day })

test.each([
  ['user_notice', 'trusted_flagger', 'trusted_flagger'],
  ['trusted_flagger', 'trusted_flagger', 'trusted_flagger'],
  ['own_initiative', 'trusted_flagger', 'trusted_flagger'],
  ['user_notice', 'user', 'user_notice'],
  ['trusted_flagger', 'user', 'user_notice'],
  ['own_initiative', 'user', 'user_notice'],
  ['authority', 'user', 'authority'],
  ['authority', 'trusted_flagger', 'authority'],
])(
  'given a flag by %s that refers to the notice of a %s, then its source is %s',
  (source, notifier, expected) => {
    expect(sourcesOf([flag(source, 'n1'), notice(notifier)])).toEqual([expected])
  },
)

test.each(['own_initiative', 'user_notice', 'trusted_flagger', 'authority'])(
  'given a flag by %s whose notice is not on record, then what it says counts',
  (source) => {
    expect(sourcesOf([flag(source, 'n2'), notice('trusted_flagger'), notice('user')])).toEqual([source])
    expect(sourcesOf([flag(source), notice('trusted_flagger')])).toEqual([source])
  },
)

test('given two notices with one id, then the earlier one counts, in any order of delivery', () => {
  const [early, late] = [notice('trusted_flagger', 1), notice('user', 2)]
  expect(sourcesOf([flag('user_notice', 'n1'), early, late])).toEqual(['trusted_flagger'])
  expect(sourcesOf([late, flag('user_notice', 'n1'), early])).toEqual(['trusted_flagger'])
})
