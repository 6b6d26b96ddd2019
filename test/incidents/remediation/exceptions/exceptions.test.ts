import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import type {
  ExceptableRow,
  ListedException,
} from '../../../../src/incidents/remediation/exceptions/exception.ts'
import { compileExceptions } from '../../../../src/incidents/remediation/exceptions/exceptions.ts'

const ban: ExceptableRow = {
  account: 'a-1',
  decisionId: 'd-1',
  kind: 'deactivation',
  class: 'wrongful',
  restriction: 'terminated',
}
const removal: ExceptableRow = { ...ban, decisionId: 'd-2', kind: 'removal', restriction: null }
const flags: ExceptableRow = {
  account: 'a-1',
  decisionId: null,
  kind: 'flags',
  class: null,
  restriction: null,
}

const exceptions = (listed: ReadonlyArray<ListedException>, where: string | null = null) => {
  const compiled = compileExceptions(listed, where === null ? null : { where, reason: 'by condition' })
  if (E.isLeft(compiled)) throw new Error(compiled.left.join('\n'))
  return compiled.right
}

describe('given exceptions of a plan', () => {
  test('then an account leaves out all its rows, a decision only itself', () => {
    const account = exceptions([{ account: 'a-1', reason: 'hold' }])
    expect([ban, removal, flags].map(account.reasonFor)).toEqual(['hold', 'hold', 'hold'])
    const decision = exceptions([{ decisionId: 'd-2', reason: 'court' }])
    expect([ban, removal, flags].map(decision.reasonFor)).toEqual([null, 'court', null])
  })

  test('then the reason for the decision counts before that for the account, and that before the condition', () => {
    const { reasonFor } = exceptions(
      [
        { account: 'a-1', reason: 'account' },
        { decisionId: 'd-1', reason: 'decision' },
      ],
      'true',
    )
    expect([ban, removal, { ...ban, account: 'a-2', decisionId: 'd-3' }].map(reasonFor)).toEqual([
      'decision',
      'account',
      'by condition',
    ])
  })

  test.each([
    ['row.account == "a-1"', [true, true, true]],
    ['row.account.startsWith("b")', [false, false, false]],
    ['row.kind == "removal"', [false, true, false]],
    ['row.class in ["wrongful", "excessive"]', [true, true, false]],
    ['row.restriction == "terminated"', [true, false, false]],
    // A removal has no restriction, so that this is unknown: it stays in the plan.
    ['row.restriction != "suspended"', [true, false, false]],
    ['!has(row.restriction)', [false, true, true]],
    ['has(row.class) && row.kind != "removal"', [true, false, false]],
  ])('then %s leaves out those of which it is true', (where, expected) => {
    const { reasonFor } = exceptions([], where)
    expect([ban, removal, flags].map((row) => reasonFor(row) !== null)).toEqual(expected)
  })

  test.each([
    ['row.acount == "a-1"', 'at character 5: row has no field "acount" (did you mean account?)'],
    ['account == "a-1"', 'at character 1: unknown name "account" (write row.account)'],
    ['signals.score > 1.0', 'at character 1: only row has fields'],
    [
      'row.restriction == null',
      'at character 20: null is not supported (use has(row.class) or has(row.restriction))',
    ],
    ['has(row.account)', 'at character 1: account is never missing here (remove has())'],
    [
      'row.restriction == "banned"',
      'at character 20: row.restriction is never "banned" (it is "suspended" or "terminated")',
    ],
    [
      'row.kind',
      'at character 1: a condition must be true or false, but this is string (compare it with a string)',
    ],
  ])('then %s is refused', (where, message) => {
    expect(compileExceptions([], { where, reason: 'x' })).toEqual(E.left([message]))
  })

  test('then what names no row of the plan is found', () => {
    const listed = [
      { account: 'a-1', reason: 'x' },
      { account: 'a-9', reason: 'x' },
      { decisionId: 'd-2', reason: 'x' },
      { decisionId: 'a-1', reason: 'x' },
    ]
    const { unmatched } = exceptions(listed, 'row.account == "a-7"')
    expect(unmatched([ban, removal])).toEqual([
      { decisionId: 'a-1', reason: 'x' },
      { account: 'a-9', reason: 'x' },
    ])
  })

  test('then they are the same however they were listed', () => {
    const id = fc.constantFrom('a-1', 'a-2', 'B', '_', 'z')
    const listed = fc.uniqueArray(
      fc.oneof(
        id.map((account): ListedException => ({ account, reason: 'x' })),
        id.map((decisionId): ListedException => ({ decisionId, reason: 'x' })),
      ),
      { selector: (exception) => JSON.stringify(exception) },
    )
    const shuffled = listed.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    )
    fc.assert(
      fc.property(shuffled, ([one, other]) => {
        expect(exceptions(one, 'true').all).toEqual(exceptions(other, 'true').all)
      }),
    )
  })
})
