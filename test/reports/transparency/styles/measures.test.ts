import { describe, expect, test } from 'vitest'
import { medianOf } from '../../../../src/reports/transparency/figures.ts'
import { quarterOf } from '../../../../src/reports/transparency/styles/platform.ts'
import { happened } from '../../../domain/happenings.ts'
import { figuresIn, may, reportOn, sectionOf } from '../reporting.ts'

const HOUR = 3_600_000
const removal = (decisionId: string, data: object = {}, day: number | string = 2) =>
  happened('content.removed.v1', { decisionId, category: 'spam', grounds: [], ...data }, { day })

describe('medians', () => {
  test.each([
    [[], null],
    [[7], 7],
    [[9, 1, 5], 5],
    [[10, 1, 4, 9], 6.5],
    [[2, 10, 1], 2],
  ])('of %j is %j', (values, expected) => {
    expect(medianOf(values)).toBe(expected)
  })
})

test.each([
  ['2024-12-31T23:59:59.999Z', '2024-Q4'],
  ['2025-01-01T00:00:00Z', '2025-Q1'],
  ['2025-03-31T23:59:59Z', '2025-Q1'],
  ['2025-04-01T00:00:00Z', '2025-Q2'],
])('%s is in %s', (time, quarter) => {
  expect(quarterOf(Date.parse(time))).toBe(quarter)
})

describe('the origin of a decision', () => {
  const flag = (flagId: string, source: string) => happened('flag.raised.v1', { flagId, source })
  test.each([
    ['no flag on record', ['lost'], 'own_initiative'],
    ['what the platform found', ['own'], 'own_initiative'],
    ['a notice beside it', ['own', 'user'], 'on_notice'],
    ['a trusted flagger', ['trusted'], 'on_notice'],
    ['an authority beside a notice', ['user', 'order'], 'on_order'],
  ])('given %s', (_, grounds, section) => {
    const report = reportOn('dsa', [
      flag('own', 'own_initiative'),
      flag('user', 'user_notice'),
      flag('trusted', 'trusted_flagger'),
      flag('order', 'authority'),
      removal('d1', { grounds, basis: { kind: 'law', reference: 's. 1' } }),
    ])
    const counted = ['own_initiative', 'on_notice', 'on_order'].filter(
      (id) => sectionOf(report, id).rows.length > 0,
    )
    expect(counted).toEqual([section])
    expect(figuresIn(report, section)).toMatchObject({
      'spam/law decisions': 1,
      'spam/law content_removed': 1,
    })
  })

  test.each([
    ['own_initiative', 'trusted_flagger', 'on_notice'],
    ['own_initiative', 'user', 'on_notice'],
    ['authority', 'user', 'on_order'],
  ])('given a flag by %s that names the notice of a %s', (source, notifier, section) => {
    const report = reportOn('dsa', [
      happened('notice.received.v1', { noticeId: 'n1', notifier }),
      happened('flag.raised.v1', { flagId: 'f1', source, noticeId: 'n1' }),
      removal('d1', { grounds: ['f1'] }),
    ])
    expect(figuresIn(report, section)).toMatchObject({ 'total decisions': 1 })
    expect(figuresIn(report, 'notices')).toMatchObject({ [`adult_content/${notifier} acted_on`]: 1 })
  })

  test('given a decision id that is used twice, then its first event counts, as first decided', () => {
    const report = reportOn('dsa', [
      happened(
        'account.deactivated.v1',
        { decisionId: 'd1', restriction: 'terminated', category: 'b' },
        { day: 3 },
      ),
      happened(
        'account.deactivated.v1',
        { decisionId: 'd1', restriction: 'suspended', category: 'a' },
        { day: 2 },
      ),
      happened('decision.changed.v1', { decisionId: 'd1', restriction: 'terminated' }, { day: 4 }),
    ])
    expect(figuresIn(report, 'own_initiative')).toMatchObject({
      'a/unstated decisions': 1,
      'a/unstated account_suspended': 1,
      'total decisions': 1,
    })
  })
})

describe('notices and orders', () => {
  const notice = (noticeId: string, day: number, data: object = {}) =>
    happened('notice.received.v1', { noticeId, notifier: 'user', category: 'spam', ...data }, { day })

  test('given a notice that a flag names, then the first decision based on that flag acts on it', () => {
    const report = reportOn('dsa', [
      notice('n1', 1),
      notice('n1', 2),
      notice('n2', 1),
      happened('flag.raised.v1', { flagId: 'f1', noticeId: 'n1', source: 'user_notice' }),
      removal('d1', { grounds: ['f1'], basis: { kind: 'terms', reference: 'x' } }, 3),
      removal('d2', { grounds: ['f1'] }, 4),
    ])
    expect(figuresIn(report, 'notices')).toEqual({
      'spam/user received': 2,
      'spam/user acted_on': 1,
      'spam/user acted_on_terms': 1,
      'spam/user acted_on_automatically': 1,
      'spam/user median_to_action': 48 * HOUR,
      'total received': 2,
      'total acted_on': 1,
      'total acted_on_terms': 1,
      'total acted_on_automatically': 1,
      'total median_to_action': 48 * HOUR,
    })
  })

  test('given clocks that put the decision before its notice, then it took no time', () => {
    const report = reportOn('dsa', [
      notice('n1', 3),
      happened('flag.raised.v1', { flagId: 'f1', noticeId: 'n1' }),
      removal('d1', { grounds: ['f1'] }, 2),
    ])
    expect(sectionOf(report, 'notices').total.median_to_action).toBe(0)
  })

  const pin = { id: '7', kind: 'pin' }
  const order = (data: object) =>
    happened('order.received.v1', { orderId: 'o1', authority: 'court', kind: 'act', ...data }, { day: 2 })
  test.each([
    ['names content that is removed later', { content: pin }, removal('d1', { content: pin }, 3), 1],
    [
      'names content that was removed before',
      { content: pin },
      removal('d1', { content: pin }, 1),
      undefined,
    ],
    [
      'names other content',
      { content: { id: '8', kind: 'pin' } },
      removal('d1', { content: pin }, 3),
      undefined,
    ],
    ['names none, and an authority\u2019s flag is a ground', {}, removal('d1', { grounds: ['f1'] }, 3), 1],
    ['names none, and no flag of an authority is a ground', {}, removal('d1', {}, 3), undefined],
    ['only asks for information', { kind: 'inform' }, removal('d1', { grounds: ['f1'] }, 3), undefined],
  ])('given an order that %s', (_, data, decision, actedOn) => {
    const report = reportOn('dsa', [
      happened('flag.raised.v1', { flagId: 'f1', source: 'authority' }),
      order(data),
      decision,
    ])
    expect(figuresIn(report, 'orders')['total received']).toBe(1)
    expect(figuresIn(report, 'orders')['total acted_on']).toBe(actedOn)
  })
})

describe('complaints', () => {
  test('can be filed in one period and answered in another; those without a filing are not in the median', () => {
    const events = [
      removal('d1'),
      happened('appeal.filed.v1', { appealId: 'a1', decisionId: 'd1' }, { day: 3 }),
      happened('appeal.decided.v1', { appealId: 'a1', decisionId: 'd1', outcome: 'omitted' }, { day: 13 }),
      happened('appeal.decided.v1', { appealId: 'a2', decisionId: 'd1', outcome: 'upheld' }, { day: 14 }),
      happened('appeal.filed.v1', { appealId: 'a3', decisionId: 'lost' }, { day: 4 }),
    ]
    expect(figuresIn(reportOn('dsa', events, { from: may(1), to: may(10) }), 'complaints')).toEqual({
      'spam/content filed': 1,
      'unknown/unknown filed': 1,
      'unknown/unknown pending': 1,
      'total filed': 2,
      'total pending': 1,
    })
    expect(figuresIn(reportOn('dsa', events, { from: may(10), to: may(32) }), 'complaints')).toMatchObject({
      'spam/content answered': 2,
      'spam/content omitted': 1,
      'spam/content upheld': 1,
      'spam/content median_to_answer': 240 * HOUR,
    })
    expect(figuresIn(reportOn('platform', events), 'appeals')).toMatchObject({
      'total reviewed': 1,
      'total omitted': 1,
    })
    expect(sectionOf(reportOn('platform', events), 'appeals').total.median_to_review).toBeNull()
  })
})

describe('how a decision ends', () => {
  const restored = (reason: string, day: number) =>
    happened('content.restored.v1', { decisionIds: ['d1'], reason }, { day })
  const filed = happened('appeal.filed.v1', { appealId: 'a1', decisionId: 'd1' }, { day: 3 })
  const answered = (outcome: string, day: number) =>
    happened('appeal.decided.v1', { appealId: 'a1', decisionId: 'd1', outcome }, { day })
  test.each([
    ['nothing', [], null, 0],
    [
      'an appeal and its reversal',
      [filed, answered('reversed', 4), restored('appeal', 5)],
      'after_appeal',
      1,
    ],
    ['a correction', [restored('correction', 5)], 'proactively', 1],
    [
      'a correction, then an appeal won',
      [restored('correction', 3), filed, answered('reversed', 9)],
      'proactively',
      1,
    ],
    [
      'a correction, then a reversal on appeal',
      [restored('correction', 3), restored('appeal', 4)],
      'proactively',
      1,
    ],
    ['an order', [restored('order', 5)], 'by_order', 1],
    ['a term served', [restored('expiry', 5)], 'term_served', 0],
    [
      'a term served, then a correction',
      [restored('expiry', 5), restored('correction', 6)],
      'proactively',
      1,
    ],
    ['an appeal won without a reversal', [filed, answered('reversed', 4)], 'won_not_put_back', 1],
    [
      'an appeal won, a term served',
      [filed, answered('reversed', 4), restored('expiry', 5)],
      'won_not_put_back',
      1,
    ],
    ['an appeal lost', [filed, answered('upheld', 4)], null, 0],
  ])('given %s', (_, events, ending, overturned) => {
    const all = [removal('d1'), ...events]
    expect(figuresIn(reportOn('platform', all), 'reinstated')).toEqual(
      ending === null
        ? {}
        : { [`2025-Q2/spam/content/fully_automated ${ending}`]: 1, [`total ${ending}`]: 1 },
    )
    expect(sectionOf(reportOn('dsa', all), 'automated_means').total).toMatchObject({
      decisions: 1,
      overturned,
      possible_error_rate: overturned,
    })
  })
})

test('changes of decisions are counted when they happened, with the harsher ones counted separately', () => {
  const change = (day: number, decisionId: string, data: object) =>
    happened('decision.changed.v1', { decisionId, ...data }, { day })
  const report = reportOn('dsa', [
    happened(
      'account.deactivated.v1',
      { decisionId: 'd1', category: 'spam', restriction: 'suspended', until: '2025-05-20T00:00:00Z' },
      { day: '2025-04-01T00:00:00Z' },
    ),
    change(3, 'd1', { reason: 'order', restriction: 'terminated' }),
    change(4, 'd1', { reason: 'correction', until: null }),
    change(5, 'd1', { reason: 'correction', restriction: 'suspended' }),
    change(6, 'd1', { reason: 'correction', restriction: 'suspended' }),
    change(7, 'd9', { reason: 'order', until: null }),
    change(40, 'd1', { reason: 'order', restriction: 'terminated' }),
  ])
  expect(figuresIn(report, 'changes')).toEqual({
    'spam/unstated/correction changes': 3,
    'spam/unstated/correction harsher': 1,
    'spam/unstated/correction prolonged': 1,
    'spam/unstated/correction milder': 1,
    'spam/unstated/order changes': 1,
    'spam/unstated/order harsher': 1,
    'spam/unstated/order account_terminated': 1,
    'total changes': 4,
    'total harsher': 2,
    'total account_terminated': 1,
    'total prolonged': 1,
    'total milder': 1,
  })
  // The other tables count decisions as first decided.
  expect(figuresIn(report, 'own_initiative')).toEqual({})
})

test('given no events, then counts are 0, and medians and shares have no value', () => {
  const { total } = sectionOf(reportOn('dsa', []), 'automated_means')
  expect(total).toEqual({
    decisions: 0,
    automated_detection: 0,
    overturned: 0,
    overturned_appeal: 0,
    overturned_correction: 0,
    overturned_order: 0,
    possible_error_rate: null,
  })
  expect(sectionOf(reportOn('dsa', []), 'notices').total.median_to_action).toBeNull()
})

test('given times with an offset, then the period is of instants: the start is included, the end is not', () => {
  const period = { from: may(2), to: may(3) }
  const times = ['2025-05-01T23:59:59.999Z', '2025-05-02T02:00:00+02:00', '2025-05-03T00:00:00Z']
  const events = times.map((day, i) => removal(`d${i}`, {}, day))
  expect(figuresIn(reportOn('dsa', events, period), 'own_initiative')['total decisions']).toBe(1)
})
