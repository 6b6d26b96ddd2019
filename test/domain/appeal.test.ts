import { describe, expect, expectTypeOf, test } from 'vitest'
import { type Appeal, answer, appealed, file } from '../../src/domain/appeal.ts'
import { happened } from './happenings.ts'

const filed = happened('appeal.filed.v1', { appealId: 'a1', decisionId: 'd1' }, { day: 1 })
const answered = happened('appeal.decided.v1', { appealId: 'a1', decisionId: 'd2' }, { day: 2 })
const open: Appeal = { status: 'open', filed }
const unfiled: Appeal = { status: 'unfiled', answered }
const decided: Appeal = { status: 'decided', filed, answered }

describe.each<[string, Appeal | undefined, Appeal | 'taken', Appeal | 'taken']>([
  ['no appeal', undefined, open, unfiled],
  ['an open appeal', open, 'taken', decided],
  ['an answer without a filing', unfiled, decided, 'taken'],
  ['a decided appeal', decided, 'taken', 'taken'],
])('given %s', (_name, appeal, whenFiled, whenAnswered) => {
  test('when it is filed', () => expect(file(appeal, filed)).toEqual(whenFiled))
  test('when it is answered', () => expect(answer(appeal, answered)).toEqual(whenAnswered))
})

test('it is against the decision in its answer, once there is one', () => {
  expect([open, unfiled, decided].map(appealed)).toEqual(['d1', 'd2', 'd2'])
})

test('types: only an answered appeal has an answer', () => {
  expectTypeOf<Extract<Appeal, { status: 'open' }>>().not.toHaveProperty('answered')
  expectTypeOf<Extract<Appeal, { status: 'decided' }>>().toHaveProperty('filed')
})
