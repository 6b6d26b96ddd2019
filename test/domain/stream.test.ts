import { expect, test } from 'vitest'
import { streamKinds } from '../../src/domain/definition/event-definition.ts'
import { eventTypes } from '../../src/domain/event.ts'
import { accountOf, isStreamName, streamOf, streamParts, streamsOfAccount } from '../../src/domain/stream.ts'

test('evaluations, rulesets, alarms, incidents, holds and the ledger\u2019s clock have their own streams, everything else is in the account\u2019s', () => {
  const streams = Object.fromEntries(eventTypes.map((type) => [type, streamOf({ type, subject: 'x' })]))
  expect(streams).toEqual({
    ...Object.fromEntries(eventTypes.map((type) => [type, 'account-x'])),
    'content.evaluated.v1': 'evidence-x',
    'ruleset.published.v1': 'ruleset-x',
    'clock.ticked.v1': 'clock',
    'alarm.raised.v1': 'alarm-x',
    'alarm.configured.v1': 'alarm-parameters',
    'incident.opened.v1': 'incident-x',
    'incident.joined.v1': 'incident-x',
    'incident.noted.v1': 'incident-x',
    'incident.closed.v1': 'incident-x',
    'replay.completed.v1': 'incident-x',
    'remediation.planned.v1': 'incident-x',
    'remediation.sampled.v1': 'incident-x',
    'remediation.reviewed.v1': 'incident-x',
    'remediation.approved.v1': 'incident-x',
    'remediation.wave_started.v1': 'incident-x',
    'remediation.paused.v1': 'incident-x',
    'remediation.resumed.v1': 'incident-x',
    'remediation.cancelled.v1': 'incident-x',
    'remediation.completed.v1': 'incident-x',
    'hold.requested.v1': 'holds',
    'hold.lifted.v1': 'holds',
  })
})

test('every kind of stream and its subject can be read from its name', () => {
  for (const [kind, of] of Object.entries(streamKinds)) {
    const [name, id] = of === 'ledger' ? [kind, kind] : [`${kind}-x-1`, 'x-1']
    if (!isStreamName(name)) throw new Error(`${name} is not known`)
    expect(streamParts(name)).toEqual({ kind, of, id })
  }
  expect(isStreamName('clock-1')).toBe(false)
})

test('an account has its own stream, and one for its evaluations', () => {
  expect(streamsOfAccount('u1')).toEqual(['account-u1', 'evidence-u1'])
  expect(
    ['account-u1', 'evidence-u1', 'ruleset-r', 'clock'].map((name) => isStreamName(name) && accountOf(name)),
  ).toEqual(['u1', null, null, null])
})
