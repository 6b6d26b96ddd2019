import { describe, expect, test } from 'vitest'
import { type HeldDecision, type Hold, holdsOf, holdsOver, standingOn } from '../../src/domain/hold.ts'
import { happened } from './happenings.ts'

const at = (day: number): number => Date.UTC(2025, 4, day)
const requested = (holdId: string, day: number, by = 'ana') =>
  happened('hold.requested.v1', { holdId, by, key: { rule: 'spam' } }, { subject: holdId, recorded: day })
const lifted = (holdId: string, day: number, by = 'ana') =>
  happened('hold.lifted.v1', { holdId, by }, { subject: holdId, recorded: day })

describe('given requests for holds and ends of them', () => {
  test('when they are folded, then a hold stands until it is lifted, by the times of recording', () => {
    const holds = holdsOf([requested('h1', 1), requested('h2', 2), lifted('h1', 3)])
    expect(holds).toMatchObject([
      { holdId: 'h1', since: at(1), lifted: { at: at(3), by: 'ana' } },
      { holdId: 'h2', since: at(2), lifted: null },
    ])
    expect(standingOn(holds, { rule: 'spam' } as Hold['key'])?.holdId).toBe('h2')
    expect(standingOn(holds, { ruleset: 'r', rule: 'spam' } as Hold['key'])).toBeUndefined()
  })

  test('when one is asked for or lifted twice, then the first counts; the end of an unknown one does not', () => {
    const twice = [requested('h1', 1), requested('h1', 2, 'bo'), lifted('h1', 3), lifted('h1', 4, 'bo')]
    expect(holdsOf(twice)).toMatchObject([{ since: at(1), by: 'ana', lifted: { at: at(3), by: 'ana' } }])
    expect(holdsOf([lifted('h9', 1)])).toEqual([])
  })
})

describe('given a hold', () => {
  const ground = {
    rule: { id: 'spam' },
    ruleset: { id: 'rules', version: 'v2' },
    detector: { id: 'vision', version: '7' },
  }
  const decision: HeldDecision = {
    at: at(2),
    decidedBy: { kind: 'rule', id: 'strikes' },
    ruleset: { id: 'policies', version: 'p1' },
    grounds: [{ ...ground, rule: { id: 'other' } }, ground],
  }
  const isOver = (key: object, change: object = {}, hold: Partial<Hold> = {}): boolean =>
    holdsOver(
      [
        {
          ...{ holdId: 'h', by: 'ana', reason: 'r', alarmId: null, since: at(1), lifted: null },
          key,
          ...hold,
        },
      ],
      { ...decision, ...change },
    ).length === 1

  test.each([
    { rule: 'spam' },
    { rule: 'spam', ruleset: 'rules', version: 'v2' },
    { detector: { id: 'vision' } },
    { detector: { id: 'vision', version: '7' }, rule: 'spam' },
    { decidedBy: { kind: 'rule', id: 'strikes' } },
    { decidedBy: { kind: 'rule', id: 'strikes' }, rule: 'spam' },
    { ruleset: 'rules' },
    { ruleset: 'policies', version: 'p1' },
  ])('when it is on %j, then a decision that fits it was made under it', (key) => {
    expect(isOver(key)).toBe(true)
  })

  test.each([
    { rule: 'porn' },
    { rule: 'spam', version: 'v1' },
    { rule: 'spam', ruleset: 'policies' },
    { detector: { id: 'vision', version: '8' } },
    { detector: { id: 'audio' } },
    { decidedBy: { kind: 'model', id: 'strikes' } },
    { decidedBy: { kind: 'rule', id: 'strikes' }, rule: 'porn' },
    { ruleset: 'policies', version: 'v2' },
  ])('when it is on %j, then a decision that differs in one field was not', (key) => {
    expect(isOver(key)).toBe(false)
  })

  test('then one ground must fit all of it', () => {
    const mixed = [
      ground,
      { ...ground, rule: { id: 'other' }, detector: { id: 'audio', version: '1', kind: 'model' } },
    ]
    expect(isOver({ rule: 'spam', detector: { id: 'audio' } }, { grounds: mixed })).toBe(false)
  })

  test('then it begins when it was recorded, and ends when its end was', () => {
    expect(isOver({ rule: 'spam' }, { at: at(1) })).toBe(true)
    expect(isOver({ rule: 'spam' }, { at: at(1) - 1 })).toBe(false)
    const ended = { lifted: { at: at(3), by: 'ana', reason: 'r' } }
    expect(isOver({ rule: 'spam' }, { at: at(3) - 1 }, ended)).toBe(true)
    expect(isOver({ rule: 'spam' }, { at: at(3) }, ended)).toBe(false)
  })

  test('then people may act', () => {
    expect(isOver({ rule: 'spam' }, { decidedBy: { kind: 'human', id: 'bo' } })).toBe(false)
  })
})
