import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { StoredEvent } from '../../src/domain/event.ts'
import type { Suspect } from '../../src/domain/suspect.ts'
import { openIncidents, overlap } from '../../src/incidents/incidents.ts'
import { happened } from '../domain/happenings.ts'

const rule = { ruleset: 'rules', rule: 'spam', version: 'v2' }

const alarm = (letter: string, key: object): StoredEvent<'alarm.raised.v1'> =>
  happened(
    'alarm.raised.v1',
    { alarmId: letter.repeat(64), key, family: 'counterfactual' },
    { subject: 'ef'.repeat(32) },
  )

describe('given two suspects', () => {
  test.each<[boolean, object, object]>([
    [true, rule, { ruleset: 'rules', version: 'v2' }],
    [true, rule, { rule: 'spam' }],
    [false, rule, { rule: 'spam', version: 'v1' }],
    [false, rule, { decidedBy: { kind: 'rule', id: 'spam' } }],
    [false, {}, {}],
    [true, { detector: { id: 'net' } }, { detector: { id: 'net', version: '7' } }],
    [false, { detector: { id: 'net', version: '6' } }, { detector: { id: 'net', version: '7' } }],
  ])('then it is %s that %j and %j may be the same', (expected, a, b) => {
    expect(overlap(a as Suspect, b as Suspect)).toBe(expected)
    expect(overlap(b as Suspect, a as Suspect)).toBe(expected)
  })
})

describe('given alarms', () => {
  test('when the second is about the same, then it joins the incident of the first; another opens one of its own', () => {
    const incidents = openIncidents()
    expect(incidents.take(alarm('a', rule))).toMatchObject({
      type: 'incident.opened.v1',
      subject: 'aaaaaaaaaaaa',
      data: {
        title: 'rule spam, rules v2 flags what the version before it would not have flagged',
        openedBy: { kind: 'alarm', id: 'a'.repeat(64) },
        suspects: [rule],
      },
    })
    expect(incidents.take(alarm('b', { ruleset: 'rules', version: 'v2' }))).toMatchObject({
      type: 'incident.joined.v1',
      data: { incidentId: 'aaaaaaaaaaaa', alarmId: 'b'.repeat(64) },
    })
    expect(incidents.take(alarm('c', { ruleset: 'rules', version: 'v3' }))).toMatchObject({
      type: 'incident.opened.v1',
      subject: 'cccccccccccc',
    })
  })

  test('when a person has opened an incident about it, then an alarm joins that', () => {
    const incidents = openIncidents()
    const data = { incidentId: 'i7', suspects: [{ rule: 'spam' }], openedBy: { kind: 'person', id: 'ana' } }
    expect(incidents.take(happened('incident.opened.v1', data, { subject: 'i7' }))).toBeNull()
    expect(incidents.take(alarm('a', rule))).toMatchObject({ data: { incidentId: 'i7' } })
  })

  test('when an incident is closed, then the next alarm about the same opens a new one', () => {
    const incidents = openIncidents()
    incidents.take(alarm('a', rule))
    const data = { incidentId: 'aaaaaaaaaaaa', conclusion: 'confirmed' }
    expect(incidents.take(happened('incident.closed.v1', data, { subject: 'aaaaaaaaaaaa' }))).toBeNull()
    expect(incidents.take(alarm('b', rule))).toMatchObject({
      type: 'incident.opened.v1',
      subject: 'bbbbbbbbbbbb',
    })
  })

  test('when what is recorded of them comes sooner or later, or the fold is stopped in between, then they are placed alike', () => {
    const keys = [rule, { rule: 'spam' }, { decidedBy: { kind: 'rule', id: 'bans' } }]
    const alarms = ['a', 'b', 'c', 'd', 'e'].map((letter, i) => alarm(letter, keys[i % 3] ?? {}))
    const straight = openIncidents()
    const expected = alarms.map(straight.take)
    fc.assert(
      fc.property(fc.array(fc.nat(2), { minLength: 5, maxLength: 5 }), (after) => {
        let incidents = openIncidents()
        const placed = alarms.map((one, i) => {
          if (after[i] === 1) incidents = openIncidents(JSON.parse(JSON.stringify(incidents.state())))
          const event = incidents.take(one)
          if (after[i] === 2 && event?.type === 'incident.opened.v1') {
            incidents.take(happened('incident.opened.v1', event.data, { subject: event.subject }))
          }
          return event
        })
        expect(placed.map((event) => event?.data)).toEqual(expected.map((event) => event?.data))
      }),
    )
  })
})
