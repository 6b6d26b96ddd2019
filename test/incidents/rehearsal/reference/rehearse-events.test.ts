import { expect, test } from 'vitest'
import type { IncomingEvent } from '../../../../src/domain/event.ts'
import { collectRehearsal } from '../../../../src/incidents/rehearsal/reference/rehearse-events.ts'
import { remarksOnRehearsal } from '../../../../src/incidents/rehearsal/remarks.ts'
import { compiled, type Document, RULESET, service, storedEvents } from '../../../replay/histories.ts'

const HOUR = 3_600_000
const START = Date.UTC(2025, 2, 1)
const { flagged, evaluated, dismissed } = service

const documentWith = (version: string, when: string, more: Partial<Document> = {}): Document => ({
  ruleset: RULESET,
  version,
  signals: { score: 'int', account_age_days: 'int' },
  rules: [{ id: 'a', category: 'alpha', when, strikes: 1, strikes_expire_after: '2d' }],
  deactivations: [{ id: 'two', at_least: 2, restriction: 'suspended' }],
  ...more,
})
const above = (score: number) => documentWith(`above-${score}`, `signals.score > ${score}`)

/** From hour 100 to hour 200. */
const rehearse = (events: ReadonlyArray<IncomingEvent>, old: Document | null, next: Document, sample = 5) => {
  const window = { from: START + 100 * HOUR, to: START + 200 * HOUR }
  const collection = collectRehearsal(
    { old: old === null ? null : compiled(old), next: compiled(next), sample },
    window,
  )
  for (const event of storedEvents(events)) collection.add(event)
  return collection.finish()
}

test('given evidence in the window, then each piece is counted by what both versions say', () => {
  const { rules, evidence } = rehearse(
    [
      evaluated('u1', 100, { score: 3 }),
      evaluated('u1', 150, { score: 6 }),
      evaluated('u2', 200, { score: 1 }),
      evaluated('u2', 120, {}),
      flagged('u3', 130, { flagId: 'f1', signals: { score: 9 } }),
      // A person's flag is no evidence for a condition, nor is what a detector found that only looked on.
      flagged('u3', 130, {
        flagId: 'f2',
        signals: { score: 3 },
        detector: { kind: 'human', id: 'r', version: '1' },
      }),
      evaluated('u2', 120, { score: 3 }, { shadow: true }),
      // Outside of the window.
      evaluated('u1', 99, { score: 3 }),
      evaluated('u1', 201, { score: 3 }),
    ],
    above(5),
    above(2),
  )
  expect(evidence).toEqual({ flags: 1, evaluations: 4 })
  expect(rules).toMatchObject([
    { id: 'a', counts: { onlyOld: 0, onlyNew: 1, both: 2, unknown: 1, unknownNewFires: 0 } },
  ])
})

test('given a condition that no longer needs a signal, then what lacks it counts as unknown that fires now', () => {
  const next = documentWith('v2', '!has(signals.score) || signals.score > 5')
  const { rules } = rehearse([evaluated('u1', 100, {}), evaluated('u1', 110, { score: 1 })], above(5), next)
  expect(rules).toMatchObject([
    { counts: { onlyNew: 0, unknown: 1, unknownNewFires: 1, unknownOldFires: 0 } },
  ])
  expect(rules[0]?.sample).toMatchObject([{ truth: { was: 'unknown', now: 'true' } }])
})

test('given a rule that replaces two, then it fires where either fired', () => {
  const old = documentWith('v1', 'signals.score > 5', {
    rules: [
      { id: 'high', category: 'alpha', when: 'signals.score > 8' },
      { id: 'low', category: 'alpha', when: 'signals.score < 2' },
    ],
  })
  const next = documentWith('v2', '', {
    rules: [{ id: 'a', category: 'alpha', when: 'signals.score > 8', replaces: ['high', 'low'] }],
  })
  const { rules } = rehearse(
    [evaluated('u1', 100, { score: 9 }), evaluated('u1', 110, { score: 1 })],
    old,
    next,
  )
  expect(rules).toMatchObject([{ id: 'a', replaces: ['high', 'low'], counts: { both: 1, onlyOld: 1 } }])
})

test('given detectors and account ages, then what fires is counted by each', () => {
  const scanned = (hour: number, signals: object) => evaluated('u1', hour, signals)
  const { rules } = rehearse(
    [scanned(100, { score: 3, account_age_days: 3 }), scanned(110, { score: 9 }), scanned(120, { score: 0 })],
    above(5),
    above(2),
  )
  expect(rules).toMatchObject([
    {
      byDetector: [{ detector: { id: 'scanner', version: '1' }, counts: { onlyNew: 1, both: 1 } }],
      byAccountAge: [
        { age: 'under 7 days', counts: { onlyNew: 1, both: 0 } },
        { age: 'not recorded', counts: { onlyNew: 0, both: 1 } },
      ],
    },
  ])
})

test('given new evidence, then some is drawn, whatever the order of delivery', () => {
  const events = Array.from({ length: 20 }, (_, n) => evaluated(`u${n}`, 100 + n, { score: 3 }))
  const drawn = rehearse(events, above(5), above(2), 3).rules[0]?.sample
  expect(drawn).toHaveLength(3)
  expect(drawn).toMatchObject([
    { kind: 'evaluation', content: { id: '1', kind: 'pin' }, signals: { score: 3 } },
    {},
    {},
  ])
  expect(rehearse(events.toReversed(), above(5), above(2), 3).rules[0]?.sample).toEqual(drawn)
})

test('given strikes from before the window, then they count until they expire', () => {
  const struck = (account: string, ...hours: ReadonlyArray<number>) =>
    hours.map((hour) => flagged(account, hour, { flagId: `${account}-${hour}`, signals: { score: 3 } }))
  const { accounts } = rehearse(
    [...struck('recent', 90, 110), ...struck('old', 50, 110), ...struck('before', 20, 30)],
    above(5),
    above(2),
  )
  expect(accounts).toEqual({ onlyOld: 0, onlyNew: 1, sample: { onlyOld: [], onlyNew: ['recent'] } })
})

test('given a flag that was dismissed, then it counts no more', () => {
  const flags = (account: string) =>
    [110, 130].map((hour) => flagged(account, hour, { flagId: `${account}-${hour}`, signals: { score: 7 } }))
  const { accounts } = rehearse(
    [...flags('u1'), dismissed('u1', 120, 'u1-110'), ...flags('u2'), dismissed('u2', 140, 'u2-110')],
    above(5),
    above(8),
  )
  expect(accounts).toMatchObject({ onlyOld: 1, onlyNew: 0, sample: { onlyOld: ['u2'] } })
})

test('given no evaluations, and signals that nobody records, then it is said', () => {
  const next = { ...above(2), signals: { score: 'int', account_age_days: 'int', shade: 'string' } }
  const rehearsal = rehearse(
    [
      flagged('u1', 110, { flagId: 'f1', signals: { score: 7, account_age_days: 1 } }),
      flagged('u1', 120, { flagId: 'f2', signals: { account_age_days: 1 } }),
    ],
    above(5),
    next,
  )
  expect(rehearsal.signals).toEqual([
    { name: 'score', type: 'int', lacking: 1 },
    { name: 'account_age_days', type: 'int', lacking: 0 },
    { name: 'shade', type: 'string', lacking: 2 },
  ])
  expect(remarksOnRehearsal(rehearsal)).toMatchObject([
    { code: 'no_evaluations' },
    { code: 'signal_not_recorded', signal: 'shade' },
    {
      code: 'signals_lacking',
      signal: null,
      says: 'some of the evidence has no value of a signal: score (50.00 %)',
    },
  ])
})

test('given no old version, then everything is new', () => {
  const rehearsal = rehearse([evaluated('u1', 110, { score: 7 })], null, above(2))
  expect(rehearsal.rules).toMatchObject([{ change: 'added', counts: { onlyNew: 1 } }])
  expect(remarksOnRehearsal(rehearsal)).toMatchObject([{ code: 'nothing_to_compare_with' }, {}])
})
