import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { foldAccount, inOrder } from '../../src/domain/account.ts'
import { describeAnomaly } from '../../src/domain/anomaly.ts'
import { instantOf } from '../../src/domain/time.ts'
import { anyHistory, happened } from './happenings.ts'

const flag = happened('flag.raised.v1', { flagId: 'f1' }, { day: 1 })
const second = happened('flag.raised.v1', { flagId: 'f2' }, { day: 1 })
const ban = happened('account.deactivated.v1', { decisionId: 'd1', grounds: ['f1', 'f2'] }, { day: 2 })
const voidedIn = (...events: Parameters<typeof foldAccount>[0][]) =>
  foldAccount(events.flatMap((each) => [...each]))
    .flags.filter(({ voided }) => voided !== null)
    .map(({ raised, voided }) => `${raised.data.flagId} by ${voided?.by}`)

describe('decisions', () => {
  test('given changes, restriction and end follow the last one; the original decision is kept', () => {
    const changes = [
      happened('decision.changed.v1', { decisionId: 'd1', restriction: 'terminated' }, { day: 3 }),
      happened('decision.changed.v1', { decisionId: 'd1', until: '2025-06-01T00:00:00Z' }, { day: 4 }),
    ]
    const [decision] = foldAccount([flag, ban, ...changes]).decisions
    expect(decision).toMatchObject({
      kind: 'deactivation',
      restriction: 'terminated',
      until: Date.UTC(2025, 5, 1),
    })
    expect(decision?.made).toBe(ban)
  })

  test('given an end that was removed, there is none', () => {
    const until = happened(
      'account.deactivated.v1',
      { decisionId: 'd1', until: '2025-06-01T00:00:00Z' },
      { day: 2 },
    )
    const lifted = happened('decision.changed.v1', { decisionId: 'd1', until: null }, { day: 3 })
    expect(foldAccount([until]).decisions[0]?.until).toBe(Date.UTC(2025, 5, 1))
    expect(foldAccount([until, lifted]).decisions[0]?.until).toBeNull()
  })

  test('given a reversal, it ends the decisions that it lists and no other', () => {
    const other = happened('account.deactivated.v1', { decisionId: 'd2' }, { day: 2 })
    const back = happened('account.reinstated.v1', { decisionIds: ['d1'], reason: 'appeal' }, { day: 5 })
    expect(foldAccount([ban, other, back]).decisions.map(({ reversals }) => reversals)).toEqual([
      [{ at: instantOf(back.time), reason: 'appeal' }],
      [],
    ])
  })

  test('given an id that is already in use, the first in order counts and the other is noted', () => {
    const earlier = happened('content.removed.v1', { decisionId: 'd1' }, { day: 1, id: 'first' })
    const account = foldAccount([ban, earlier])
    expect(account.decisions).toMatchObject([{ kind: 'removal', made: { id: 'first' } }])
    expect(account.anomalies).toContainEqual(
      expect.objectContaining({ kind: 'reused_id', what: 'decision', eventId: ban.id }),
    )
  })

  test('given a reversal dated before its decision, it counts and is noted', () => {
    const early = happened('account.reinstated.v1', { decisionIds: ['d1'] }, { day: 1 })
    const account = foldAccount([ban, early])
    expect(account.decisions[0]?.reversals).toHaveLength(1)
    expect(account.anomalies.map(({ kind }) => kind)).toContain('before_decision')
  })
})

describe('flags are voided', () => {
  const both = [flag, second, ban]
  test('by their dismissal', () => {
    expect(voidedIn(both, [happened('flag.dismissed.v1', { flagId: 'f2' }, { day: 3 })])).toEqual([
      'f2 by dismissal',
    ])
  })
  test('by a reversal that lists them, and only those', () => {
    const listed = { decisionIds: ['d1'], reason: 'correction', flagsVoided: ['f2'] }
    expect(voidedIn(both, [happened('account.reinstated.v1', listed, { day: 3 })])).toEqual([
      'f2 by reversal',
    ])
  })
  test('by no reversal with an empty list', () => {
    const listed = { decisionIds: ['d1'], reason: 'correction', flagsVoided: [] }
    expect(voidedIn(both, [happened('account.reinstated.v1', listed, { day: 3 })])).toEqual([])
  })
  test('by a reversal without a list: all grounds of its decisions', () => {
    const back = happened('account.reinstated.v1', { decisionIds: ['d1'], reason: 'order' }, { day: 3 })
    expect(voidedIn(both, [back])).toEqual(['f1 by reversal', 'f2 by reversal'])
  })
  test('not by a served term, unless it lists them', () => {
    const served = { decisionIds: ['d1'], reason: 'expiry' }
    expect(voidedIn(both, [happened('account.reinstated.v1', served, { day: 3 })])).toEqual([])
    const listing = happened('account.reinstated.v1', { ...served, flagsVoided: ['f1'] }, { day: 3 })
    expect(voidedIn(both, [listing])).toEqual(['f1 by reversal'])
  })
  test('by a successful appeal, and by no other', () => {
    const answered = (outcome: string) =>
      happened('appeal.decided.v1', { appealId: 'a1', decisionId: 'd1', outcome }, { day: 3 })
    expect(voidedIn(both, [answered('reversed')])).toEqual(['f1 by appeal', 'f2 by appeal'])
    for (const outcome of ['upheld', 'modified', 'omitted'])
      expect(voidedIn(both, [answered(outcome)])).toEqual([])
  })
  test('by the first in order of several', () => {
    const dismissed = happened('flag.dismissed.v1', { flagId: 'f1' }, { day: 3 })
    const back = happened('account.reinstated.v1', { decisionIds: ['d1'], reason: 'order' }, { day: 4 })
    expect(voidedIn(both, [back, dismissed])).toEqual(['f1 by dismissal', 'f2 by reversal'])
  })
})

describe('rescorings of a flag', () => {
  const rescored = (day: number | string, flagId = 'f1') => happened('flag.rescored.v1', { flagId }, { day })

  test('are kept with it in order, also one dated before it, and change nothing else', () => {
    const [early, first, last] = [rescored('2025-04-30T00:00:00Z'), rescored(3), rescored(4)]
    const { flags, decisions, anomalies } = foldAccount([last, flag, ban, first, second, early])
    expect(flags.map(({ rescorings }) => rescorings)).toEqual([[early, first, last], []])
    const without = foldAccount([flag, ban, second])
    expect(flags.map((one) => ({ ...one, rescorings: [] }))).toEqual(without.flags)
    expect({ decisions, anomalies }).toEqual({ decisions: without.decisions, anomalies: without.anomalies })
  })

  test('given one of a flag that the account does not have, then it is noted', () => {
    const { flags, anomalies } = foldAccount([flag, rescored(3, 'f9')])
    expect(flags.map(({ rescorings }) => rescorings)).toEqual([[]])
    expect(anomalies.map(describeAnomaly).join()).toContain('refers to the flag f9, which')
  })
})

describe('what cannot count is noted', () => {
  const kinds = (...events: Parameters<typeof foldAccount>[0][]) =>
    foldAccount(events.flatMap((each) => [...each])).anomalies.map(describeAnomaly)

  test.each([
    ['a ground', [ban], 'refers to the flag f1, which this account does not have'],
    ['a dismissal', [happened('flag.dismissed.v1', { flagId: 'f9' })], 'refers to the flag f9, which'],
    [
      'flagsVoided',
      [happened('account.reinstated.v1', { decisionIds: [], flagsVoided: ['f9'] })],
      'refers to the flag f9',
    ],
    ['a change', [happened('decision.changed.v1', { decisionId: 'd9' })], 'refers to the decision d9, which'],
    ['a reversal', [happened('content.restored.v1', { decisionIds: ['d9'] })], 'refers to the decision d9'],
    ['a notice', [happened('notice.sent.v1', { decisionId: 'd9' })], 'refers to the decision d9'],
    [
      'a notice of an answer',
      [happened('notice.sent.v1', { decisionId: undefined, appealId: 'a9' })],
      'refers to the appeal a9',
    ],
    [
      'an appeal',
      [happened('appeal.filed.v1', { appealId: 'a1', decisionId: 'd9' })],
      'refers to the decision d9',
    ],
    [
      'an answer',
      [flag, second, ban, happened('appeal.decided.v1', { appealId: 'a9' }, { day: 3 })],
      'refers to the appeal a9',
    ],
  ])('%s that refers to something not on record', (_what, events, expected) => {
    expect(kinds(events).join('\n')).toContain(expected)
  })

  test('an answer about another decision than the appeal', () => {
    const filed = happened('appeal.filed.v1', { appealId: 'a1', decisionId: 'd1' }, { day: 3 })
    const answer = happened('appeal.decided.v1', { appealId: 'a1', decisionId: 'd2' }, { day: 4 })
    const other = happened('account.deactivated.v1', { decisionId: 'd2', grounds: [] }, { day: 2 })
    expect(kinds([flag, second, ban, other, filed, answer])).toEqual([
      'answers the appeal a1 but refers to the decision d2, not the one appealed',
    ])
  })

  test('a change of the restriction of a removal', () => {
    const removal = happened('content.removed.v1', { decisionId: 'd1', grounds: [] }, { day: 1 })
    const changed = happened(
      'decision.changed.v1',
      { decisionId: 'd1', restriction: 'terminated' },
      { day: 2 },
    )
    expect(kinds([removal, changed])).toEqual([expect.stringContaining('a content removal has none')])
  })

  test('an ordinary story has no anomalies', () => {
    const filed = happened('appeal.filed.v1', { appealId: 'a1', decisionId: 'd1' }, { day: 3 })
    const answer = happened(
      'appeal.decided.v1',
      { appealId: 'a1', decisionId: 'd1', outcome: 'reversed' },
      { day: 4 },
    )
    const told = happened('notice.sent.v1', { decisionId: undefined, appealId: 'a1' }, { day: 4 })
    const back = happened('account.reinstated.v1', { decisionIds: ['d1'], flagsVoided: ['f1'] }, { day: 5 })
    expect(foldAccount([flag, second, ban, filed, answer, told, back]).anomalies).toEqual([])
  })
})

describe('laws', () => {
  test('neither the order of delivery nor a redelivery changes anything', () => {
    fc.assert(
      fc.property(
        anyHistory.chain((events) =>
          fc.tuple(
            fc.constant(events),
            fc.shuffledSubarray([...events, ...events], { minLength: events.length * 2 }),
          ),
        ),
        ([events, delivered]) => {
          expect(foldAccount(delivered)).toEqual(foldAccount(events))
        },
      ),
    )
  })

  test('nothing vanishes: each flag, decision and appeal counts or is noted', () => {
    fc.assert(
      fc.property(anyHistory, (events) => {
        const { flags, decisions, appeals, anomalies } = foldAccount(events)
        const withIds = events.filter(({ type }) =>
          /flag\.raised|removed|deactivated|appeal/.test(type),
        ).length
        const parts = appeals.map(({ status }) => (status === 'decided' ? 2 : 1)).reduce((a, b) => a + b, 0)
        const reused = anomalies.filter(({ kind }) => kind === 'reused_id').length
        expect(flags.length + decisions.length + parts + reused).toBe(withIds)
      }),
    )
  })

  test('every anomaly is one line for people, in order', () => {
    fc.assert(
      fc.property(anyHistory, (events) => {
        const { anomalies } = foldAccount(events)
        for (const anomaly of anomalies) expect(describeAnomaly(anomaly)).toMatch(/^[^\n]+$/)
        expect(anomalies.map(({ occurredAt }) => occurredAt)).toEqual(
          anomalies.map(({ occurredAt }) => occurredAt).toSorted((a, b) => a - b),
        )
      }),
    )
  })

  test('events are put in order, each once', () => {
    fc.assert(
      fc.property(anyHistory, (events) => {
        const ordered = inOrder([...events, ...events])
        expect(ordered).toHaveLength(events.length)
        expect(inOrder(ordered)).toEqual(ordered)
      }),
    )
  })
})
