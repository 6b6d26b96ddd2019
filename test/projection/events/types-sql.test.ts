import { expect, test } from 'vitest'
import { type EventType, eventTypes } from '../../../src/domain/event.ts'
import { DECISIONS_MADE, typesSql } from '../../../src/projection/events/types-sql.ts'

test('the chosen types are listed as SQL texts, and no other', () => {
  expect(DECISIONS_MADE).toBe("'content.removed.v1', 'account.deactivated.v1'")
  // Cast: it has a member for each type.
  const all = Object.fromEntries(eventTypes.map((type) => [type, true])) as Record<EventType, boolean>
  expect(typesSql(all).split(', ')).toEqual(eventTypes.map((type) => `'${type}'`))
})

test('a choice that leaves a type undecided does not compile', () => {
  // @ts-expect-error: only one type is decided on
  expect(typesSql({ 'flag.raised.v1': true })).toBe("'flag.raised.v1'")
})
