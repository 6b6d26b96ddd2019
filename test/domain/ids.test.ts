import { describe, expect, test } from 'vitest'
import type { AccountId as Account, FlagId as Flag } from '../../src/domain/ids.ts'
import { AccountId, AppealId, DecisionId, FlagId, Id, Line, Sha256, Source } from '../../src/domain/ids.ts'

describe.each([
  ['Id', Id],
  ['AccountId', AccountId],
  ['FlagId', FlagId],
  ['AppealId', AppealId],
])('%s', (_name, codec) => {
  test.each(['a', 'A-Z_0.9:x', 'x'.repeat(200), '__proto__'])('%j is accepted', (text) => {
    expect(codec.is(text)).toBe(true)
  })
  test.each(['', 'x'.repeat(201), 'a b', 'a\n', '\u00e4', 'a/b', 'me@example.org', 7, null])(
    '%j is refused',
    (text) => {
      expect(codec.is(text)).toBe(false)
    },
  )
})

describe('DecisionId', () => {
  test.each(['d1', 'D_1-x', 'x'.repeat(200)])('%j is accepted', (text) =>
    expect(DecisionId.is(text)).toBe(true),
  )
  // It becomes part of file names, so no dots; and no colon, which other ids may have.
  test.each(['..', 'a.b', 'a:b', '', 'x'.repeat(201), 'a\n'])('%j is refused', (text) => {
    expect(DecisionId.is(text)).toBe(false)
  })
})

test.each([
  [Source, '/services/enforcement', true],
  [Source, 'urn:x:y', true],
  [Source, 'with space', false],
  [Source, '', false],
  [Source, 'x'.repeat(201), false],
  [Sha256, 'ab'.repeat(32), true],
  [Sha256, 'AB'.repeat(32), false],
  [Sha256, 'ab'.repeat(31), false],
  [Line, '§ 3, „Hausordnung“ 😀', true],
  [Line, '😀'.repeat(1000), true],
  [Line, '😀'.repeat(1001), false],
  [Line, '', false],
  [Line, 'two\nlines', false],
  [Line, 'two\u2028lines', false],
  [Line, 'esc\u001b[31m', false],
  [Line, 'c1\u009b31m', false],
])('%o of %j: %j', (codec, text, expected) => {
  expect(codec.is(text)).toBe(expected)
})

test('types: an id of one kind is not one of another', () => {
  const flagOf = (flag: Flag): Flag => flag
  const account = 'a1' as Account // a test's own
  // @ts-expect-error an account is not a flag
  expect(flagOf(account)).toBe('a1')
})
