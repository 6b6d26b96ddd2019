import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Facts } from '../../../src/incidents/tripwires/facts.ts'
import { openTripwires, type TripwireState } from '../../../src/incidents/tripwires/tripwires.ts'
import { often } from '../../long/often.ts'
import { DAY, MINUTE, recorded, ruleset, START, type Step, stepsOf, trippedBy } from './steps.ts'

const { published, flagged, banned, removed, evaluated } = recorded
const NONE = { ruleset: null, version: null, sha256: null, rule: null }
const OF_V2 = { ...NONE, ruleset: 'rules', version: 'v2' }
const rehearsal = { against: 'v1', sequence: 1, rules: {}, by: 'ana' }

/** Which wires were set off, each with its sequence. */
const wiresBy = (steps: ReadonlyArray<Step>) => trippedBy(steps).map(({ wire, sequence }) => [wire, sequence])
const decision = (facts: Partial<Extract<Facts, { kind: 'decision' }>> = {}): Facts => ({
  kind: 'decision',
  missing: [],
  again: null,
  ...facts,
})

describe('given a machine that names a version of a published ruleset', () => {
  const first = published('v1')

  test('when it is not published within two minutes of being recorded, then the first is reported, when it was due', () => {
    const flag = flagged({}, { after: MINUTE })
    expect(
      trippedBy([first, flag, banned({}, { after: 2 * MINUTE }), evaluated({ after: 4 * MINUTE })]),
    ).toEqual([
      {
        wire: 'unknown_version',
        source: '/svc',
        value: OF_V2,
        at: START + 3 * MINUTE,
        sequence: 4,
        events: [{ sequence: 2, id: flag.id, subject: 'u1' }],
      },
    ])
  })

  test('when it is published a minute later, then nothing is; at two minutes it is too late', () => {
    const late = (after: number) => [first, flagged(), published('v2', { rehearsal }, { after })]
    const end = evaluated({ after: 60 * MINUTE })
    expect(wiresBy([...late(MINUTE), end])).toEqual([])
    expect(wiresBy([...late(2 * MINUTE - 1), end])).toEqual([])
    expect(wiresBy([...late(2 * MINUTE), end])).toEqual([['unknown_version', 3]])
  })

  test('when it names a hash that is not that of the published version, then that is reported, with the hash', () => {
    const other = flagged({ ruleset: { ...ruleset, sha256: 'cd'.repeat(32) } })
    const same = flagged({ ruleset: { ...ruleset, sha256: 'ab'.repeat(32) } })
    const end = evaluated({ after: 3 * MINUTE })
    expect(trippedBy([first, published('v2', { rehearsal }), other, same, end])).toMatchObject([
      { wire: 'unknown_version', value: { ...OF_V2, sha256: 'cd'.repeat(32) }, events: [{ sequence: 3 }] },
    ])
  })

  test('when the ledger holds no version of that ruleset, or a person names it, then nothing is', () => {
    const end = evaluated({ after: 3 * MINUTE })
    expect(wiresBy([flagged(), end])).toEqual([])
    const byPerson = { detector: { kind: 'human', id: 'r', version: '1' } }
    expect(
      wiresBy([first, flagged(byPerson), banned({ decidedBy: { kind: 'human', id: 'r' } }), end]),
    ).toEqual([])
  })

  test('when it goes on, then it is reported once a source and version a day', () => {
    const more = [0, 5, 10].map((hours) => flagged({}, { after: hours * 60 * MINUTE }))
    const another = flagged({}, { after: 11 * 60 * MINUTE, source: '/other' })
    const nextDay = flagged({}, { after: DAY })
    const steps = [first, ...more, another, nextDay, evaluated({ after: DAY + 3 * MINUTE })]
    expect(trippedBy(steps).map(({ source, at }) => [source, at - START])).toEqual([
      ['/svc', 2 * MINUTE],
      ['/other', 11 * 60 * MINUTE + 2 * MINUTE],
      ['/svc', DAY + 2 * MINUTE],
    ])
  })
})

describe('given flags of content', () => {
  const content = (owner: string) => ({ content: { id: '7', kind: 'pin', owner } })

  test('when the owner is not the account, then the first of each rule is reported, whoever raised it', () => {
    const human = { detector: { kind: 'human', id: 'r', version: '1' } }
    const steps = [
      published('v2'),
      flagged(content('u1')),
      flagged({}),
      flagged(content('u2')),
      flagged(content('u3')),
      flagged({ ...content('u2'), ...human, rule: { id: 'nudity' } }),
    ]
    expect(trippedBy(steps)).toMatchObject([
      { wire: 'owner_mismatch', sequence: 4, value: { ...OF_V2, rule: 'spam' } },
      { wire: 'owner_mismatch', sequence: 6, value: { ...OF_V2, rule: 'nudity' } },
    ])
  })
})

describe('given publications of a ruleset', () => {
  test('when a version was not rehearsed, then it is reported; the first one of its id, and the same again, are not', () => {
    const steps = [
      published('v1'),
      published('v2', { rehearsal }),
      published('v3'),
      published('v3'),
      published('v2'),
    ]
    expect(trippedBy(steps)).toMatchObject([
      {
        wire: 'unrehearsed_publication',
        sequence: 3,
        at: START,
        value: { ...NONE, ruleset: 'rules', version: 'v3' },
        events: [{ sequence: 3, subject: 'rules' }],
      },
    ])
  })
})

test('given a published version, when it is published again and takes effect at another time, then that is reported', () => {
  const from = (effectiveFrom: string) => ({ rehearsal, effectiveFrom })
  const [may, june] = ['2025-05-01T00:00:00Z', '2025-06-01T00:00:00Z']
  const again = { effectiveFrom: '2025-05-01T02:00:00+02:00' }
  const steps = [published('v1'), published('v2', from(may)), published('v2', again)]
  expect(wiresBy(steps)).toEqual([])
  expect(wiresBy([...steps, published('v2', { effectiveFrom: june })])).toEqual([
    ['unrehearsed_publication', 4],
  ])
})

describe('given decisions of a machine', () => {
  const known: Step = [published('v2'), { kind: 'publication', severest: 'suspended' }]
  const times = (count: number, make: (after: number) => Step, apart = MINUTE) =>
    Array.from({ length: count }, (_, i) => make(i * apart))

  test('when three name no grounds within an hour, then that is reported with them; two are not', () => {
    const groundless = (after: number) => banned({ grounds: [] }, { after })
    expect(trippedBy([known, ...times(3, groundless)])).toMatchObject([
      {
        wire: 'no_grounds',
        sequence: 4,
        at: START + 2 * MINUTE,
        value: OF_V2,
        events: [{ sequence: 2 }, { sequence: 3 }, { sequence: 4 }],
      },
    ])
    expect(wiresBy([known, ...times(2, groundless)])).toEqual([])
    expect(wiresBy([known, ...times(9, groundless, 30 * MINUTE)])).toEqual([])
    const last = (after: number) => [known, ...times(2, groundless), groundless(after)]
    expect(wiresBy(last(60 * MINUTE - 1))).toEqual([['no_grounds', 4]])
    expect(wiresBy(last(60 * MINUTE))).toEqual([])
  })

  test('when grounds of ten are still missing after fifteen minutes, then they count when they are due; those recorded by then do not', () => {
    const waiting = (after: number) =>
      [banned({ grounds: ['f1'] }, { after, subject: `u${after}` }), decision({ missing: ['f1'] })] as const
    const ten = times(10, waiting)
    const end = evaluated({ after: 60 * MINUTE })
    const [tripped] = trippedBy([known, ...ten, end])
    expect(tripped).toMatchObject({ wire: 'no_grounds', sequence: 12, at: START + 24 * MINUTE })
    expect(tripped?.events.map(({ sequence }) => sequence)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
    expect(wiresBy([known, ...times(9, waiting), end])).toEqual([])
    const found = (after: number) => flagged({ flagId: 'f1' }, { after, subject: 'u0' })
    expect(wiresBy([known, ...ten, found(15 * MINUTE - 1), end])).toEqual([])
    expect(wiresBy([known, ...ten, found(15 * MINUTE), end])).toEqual([['no_grounds', 13]])
    const elsewhere = flagged({ flagId: 'f1' }, { after: MINUTE * 10, subject: 'u9' })
    expect(wiresBy([known, ...ten, elsewhere, end])).toEqual([['no_grounds', 13]])
  })

  test('when one ground is on record and another is late, then there are grounds', () => {
    const grounds = ['f1', 'f2']
    const half = (after: number) => [banned({ grounds }, { after }), decision({ missing: ['f2'] })] as const
    const end = evaluated({ after: 60 * MINUTE })
    expect(wiresBy([known, ...times(10, half), end])).toEqual([])
    const both = (after: number) => [banned({ grounds }, { after }), decision({ missing: grounds })] as const
    expect(wiresBy([known, ...times(10, both), end])).toEqual([['no_grounds', 12]])
    const one = flagged({ flagId: 'f2' }, { after: 11 * MINUTE, subject: 'u1' })
    expect(wiresBy([known, ...times(10, both), one, end])).toEqual([])
  })

  test('when grounds are late, and a few name none, then each counts alone', () => {
    const late = (after: number) =>
      [banned({ grounds: ['f1'] }, { after }), decision({ missing: ['f1'] })] as const
    const groundless = (after: number) => banned({ grounds: [] }, { after: after + 30 * MINUTE })
    expect(wiresBy([known, ...times(9, late), ...times(2, groundless)])).toEqual([])
    expect(wiresBy([known, ...times(9, late), ...times(3, groundless)])).toEqual([['no_grounds', 13]])
  })

  test('when grounds are late of fewer decisions than a tenth of a source, then that is usual', () => {
    const busy = Array.from({ length: 200 }, (_, i) => evaluated({ after: 15 * MINUTE + i * 10 }))
    const late = (after: number) =>
      [banned({ grounds: ['f1'] }, { after }), decision({ missing: ['f1'] })] as const
    const end = evaluated({ after: 60 * MINUTE })
    expect(wiresBy([known, ...times(12, late), ...busy, end])).toEqual([])
    expect(wiresBy([known, ...times(30, late), ...busy, end])).toHaveLength(1)
  })

  test('when a source has many events, then a thousandth of those of the hour is needed', () => {
    const busy = Array.from({ length: 5_000 }, (_, i) => evaluated({ after: i * 10 }))
    const groundless = (after: number) => banned({ grounds: [] }, { after: after + 10 * MINUTE })
    expect(wiresBy([known, ...busy, ...times(5, groundless)])).toEqual([])
    expect(wiresBy([known, ...busy, ...times(6, groundless)])).toEqual([['no_grounds', 5_007]])
    const others = busy.map((event) => ({ ...event, source: '/other' as typeof event.source }))
    expect(wiresBy([known, ...others, ...times(3, groundless)])).toEqual([['no_grounds', 5_004]])
  })

  test('when they restrict more severely than any policy of their version, then that is reported', () => {
    const suspends: Step = [published('v2'), { kind: 'publication', severest: 'suspended' }]
    const terminates = (after: number) => banned({ restriction: 'terminated' }, { after })
    expect(wiresBy([suspends, ...times(3, terminates)])).toEqual([['severer_than_the_rule', 4]])
    expect(wiresBy([suspends, ...times(3, (after) => banned({}, { after }))])).toEqual([])
    expect(wiresBy([suspends, ...times(3, (after) => removed({}, { after }))])).toEqual([])
    const noPolicy: Step = [published('v2'), { kind: 'publication', severest: null }]
    expect(wiresBy([noPolicy, ...times(3, (after) => banned({}, { after }))])).toEqual([
      ['severer_than_the_rule', 4],
    ])
  })

  test('when they do again what was reversed, then that is reported with the rule', () => {
    const again = (after: number) => [banned({}, { after }), decision({ again: { rule: 'spam' } })] as const
    expect(trippedBy([known, ...times(3, again)])).toMatchObject([
      { wire: 'banned_again', sequence: 4, value: { ...OF_V2, rule: 'spam' } },
    ])
  })

  test('when what happened more than seven days ago is recorded now, then that is reported, of flags and decisions together', () => {
    const late = (by: number) => [flagged, banned, removed].map((make, i) => make({}, { after: i, late: by }))
    expect(wiresBy([known, ...late(7 * DAY + 1)])).toEqual([['replayed_queue', 4]])
    expect(wiresBy([known, ...late(7 * DAY)])).toEqual([])
    const human = { detector: { kind: 'human', id: 'r', version: '1' } }
    expect(wiresBy([known, ...times(3, (after) => flagged(human, { after, late: 9 * DAY }))])).toEqual([])
  })

  test('when several values set off one wire together, then each is reported', () => {
    const of = (version: string, after: number) =>
      banned({ grounds: [], ruleset: { id: 'rules', version } }, { after })
    const steps = [known, of('v2', 0), of('v3', 1), of('v2', 2)]
    expect(trippedBy(steps).map(({ value, events }) => [value.version, events.length])).toEqual([
      ['v2', 2],
      ['v3', 1],
    ])
  })

  test('when they, and all else, are of a backfill, then nothing is; flags of a backfill are grounds all the same', () => {
    const backfill = true
    const all = (after: number): ReadonlyArray<Step> => [
      published(`v${after + 3}`, {}, { after, backfill }),
      flagged(
        { ruleset: { id: 'rules', version: 'v0' }, content: { id: '1', kind: 'pin', owner: 'u2' } },
        { after, backfill },
      ),
      banned({ grounds: [], restriction: 'terminated' }, { after, late: 9 * DAY, backfill }),
    ]
    const end = evaluated({ after: 60 * MINUTE })
    expect(wiresBy([known, ...[0, 1, 2].flatMap(all), end])).toEqual([])
    const waiting = times(
      3,
      (after) => [banned({}, { after, subject: `u${after}` }), decision({ missing: ['f1'] })] as const,
    )
    const found = flagged({ flagId: 'f1' }, { after: 3 * MINUTE, subject: 'u0', backfill })
    expect(wiresBy([known, ...waiting, found, end])).toEqual([])
  })
})

describe('given any events', () => {
  const version = fc.constantFrom('v1', 'v2', 'v3')
  const when = fc.record({
    late: fc.constantFrom(0, 0, 8 * DAY),
    source: fc.constantFrom('/a', '/b'),
    subject: fc.constantFrom('u1', 'u2'),
    marks: fc.constantFrom({}, {}, {}, {}, { backfill: true as const }),
  })
  const named = version.map((of) => ({ ruleset: { id: 'rules', version: of } }))
  const grounds = fc.constantFrom([], ['f1'], ['f2'])
  const restriction = fc.constantFrom('suspended', 'terminated')
  const facts = fc.record({
    kind: fc.constant('decision' as const),
    missing: fc.constantFrom([], ['f1'], ['f2']),
    again: fc.constantFrom<Extract<Facts, { kind: 'decision' }>['again'][]>(
      { rule: 'spam' },
      { rule: null },
      null,
      null,
    ),
  })
  const anyStep = (after: number): fc.Arbitrary<Step> =>
    when.chain(({ marks, ...envelope }) => {
      const at = { ...envelope, ...marks, after }
      return fc.oneof(
        fc
          .record({ of: version, rehearsal: fc.option(fc.constant(rehearsal), { nil: undefined }) })
          .map(
            ({ of, ...data }): Step => [
              published(of, data, { ...at, subject: 'rules', late: 0 }),
              { kind: 'publication', severest: 'suspended' },
            ],
          ),
        fc
          .tuple(named, fc.constantFrom('f1', 'f2'), fc.constantFrom('u1', 'u2', undefined))
          .map(
            ([data, flagId, owner]): Step =>
              flagged({ ...data, flagId, content: { id: '1', kind: 'pin', owner } }, at),
          ),
        fc
          .tuple(named, grounds, restriction, facts)
          .map(
            ([data, of, severity, known]): Step => [
              banned({ ...data, grounds: of, restriction: severity }, at),
              known,
            ],
          ),
        fc.constant(evaluated(at)),
      )
    })
  const gaps = fc.constantFrom(0, 1, 900, MINUTE, 7 * MINUTE, 20 * MINUTE, 3 * 60 * MINUTE)
  const history = fc
    .array(gaps, { maxLength: 60 })
    .chain((between) => {
      let after = 0
      const afters = between.map((gap) => {
        after += gap
        return after
      })
      return fc.tuple(...afters.map(anyStep))
    })
    .map(stepsOf)

  test('when the fold is stopped anywhere and continued from what it kept, then the same wires are set off', () => {
    let tripped = 0
    fc.assert(
      fc.property(history, fc.array(fc.nat({ max: 60 })), (steps, stops) => {
        const whole = openTripwires()
        const expected = steps.flatMap((step) => whole.take(step))
        let kept: TripwireState | undefined
        const inParts = steps.flatMap((step, i) => {
          const wires = openTripwires(kept)
          const found: unknown[] = [...wires.take(step)]
          // Cast: what was JSON is read again as what it was.
          kept = stops.includes(i)
            ? (JSON.parse(JSON.stringify(wires.state())) as TripwireState)
            : wires.state()
          return found
        })
        expect(inParts).toEqual(expected)
        expect(kept ?? whole.state()).toEqual(whole.state())
        tripped += expected.length
      }),
      { numRuns: often(300, 5_000) },
    )
    expect(tripped).toBeGreaterThan(100)
  })

  test('then a wire is set off once a source, value and day, and its events are before it and not of a backfill', () => {
    fc.assert(
      fc.property(history, (steps) => {
        const wires = openTripwires()
        const seen = new Set<string>()
        for (const step of steps) {
          for (const { wire, source, value, at, sequence, events } of wires.take(step)) {
            const key = JSON.stringify([wire, source, value, Math.floor(at / DAY)])
            expect(seen).not.toContain(key)
            seen.add(key)
            expect(sequence).toBe(step.sequence)
            for (const one of events) {
              expect(one.sequence).toBeLessThanOrEqual(sequence)
              expect(steps[one.sequence - 1]?.event).toMatchObject({ id: one.id, source })
              expect(steps[one.sequence - 1]?.event.backfill).toBeUndefined()
            }
          }
        }
      }),
      { numRuns: often(300, 5_000) },
    )
  })
})

describe('given a service that invents versions, or any number of services', () => {
  /** How much is remembered after so many steps, and after as many again. */
  const remembered = (count: number, step: (i: number) => Step) => {
    const wires = openTripwires()
    const steps = [published('v2'), ...Array.from({ length: 2 * count }, (_, i) => step(i))]
    return stepsOf(steps).flatMap((one) => {
      wires.take(one)
      return one.sequence % count === 1 ? [JSON.stringify(wires.state()).length] : []
    })
  }

  test.each<[string, number, (i: number) => Step]>([
    ['versions', 10_500, (i) => flagged({ ruleset: { id: 'rules', version: `x${i}` } })],
    ['missing grounds', 10_500, (i) => [banned({}), decision({ missing: [`f${i}`] })]],
    ['services', 1_000, (i) => banned({ grounds: [] }, { source: `/s${i}` })],
    [
      'rules',
      1_000,
      (i) => flagged({ rule: { id: `r${i}` }, content: { id: '1', kind: 'pin', owner: 'u9' } }),
    ],
  ])('when there are too many %s, then what is remembered does not grow with them', (_, count, step) => {
    const [, before = 0, after = 0] = remembered(count, step)
    expect(after).toBeLessThan(1.1 * before)
  })

  test('when those were silent for an hour, then others have names again', () => {
    const steps = Array.from({ length: 300 }, (_, i) => evaluated({ source: `/s${i}`, after: i }))
    const mismatch = { content: { id: '1', kind: 'pin', owner: 'u2' } }
    const at = (after: number) => [...steps, flagged(mismatch, { source: '/late', after })]
    const sources = (after: number) => trippedBy([published('v2'), ...at(after)]).map(({ source }) => source)
    expect(sources(MINUTE)).toEqual(['others'])
    expect(sources(61 * MINUTE)).toEqual(['/late'])
  })
})
