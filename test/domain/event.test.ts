import { expect, test, vi } from 'vitest'

// A type of a later version of the vocabulary than this Redress knows.
vi.mock('../../src/domain/events/index.ts', async (original) => {
  const { definitions } = await original<typeof import('../../src/domain/events/index.ts')>()
  return { definitions: definitions.map((one, i) => (i === 0 ? { ...one, since: 2 } : one)) }
})

test('given a type that needs a newer vocabulary than is known, then nothing runs, because it could not read what it records', async () => {
  await expect(import('../../src/domain/event.ts')).rejects.toThrow(
    'flag.raised.v1 needs version 2 of the vocabulary: raise VOCABULARY to it',
  )
})
