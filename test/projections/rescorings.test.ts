import { describe, expect, test } from 'vitest'
import { rescorings } from '../../projections/rescorings.ts'
import { foldAccount, inOrder } from '../../src/domain/account.ts'
import { happened } from '../domain/happenings.ts'

const raised = happened(
  'flag.raised.v1',
  {
    flagId: 'f1',
    category: 'adult_content',
    detector: { kind: 'model', id: 'vision', version: '3.1' },
    rule: { id: 'adult.explicit' },
    ruleset: { id: 'community-guidelines', version: '2025-04-28' },
    signals: { adult_score: 0.98 },
  },
  { day: 1 },
)
const rescored = (day: number, adult_score: number, more: object = {}) =>
  happened(
    'flag.rescored.v1',
    {
      flagId: 'f1',
      detector: { kind: 'model', id: 'vision', version: `3.${day}` },
      signals: { adult_score },
      ...more,
    },
    { day, recorded: day + 1, source: '/scanner' },
  )

const rowsOf = (...events: Parameters<typeof foldAccount>[0][]) => {
  const all = events.flatMap((each) => [...each])
  const subject = { account: 'quilter', events: inOrder(all), record: foldAccount(all) }
  return rescorings.fold(subject, () => undefined)
}

describe('given a flag that was rescored twice', () => {
  const [first, second] = [rescored(5, 0.4), rescored(9, 0.02, { reason: 'version 3.5 failed too' })]

  test('then each rescoring has a row, with what the flag had, and the last one is marked', () => {
    const rows = rowsOf([second, raised, first])
    expect(rows.map(({ is_last, signals }) => [is_last, signals])).toEqual([
      [false, { adult_score: 0.4 }],
      [true, { adult_score: 0.02 }],
    ])
    expect(rows[1]).toEqual({
      account: 'quilter',
      flag_id: 'f1',
      rescored_at: '2025-05-09T00:00:00.000Z',
      recorded_at: '2025-05-10T00:00:00.000Z',
      source: '/scanner',
      is_last: true,
      detector_kind: 'model',
      detector: 'vision',
      detector_version: '3.9',
      signals: { adult_score: 0.02 },
      reason: 'version 3.5 failed too',
      raised_at: '2025-05-01T00:00:00.000Z',
      raised_detector_kind: 'model',
      raised_detector: 'vision',
      raised_detector_version: '3.1',
      raised_signals: { adult_score: 0.98 },
      category: 'adult_content',
      rule: 'adult.explicit',
      ruleset: 'community-guidelines',
      ruleset_version: '2025-04-28',
      voided_at: null,
    })
    expect(rows[0]).toMatchObject({ reason: null, detector_version: '3.5' })
  })

  test('when the flag is dismissed, then its rows say since when it is void', () => {
    const dismissed = happened('flag.dismissed.v1', { flagId: 'f1' }, { day: 7 })
    expect(rowsOf([raised, first, dismissed]).map(({ voided_at }) => voided_at)).toEqual([
      '2025-05-07T00:00:00.000Z',
    ])
  })
})

test('given a rescoring of a flag that the account does not have, or no rescoring, then there is no row', () => {
  expect(rowsOf([raised, rescored(5, 0.4, { flagId: 'f9' })])).toEqual([])
  expect(rowsOf([raised])).toEqual([])
})
