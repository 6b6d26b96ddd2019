import { expect, test } from 'vitest'
import { eventTypes } from '../../src/domain/event.ts'
import { streamOf } from '../../src/domain/stream.ts'

test('evaluations and rulesets have streams of their own, all else is the account’s', () => {
  const streams = Object.fromEntries(eventTypes.map((type) => [type, streamOf({ type, subject: 'x' })]))
  expect(streams).toEqual({
    ...Object.fromEntries(eventTypes.map((type) => [type, 'account-x'])),
    'content.evaluated.v1': 'evidence-x',
    'ruleset.published.v1': 'ruleset-x',
  })
})
