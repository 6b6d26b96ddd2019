import { expect, test } from 'vitest'
import { holdsFor } from '../../../src/app/watch/hold-alarms.ts'
import { happened } from '../../domain/happenings.ts'
import { unwrap } from '../../ledger/events.ts'
import { withFolder } from '../../projection/projecting.ts'

const alarm = (letter: string, key: object) =>
  happened(
    'alarm.raised.v1',
    { alarmId: letter.repeat(64), key, family: 'counterfactual' },
    { subject: 'ef'.repeat(32) },
  )
const rule = { ruleset: 'rules', rule: 'spam', version: 'v2' }

test('given several alarms at once, when they ask for holds, then each suspect gets one, without what no hold can be about', () =>
  withFolder(async ({ open: { ledger } }) => {
    const alarms = [
      alarm('a', rule),
      alarm('b', { ...rule, source: '/svc', sha256: 'ab'.repeat(32) }),
      alarm('c', { decidedBy: { kind: 'rule', id: 'bans' } }),
    ]
    const holds = unwrap(await holdsFor(ledger, alarms))
    expect(holds.map(({ data }) => [data.holdId, data.key])).toEqual([
      ['a'.repeat(12), rule],
      ['c'.repeat(12), { decidedBy: { kind: 'rule', id: 'bans' } }],
    ])
  }))
