import { expect, test } from 'vitest'
import { type PublishedType, publishedTypes } from '../../../src/domain/event.ts'
import { DECISIONS_MADE, typesSql } from '../../../src/projection/events/types-sql.ts'

test('the chosen types are listed as SQL texts, and no other', () => {
  expect(DECISIONS_MADE).toBe("'content.removed.v1', 'account.deactivated.v1'")
  // Cast: it has a member for each type.
  const all = Object.fromEntries(publishedTypes.map((type) => [type, true])) as Record<PublishedType, boolean>
  expect(typesSql(all).split(', ')).toEqual(publishedTypes.map((type) => `'${type}'`))
})

test('a choice that leaves a type undecided does not compile', () => {
  // @ts-expect-error: only one type is decided on
  expect(typesSql({ 'flag.raised.v1': true })).toBe("'flag.raised.v1'")
})
