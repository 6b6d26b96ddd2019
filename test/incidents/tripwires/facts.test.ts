import { describe, expect, test } from 'vitest'
import { decisionFacts, machineDecision, publicationFacts } from '../../../src/incidents/tripwires/facts.ts'
import type { Ruleset } from '../../../src/rulesets/ruleset.ts'
import { DAY, MINUTE, recorded } from './steps.ts'

const { flagged, banned, removed, reinstated, restored } = recorded
const NOW = 3 * DAY
const pin = { content: { id: '7', kind: 'pin' } }

describe('given decisions', () => {
  test('then those of machines are told from those of people, and from other events', () => {
    const byPerson = { decidedBy: { kind: 'human', id: 'r' } }
    expect([banned(), removed(pin)].map((event) => machineDecision(event)?.type)).toEqual([
      'account.deactivated.v1',
      'content.removed.v1',
    ])
    expect([banned(byPerson), removed(byPerson), flagged(), reinstated()].map(machineDecision)).toEqual([
      null,
      null,
      null,
      null,
    ])
  })

  test('then its grounds are missing that no flag of the account before it has, each once', () => {
    const decision = banned({ grounds: ['f1', 'f2', 'f2', 'f3'] })
    expect(decisionFacts(decision, [flagged({ flagId: 'f1' }), flagged({ flagId: 'f3' })])).toEqual({
      kind: 'decision',
      missing: ['f2'],
      again: null,
    })
  })
})

describe('given an account that was banned and reinstated', () => {
  const first = [
    flagged({ flagId: 'f1' }, { after: NOW - 2 * DAY }),
    banned({ decisionId: 'd1', grounds: ['f1'] }, { after: NOW - 2 * DAY + MINUTE }),
  ]
  const again = (
    grounds: ReadonlyArray<string>,
    {
      reversed = reinstated({}, { after: NOW - DAY }),
      more = [flagged({ flagId: 'f2' }, { after: NOW - MINUTE })],
      decision = banned({ decisionId: 'd2', grounds }, { after: NOW }),
    }: {
      readonly reversed?: Parameters<typeof decisionFacts>[1][number]
      readonly more?: Parameters<typeof decisionFacts>[1]
      readonly decision?: Parameters<typeof decisionFacts>[0]
    } = {},
  ) => decisionFacts(decision, [...first, reversed, ...more])

  test('when it is banned on the flag that this voided, then it is banned again', () => {
    expect(again(['f1'])).toMatchObject({ again: { rule: 'spam' } })
  })

  test('when it is banned on a new flag of the same rule within a day, then too; later, before, or by another rule, not', () => {
    expect(again(['f2'])).toMatchObject({ again: { rule: 'spam' } })
    expect(again(['f2'], { reversed: reinstated({}, { after: NOW - DAY - 1 }) })).toMatchObject({
      again: null,
    })
    expect(again(['f2'], { reversed: reinstated({}, { after: NOW + 1 }) })).toMatchObject({ again: null })
    const other = { more: [flagged({ flagId: 'f2', rule: { id: 'nudity' } }, { after: NOW - MINUTE })] }
    expect(again(['f2'], other)).toMatchObject({ again: null })
    const without = { more: [flagged({ flagId: 'f2', rule: undefined }, { after: NOW - MINUTE })] }
    expect(again(['f2'], without)).toMatchObject({ again: null })
  })

  test('when the ban had only run out, then it is not banned again', () => {
    const reversed = reinstated({ reason: 'expiry' }, { after: NOW - DAY })
    expect(again(['f1'], { reversed })).toMatchObject({ again: null })
    expect(again(['f2'], { reversed })).toMatchObject({ again: null })
  })

  test('when content is removed by the same rule, then that is another matter, unless it rests on the voided flag', () => {
    const removal = (grounds: ReadonlyArray<string>) =>
      removed({ decisionId: 'd2', grounds, ...pin }, { after: NOW })
    expect(again([], { decision: removal(['f2']) })).toMatchObject({ again: null })
    expect(again([], { decision: removal(['f1']) })).toMatchObject({ again: { rule: 'spam' } })
  })
})

test('given content that was removed and restored, when the same is removed by the same rule, then it is again; other content is not', () => {
  const before = [
    flagged({ flagId: 'f1', ...pin }, { after: NOW - MINUTE }),
    removed({ decisionId: 'd1', grounds: ['f1'], ...pin }, { after: NOW - MINUTE }),
    restored({ content: pin.content }, { after: NOW - MINUTE + 1 }),
    flagged({ flagId: 'f2' }, { after: NOW - 1 }),
  ]
  const of = (content: object) =>
    decisionFacts(removed({ decisionId: 'd2', grounds: ['f2'], content }, { after: NOW }), before)
  expect(of(pin.content)).toMatchObject({ again: { rule: 'spam' } })
  expect(of({ id: '8', kind: 'pin' })).toMatchObject({ again: null })
  expect(of({ id: '7', kind: 'board' })).toMatchObject({ again: null })
})

test('given a published version, then its severest restriction is that of any of its policies', () => {
  const policy = (restriction: 'suspended' | 'terminated'): Ruleset['policies'][number] => ({
    id: restriction,
    atLeast: 1,
    within: null,
    categories: null,
    restriction,
  })
  const severest = (...policies: Ruleset['policies']) => publicationFacts({ policies })
  expect(severest()).toEqual({ kind: 'publication', severest: null })
  expect(severest(policy('suspended'))).toEqual({ kind: 'publication', severest: 'suspended' })
  expect(severest(policy('suspended'), policy('terminated'), policy('suspended'))).toEqual({
    kind: 'publication',
    severest: 'terminated',
  })
})

describe('given an account with many other flags, removals and restorations', () => {
  const others = Array.from({ length: 1_000 }, (_, i) => {
    const about = { content: { id: `other-${i}`, kind: 'pin' } }
    const when = { after: NOW - DAY + i }
    return [
      flagged({ flagId: `other-${i}` }, when),
      removed({ decisionId: `other-${i}`, grounds: [`other-${i}`], ...about }, when),
      restored({ decisionIds: [`other-${i}`], ...about }, when),
    ]
  }).flat()
  const first = [
    flagged({ flagId: 'f1' }, { after: NOW - 2 * DAY }),
    removed({ decisionId: 'd1', grounds: ['f1'], ...pin }, { after: NOW - 2 * DAY }),
    ...others,
    restored({ decisionIds: ['d1'], ...pin }, { after: NOW - MINUTE }),
    flagged({ flagId: 'f2' }, { after: NOW - MINUTE }),
  ]
  const decision = (id: string, grounds: ReadonlyArray<string>) =>
    removed({ decisionId: 'd2', grounds, content: { id, kind: 'pin' } }, { after: NOW })

  test('then only what was reversed of the same content, or on the same flag, is done again', () => {
    expect(decisionFacts(decision('7', ['f2']), first)).toMatchObject({ again: { rule: 'spam' } })
    expect(decisionFacts(decision('8', ['f2']), first)).toMatchObject({ again: null })
    expect(decisionFacts(decision('8', ['other-3']), first)).toMatchObject({ again: { rule: 'spam' } })
  })
})
