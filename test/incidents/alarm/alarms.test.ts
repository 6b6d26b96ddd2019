import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { StoredEvent } from '../../../src/domain/event.ts'
import { happened } from '../../domain/happenings.ts'
import { DAY, MINUTE, recorded } from '../tripwires/steps.ts'
import { bothVersions, publishedAs, soundedBy, soundedInRuns, v1, v2, versionFrom } from './steps.ts'

const NEW = { signals: { score: 0.6 }, ruleset: { id: 'rules', version: 'v2' } }
const OLD = { signals: { score: 0.95 }, ruleset: { id: 'rules', version: 'v2' } }

/** One flag of each of some accounts, one a minute. */
const flagsOf = (
  accounts: number,
  data: object,
  when: { readonly after?: number; readonly backfill?: true } = {},
): ReadonlyArray<StoredEvent> =>
  Array.from({ length: accounts }, (_, i) =>
    recorded.flagged(
      { flagId: `f${i}`, ...data },
      { ...when, subject: `u${i}`, after: (when.after ?? 0) + i * MINUTE },
    ),
  )

describe('given parameters', () => {
  test('when a thousand times as many false alarms are allowed, then it takes a thousandth of the evidence', () => {
    const events = [...bothVersions, ...flagsOf(6, NEW)]
    const often = soundedBy(events, [v1, v2], { falseAlarmsAYear: 1_000, wrongDecisions: 0.1 })
    expect(often[0]).toMatchObject({ threshold: 52, units: 3 })
  })
})

describe('given a version that turned out to be at fault, and a later one that repeats it', () => {
  const v3 = versionFrom('v3', 0.5)
  const suspects = [{ ruleset: 'rules', rule: 'spam', version: 'v2' }]
  const opened = happened('incident.opened.v1', { incidentId: 'i1', suspects }, { subject: 'i1' })
  const closed = (conclusion: string): StoredEvent =>
    happened('incident.closed.v1', { incidentId: 'i1', conclusion }, { subject: 'i1' })
  const published = [...bothVersions, publishedAs(v3, 3)]
  const flags = flagsOf(6, { ...NEW, ruleset: { id: 'rules', version: 'v3' } })
  const sounded = (...incident: ReadonlyArray<StoredEvent>) =>
    soundedBy([...published, ...incident, ...flags], [v1, v2, v3])

  test('when its incident is confirmed, then it is passed over: the later one is compared with the one before it', () => {
    expect(sounded(opened, closed('confirmed'))).toMatchObject([{ key: { version: 'v3', rule: 'spam' } }])
  })

  test.each([
    ['is open', [opened]],
    ['was a false alarm', [opened, closed('false_alarm')]],
    ['was never opened', [closed('confirmed')]],
    [
      'is about another ruleset',
      [
        happened(
          'incident.opened.v1',
          { incidentId: 'i1', suspects: [{ ruleset: 'r', version: 'v2' }] },
          { subject: 'i1' },
        ),
        closed('confirmed'),
      ],
    ],
    [
      'is about a detector of that version',
      [
        happened(
          'incident.opened.v1',
          { incidentId: 'i1', suspects: [{ ...suspects[0], detector: { id: 'm' } }] },
          { subject: 'i1' },
        ),
        closed('confirmed'),
      ],
    ],
  ])('when its incident %s, then it is not', (_, incident) => {
    expect(sounded(...incident)).toEqual([])
  })

  test('when the fold is stopped anywhere, then it sounds the same', () => {
    const events = [...published, opened, closed('confirmed'), ...flags]
    for (const stop of events.keys()) {
      expect(soundedInRuns(events, new Set([stop]), [v1, v2, v3])).toEqual(
        sounded(opened, closed('confirmed')),
      )
    }
  })
})

describe('given a version and the one before it', () => {
  test('when all accounts are flagged only by the new one, then it sounds at the sixth', () => {
    const events = [...bothVersions, ...flagsOf(6, NEW)]
    const key = { ruleset: 'rules', version: 'v2', rule: 'spam' }
    expect(soundedBy(events.slice(0, -1))).toEqual([])
    expect(soundedBy(events)).toEqual([
      {
        ...{ family: 'counterfactual', key, units: 6, accounts: 6, sequence: 8, threshold: 52_000 },
        ...{ repeats: null, isTold: true, alarmId: expect.stringMatching(/^[0-9a-f]{64}$/) },
        ...{ at: Date.parse(events[7]?.recordedat ?? ''), statistic: expect.any(Number) },
        first: events.slice(2).map(({ id }, i) => ({ sequence: i + 3, id, account: `u${i}` })),
      },
    ])
  })

  test.each<[string, ReadonlyArray<StoredEvent>]>([
    ['both versions flag it', [...bothVersions, ...flagsOf(50, OLD)]],
    ['there is no version before', [publishedAs(v2, 2), ...flagsOf(50, NEW)]],
    ['the version is not published', [publishedAs(v1, 1), ...flagsOf(50, NEW)]],
    [
      'its hash is another',
      [...bothVersions, ...flagsOf(50, { ...NEW, ruleset: { ...NEW.ruleset, sha256: 'a'.repeat(64) } })],
    ],
    ['the version before is unknown of it', [...bothVersions, ...flagsOf(50, { ...NEW, signals: {} })]],
    [
      'a person flagged it',
      [...bothVersions, ...flagsOf(50, { ...NEW, detector: { kind: 'human', id: 'm', version: '1' } })],
    ],
    ['it is from the past', [...bothVersions, ...flagsOf(50, NEW, { backfill: true })]],
    [
      'all are of one account',
      [
        ...bothVersions,
        ...Array.from({ length: 50 }, (_, i) => recorded.flagged(NEW, { after: i * MINUTE })),
      ],
    ],
  ])('when %s, then it is silent', (_, events) => {
    expect(soundedBy(events)).toEqual([])
  })

  test('when the rule is new, then it is silent; when it replaces one, then they are compared', () => {
    const added = versionFrom('v2', 0.5, { id: 'new' })
    const renamed = versionFrom('v2', 0.5, { id: 'new', replaces: ['spam'] })
    const under = (ruleset: typeof v1) => [publishedAs(v1, 1), publishedAs(ruleset, 2)]
    const flags = flagsOf(50, { ...NEW, rule: { id: 'new' } })
    expect(soundedBy([...under(added), ...flags], [v1, added])).toEqual([])
    expect(soundedBy([...under(renamed), ...flags], [v1, renamed])).not.toEqual([])
  })

  test('when a rehearsal found that nearly all of it is new, then it never sounds', () => {
    const rehearsed = (newOnly: number) => [
      publishedAs(v1, 1),
      publishedAs(v2, 2, {
        rehearsal: { against: 'v1', sequence: 9, by: 'ada', rules: { spam: { newOnly, both: 30 } } },
      }),
    ]
    expect(soundedBy([...rehearsed(10), ...flagsOf(300, NEW)])).not.toEqual([])
    expect(soundedBy([...rehearsed(70), ...flagsOf(300, NEW)])).toEqual([])
  })

  test('when a rehearsal found that much, then it takes more; a rehearsal against another version says nothing', () => {
    const rehearsed = (against: string) => [
      publishedAs(v1, 1),
      publishedAs(v2, 2, {
        rehearsal: { against, sequence: 9, by: 'ada', rules: { spam: { newOnly: 20, both: 80 } } },
      }),
    ]
    const units = (against: string) =>
      soundedBy([...rehearsed(against), ...flagsOf(40, NEW)]).map((alarm) => alarm.units)
    expect(units('v0')[0]).toBe(6)
    expect(units('v1')[0]).toBe(16)
  })

  test('when it goes on sounding, then repeats name the first alarm; people are told when the accounts have doubled', () => {
    const alarms = soundedBy([...bothVersions, ...flagsOf(30, NEW)])
    expect(alarms.map(({ accounts, isTold }) => [accounts, isTold])).toEqual([
      [6, true],
      [12, true],
      [18, false],
      [24, true],
      [30, false],
    ])
    const [first, ...repeats] = alarms
    expect(first?.repeats).toBeNull()
    expect(new Set(repeats.map((alarm) => alarm.repeats))).toEqual(new Set([first?.alarmId]))
    expect(new Set(alarms.map(({ alarmId }) => alarmId)).size).toBe(5)
  })

  test('when it sounds again after 24 hours, then it is a new alarm, by the accounts of its own day', () => {
    const alarms = soundedBy([
      ...bothVersions,
      ...flagsOf(6, NEW),
      ...flagsOf(6, NEW, { after: DAY + MINUTE }),
    ])
    expect(alarms.map(({ repeats, accounts }) => [repeats, accounts])).toEqual([
      [null, 6],
      [null, 6],
    ])
  })

  test('when a day begins, then the threshold follows from the units of the 28 days before', () => {
    const day = (after: number) => flagsOf(1_200, OLD, { after })
    const busy = [...bothVersions, ...day(0), ...flagsOf(20, NEW, { after: 2 * DAY })]
    expect(soundedBy(busy)[0]?.threshold).toBeCloseTo((4 * 1_200 * 365) / 28, 6)
    const later = [...bothVersions, ...day(0), ...flagsOf(20, NEW, { after: 30 * DAY })]
    expect(soundedBy(later)[0]?.threshold).toBe(52_000)
  })
})

describe('given two versions of a detector', () => {
  const detector = (version: string) => ({ kind: 'model', id: 'm', version })
  const content = (i: number) => ({ id: `c${i}`, kind: 'pin' })
  const flag = (i: number, after: number) =>
    recorded.flagged(
      {
        flagId: `f${i}`,
        ...NEW,
        ruleset: { id: 'rules', version: 'v1' },
        signals: { score: 0.95 },
        detector: detector('2'),
        content: content(i),
      },
      { subject: `u${i}`, after },
    )
  const look = (i: number, after: number, score: number, version = '1', shadow = true) =>
    recorded.evaluated(
      { subject: `u${i}`, after },
      { detector: detector(version), content: content(i), signals: { score }, shadow },
    )
  const start = [publishedAs(v1, 1), look(0, 0, 0.1)]
  const pairs = (of: (i: number, after: number) => ReadonlyArray<StoredEvent>) => [
    ...start,
    ...Array.from({ length: 6 }, (_, i) => of(i + 1, i * 3 * MINUTE)).flat(),
  ]

  test.each<[string, (i: number, after: number) => ReadonlyArray<StoredEvent>]>([
    ['before', (i, after) => [look(i, after, 0.2), flag(i, after + MINUTE)]],
    ['after', (i, after) => [flag(i, after), look(i, after + MINUTE, 0.2)]],
  ])('when the older one, which looked %s, does not find what the new one finds, then it sounds', (_, of) => {
    const [alarm, ...others] = soundedBy(pairs(of))
    expect(others).toEqual([])
    expect(alarm).toMatchObject({
      ...{ family: 'paired', key: { detector: { id: 'm', version: '2' } }, units: 6, sequence: 14 },
    })
  })

  test.each<[string, (i: number, after: number) => ReadonlyArray<StoredEvent>]>([
    ['finds the same', (i, after) => [look(i, after, 0.95), flag(i, after)]],
    ['did not only look on', (i, after) => [look(i, after, 0.2, '1', false), flag(i, after)]],
    ['is the newer one', (i, after) => [flag(i, after), look(i, after, 0.2, '3')]],
    ['looked at other content', (i, after) => [look(i + 50, after, 0.2), flag(i, after)]],
    [
      'looked more than an hour before',
      (i, after) => [look(i, after * 60, 0.2), flag(i, after * 60 + 61 * MINUTE)],
    ],
  ])('when the other one %s, then it is silent', (_, of) => {
    expect(soundedBy(pairs(of))).toEqual([])
  })
})

describe('given decisions of a machine', () => {
  const flag = (i: number, after: number, data: object = {}) =>
    recorded.flagged({ ...OLD, flagId: `f${i}`, ...data }, { subject: `u${i}`, after })
  const ban = (i: number, after: number, data: object = {}) =>
    recorded.banned(
      { decisionId: `d${i}`, grounds: [], ruleset: { id: 'rules', version: 'v2' }, ...data },
      { subject: `u${i}`, after },
    )
  const tick = recorded.evaluated({ after: 60 * MINUTE })
  const each = (of: (i: number) => ReadonlyArray<StoredEvent>) => [
    publishedAs(v2, 2),
    ...[1, 2, 3].flatMap(of),
    recorded.evaluated({ after: 7 * DAY }),
  ]

  test('when no rule asks for them, then it sounds once they are settled, 15 minutes later', () => {
    const events = each((i) => [ban(i, 0)])
    expect(soundedBy(events.slice(0, -1))).toEqual([])
    expect(soundedBy(events)).toMatchObject([
      {
        family: 'pipeline',
        key: { decidedBy: { kind: 'rule', id: 'bans' } },
        units: 3,
        sequence: 5,
        accounts: 3,
      },
    ])
    const soon = recorded.evaluated({ after: 15 * MINUTE - 1 })
    expect(soundedBy([...events.slice(0, -1), soon])).toEqual([])
  })

  test.each<[string, (i: number) => ReadonlyArray<StoredEvent>]>([
    ['a rule asks for them', (i) => [flag(i, 0), ban(i, 0, { grounds: [`f${i}`] })]],
    ['their grounds are missing, so that nobody knows', (i) => [ban(i, 0, { grounds: [`f${i}`] })]],
    ['their version is not published', (i) => [ban(i, 0, { ruleset: { id: 'rules', version: 'v9' } })]],
    [
      'they name no ruleset, and none is in force',
      (i) => [
        recorded.banned(
          { decisionId: `d${i}`, grounds: [], ruleset: undefined },
          { subject: `u${i}`, late: 9 * DAY },
        ),
      ],
    ],
    ['a person decided', (i) => [ban(i, 0, { decidedBy: { kind: 'human', id: 'ada' } })]],
    [
      'they say again what was decided',
      (i) => [
        recorded.banned({ decisionId: 'd', grounds: [], ruleset: NEW.ruleset }, { after: i * 2 * DAY }),
      ],
    ],
  ])('when %s, then it is silent', (_, of) => {
    expect(soundedBy(each(of))).toEqual([])
  })

  test('when an account is decided on twice in 24 hours, then once counts, although a day begins before that is settled', () => {
    const evening = DAY - 10 * MINUTE
    const bans = [0, evening].flatMap((after) =>
      [1, 2].map((i) => ban(i, after, { decisionId: `d${i}-${after}` })),
    )
    const night = recorded.evaluated({ after: DAY + 10 * MINUTE })
    expect(soundedBy([publishedAs(v2, 2), ...bans, night])).toEqual([])
  })

  test('when a flag was recorded late, then it counts if it came before the decision is settled', () => {
    const late = (after: number) => [
      publishedAs(v2, 2),
      ...[1, 2, 3].map((i) => ban(i, 0)),
      ...[1, 2, 3].map((i) =>
        recorded.flagged({ ...OLD, flagId: `f${i}` }, { subject: `u${i}`, after, late: after + MINUTE }),
      ),
      tick,
    ]
    expect(soundedBy(late(14 * MINUTE))).toEqual([])
    expect(soundedBy(late(15 * MINUTE))).toHaveLength(1)
  })
})

describe('given any history', () => {
  const account = fc.integer({ min: 1, max: 40 })
  const kind = fc.constantFrom('new', 'new', 'ban', 'look', 'paired')
  const histories = fc.array(fc.tuple(kind, account, fc.integer({ min: 0, max: 40 })), {
    minLength: 40,
    maxLength: 120,
  })
  const of = ([what, n, minutes]: readonly [string, number, number], i: number, now: { minute: number }) => {
    now.minute += minutes
    const when = { subject: `u${n}`, after: now.minute * MINUTE }
    const detector = (version: string) => ({ kind: 'model', id: 'm', version })
    const content = { id: `c${n}`, kind: 'pin' }
    if (what === 'ban')
      return recorded.banned({ decisionId: `d${i}`, grounds: [], ruleset: NEW.ruleset }, when)
    if (what === 'look')
      return recorded.evaluated(when, {
        detector: detector('1'),
        content,
        signals: { score: 0.2 },
        shadow: true,
      })
    const found = what === 'paired' ? { detector: detector('2'), content } : {}
    return recorded.flagged({ flagId: `f${i}`, ...NEW, ...found }, when)
  }

  test('then it sounds the same alarms, with the same ids, however often the fold is stopped', () => {
    let sounded = 0
    fc.assert(
      fc.property(histories, fc.array(fc.integer({ min: 0, max: 122 })), (history, stops) => {
        const now = { minute: 0 }
        const events = [...bothVersions, ...history.map((one, i) => of(one, i, now))]
        const whole = soundedBy(events)
        sounded += whole.length
        expect(soundedInRuns(events, new Set(stops))).toEqual(whole)
      }),
      { numRuns: 60 },
    )
    expect(sounded).toBeGreaterThan(60)
  })
})
