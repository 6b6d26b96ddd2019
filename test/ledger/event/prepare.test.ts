import canonicalize from 'canonicalize'
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import * as E from '#fp/Either'
import { decodeIncoming } from '../../../src/domain/decode.ts'
import { prepare } from '../../../src/ledger/event/prepare.ts'
import { mutantOf } from '../../domain/mutants.ts'
import { incoming, withValue } from '../../domain/samples.ts'
import { often } from '../../long/often.ts'
import { unwrap } from '../events.ts'
import { storedOf, storedTextOf } from './stored-text.ts'

// A field that is new: since version 2 of the vocabulary.
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
  expect(vocabularyOf(incoming('flag.rescored.v1'))).toBe(2)
})

test('given any event that decodes, when it is prepared, then its pieces are the canonical form of the whole', () => {
  const seen = { plain: 0, personal: 0, document: 0 }
  fc.assert(
    fc.property(mutantOf('incoming'), ({ json }) => {
      const decoded = decodeIncoming(json)
      if (E.isLeft(decoded)) return
      const { event } = decoded.right
      const prepared = prepare(event)
      if (E.isLeft(prepared)) {
        expect(prepared.left.problem).toMatch(/well-formed Unicode|at most \d+ bytes/)
        return
      }
      const { right } = prepared
      seen[right.kind]++
      expect(storedTextOf(right)).toBe(storedOf(event))
      if (right.kind === 'personal') {
        const { personal } = event.data as { readonly personal?: unknown }
        expect(right.personal).toBe(canonicalize(personal))
      } else if (right.document !== null) {
        seen.document++
        const { document } = event.data as { readonly document?: unknown }
        expect(right.document.canonical).toBe(canonicalize(document))
      }
    }),
    { numRuns: often(3_000, 200_000) },
  )
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(10)
})

test.each([
  ['flag.raised.v1', ['signals', 'ocr.text'], 'a\ud800', 'data.signals.ocr.text', /well-formed Unicode/],
  ['flag.dismissed.v1', ['reason'], '\udc00', 'data.reason', /well-formed Unicode/],
  ['appeal.filed.v1', ['personal', 'text'], '\ud800', 'data.personal.text', /well-formed Unicode/],
  [
    'flag.raised.v1',
    ['signals', 'ocr.text'],
    'x'.repeat(16_384),
    '',
    /at most 16384 bytes; this one has 17\d\d\d/,
  ],
  [
    'flag.raised.v1',
    ['signals', 'ocr.text'],
    'é'.repeat(8_192),
    '',
    /at most 16384 bytes; this one has 17\d\d\d/,
  ],
  ['appeal.filed.v1', ['personal', 'text'], '"'.repeat(131_072), 'data.personal', /at most 262144 bytes/],
] as const)(
  'given a %s whose %j cannot be stored, then it is refused, naming the place',
  (type, at, value, path, problem) => {
    const { event } = unwrap(decodeIncoming(withValue(incoming(type), ['data', ...at], value)))
    expect(prepare(event)).toEqual(E.left({ path, problem: expect.stringMatching(problem) }))
  },
)
