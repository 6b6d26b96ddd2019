import { expect, test } from 'vitest'
import * as E from '#fp/Either'
import type { StoredEvent } from '../../../../src/domain/event.ts'
import type { ReinstatementRequest } from '../../../../src/domain/request.ts'
import { formatInstant } from '../../../../src/domain/time.ts'
import type { PlannedDecision } from '../../../../src/incidents/remediation/plan/model.ts'
import { requestEvent } from '../../../../src/incidents/remediation/run/own-events.ts'
import { requestsFor, type WaveRequest } from '../../../../src/incidents/remediation/run/requests.ts'
import { prepare } from '../../../../src/ledger/event/prepare.ts'

const ACCOUNT = 'a'.repeat(200)
const REMEDIATION = `${'i'.repeat(198)}-1`

const decision = (decisionId: string, change: Partial<PlannedDecision> = {}): PlannedDecision => ({
  ...{
    kind: 'account',
    decisionId,
    class: 'wrongful',
    remedy: 'reinstate',
    rule: 'a',
    restriction: 'suspended',
  },
  ...{ occurredAt: '2025-03-01T02:00:00.000Z', flagsVoided: [], becauseOf: [], ...change },
})
const none = (): ReadonlyArray<string> => []

// Casts, here and below: only these fields are read.
const started = {
  recordedat: formatInstant(0),
  data: { remediationId: REMEDIATION, wave: 1_000_000 },
} as unknown as StoredEvent<'remediation.wave_started.v1'>
const fits = (request: WaveRequest): boolean => E.isRight(prepare(requestEvent(started, request)))

const asked = (data: object): ReinstatementRequest =>
  ({ state: 'withdrawn', requested: { data } }) as unknown as ReinstatementRequest

test('given bans, removals, a change and strikes, then the bans are asked for together, and each of the others by itself', () => {
  const content = { id: '1', kind: 'pin' }
  const decisions = [
    decision('d2', { flagsVoided: ['f1', 'f2'] }),
    decision('r1', { kind: 'content', remedy: 'restore', content, flagsVoided: ['f1'] }),
    decision('d1', { flagsVoided: ['f2'] }),
    decision('c1', { kind: 'change', remedy: 'change', to: 'suspended' }),
  ]
  const appealsOf = ({ decisionId }: PlannedDecision) => (decisionId === 'd1' ? ['p1'] : [])
  const requests = requestsFor('u1', { decisions, flags: ['f3'] }, [], appealsOf)
  const one = { account: 'u1', attempt: 1, part: { n: 1, of: 1 }, appealIds: [] }
  expect(requests).toMatchObject([
    { ...one, kind: 'account', decisionIds: ['d1', 'd2'], flagsVoided: ['f1', 'f2'], appealIds: ['p1'] },
    { ...one, kind: 'content', decisionIds: ['r1'], flagsVoided: ['f1'], content },
    { ...one, kind: 'change', decisionIds: ['c1'], flagsVoided: [], restriction: 'suspended' },
    { ...one, kind: 'flags', decisionIds: [], flagsVoided: ['f3'] },
  ])
  expect(new Set(requests.map(({ requestId }) => requestId)).size).toBe(4)
  expect(requestsFor('u1', { decisions: decisions.toReversed(), flags: ['f3'] }, [], appealsOf)[0]).toEqual(
    requests[0],
  )
})

test('given what was asked for before, then it is another attempt with another id, whatever became of the last', () => {
  const again = (earlier: ReadonlyArray<ReinstatementRequest>) =>
    requestsFor('u1', { decisions: [decision('d1')], flags: ['f1'] }, earlier, none)
  const first = again([])
  const later = again([
    asked({ kind: 'account', decisionIds: ['d1', 'd2'], flagsVoided: [], attempt: 2 }),
    asked({ kind: 'flags', decisionIds: [], flagsVoided: ['f1'], attempt: 1 }),
  ])
  expect(later.map(({ attempt }) => attempt)).toEqual([3, 2])
  const ids = [...first, ...later].map(({ requestId }) => requestId)
  expect(new Set(ids).size).toBe(4)
})

test('given more than an event holds, then it is asked for in parts that fit, and nothing is left out or twice', () => {
  const long = (letter: string, n: number): string => `${letter}${n}`.padEnd(200, 'x')
  const flagsVoided = Array.from({ length: 75 }, (_, n) => long('f', n))
  const decisions = Array.from({ length: 120 }, (_, n) =>
    decision(long('d', n), n === 7 ? { flagsVoided } : {}),
  )
  const strikes = Array.from({ length: 100 }, (_, n) => long('s', n))
  const requests = requestsFor(ACCOUNT, { decisions, flags: strikes }, [], none)
  expect(requests.filter((request) => !fits(request))).toEqual([])
  for (const [kind, all] of Object.entries(Object.groupBy(requests, (request) => request.kind))) {
    expect([kind, all.map(({ part }) => part)]).toEqual([
      kind,
      all.map((_, index) => ({ n: index + 1, of: all.length })),
    ])
    expect(all.length).toBeGreaterThan(1)
    const flags = all.flatMap((request) => request.flagsVoided)
    expect(flags.toSorted()).toEqual((kind === 'flags' ? strikes : flagsVoided).toSorted())
    if (kind !== 'account') continue
    const ids = new Set(all.flatMap(({ decisionIds }) => decisionIds))
    expect([...ids].toSorted()).toEqual(decisions.map(({ decisionId }) => decisionId).toSorted())
  }
  expect(new Set(requests.map(({ requestId }) => requestId)).size).toBe(requests.length)
})
