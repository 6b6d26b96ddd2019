import { expect, test, vi } from 'vitest'
import { decodeIncoming } from '../../../src/domain/decode.ts'
import { prepare } from '../../../src/ledger/event/prepare.ts'
import { incoming, withValue } from '../../domain/samples.ts'
import { unwrap } from '../events.ts'

// A field that is new: since version 2 of the vocabulary, which this Redress knows.
vi.mock('../../../src/domain/vocabulary.ts', async (original) => ({
  ...(await original<typeof import('../../../src/domain/vocabulary.ts')>()),
  VOCABULARY: 2,
}))
vi.mock('../../../src/domain/events/index.ts', async (original) => {
  const { definitions } = await original<typeof import('../../../src/domain/events/index.ts')>()
  const { closed } = await import('../../../src/domain/codec.ts')
  const { FlagId, Line } = await import('../../../src/domain/ids.ts')
  const { Reviewer } = await import('../../../src/domain/parts.ts')
  const { since } = await import('../../../src/domain/vocabulary.ts')
  const fields = { flagId: FlagId, reviewer: Reviewer }
  const dismissed = closed('flag.dismissed', fields, { reason: since(2, Line) })
  return {
    definitions: definitions.map((definition) =>
      definition.type === 'flag.dismissed.v1' ? { ...definition, incoming: dismissed } : definition,
    ),
  }
})

test('given an event, when it is prepared, then it needs the vocabulary version that its content requires', () => {
  const vocabularyOf = (json: unknown): number =>
    unwrap(prepare(unwrap(decodeIncoming(json)).event)).vocabulary
  const dismissed = incoming('flag.dismissed.v1')
  expect(vocabularyOf(dismissed)).toBe(2)
  expect(vocabularyOf(withValue(dismissed, ['data', 'reason'], undefined))).toBe(1)
  expect(vocabularyOf(incoming('flag.raised.v1'))).toBe(1)
})
