import { expect, test, vi } from 'vitest'
import { VOCABULARY } from '../../src/domain/vocabulary.ts'

// A type of a later version of the vocabulary than this Redress knows.
vi.mock('../../src/domain/events/index.ts', async (original) => {
  const { definitions } = await original<typeof import('../../src/domain/events/index.ts')>()
  const { VOCABULARY: known } = await import('../../src/domain/vocabulary.ts')
  return { definitions: definitions.map((one, i) => (i === 0 ? { ...one, since: known + 1 } : one)) }
})

test('given a type that needs a newer vocabulary than is known, then nothing runs, because it could not read what it records', async () => {
  await expect(import('../../src/domain/event.ts')).rejects.toThrow(
    `flag.raised.v1 needs version ${VOCABULARY + 1} of the vocabulary: raise VOCABULARY to it`,
  )
})
