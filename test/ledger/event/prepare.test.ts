import canonicalize from 'canonicalize'
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import * as E from '#fp/Either'
import { decodeIncoming } from '../../../src/domain/decode.ts'
import type { OwnEvent } from '../../../src/domain/event.ts'
import { RehearsalRecord } from '../../../src/domain/rehearsal.ts'
import { type Marks, prepare } from '../../../src/ledger/event/prepare.ts'
import { mutantOf } from '../../domain/mutants.ts'
import { incoming, stored, withValue } from '../../domain/samples.ts'
import { often } from '../../long/often.ts'
import { unwrap } from '../events.ts'
import { storedOf, storedTextOf } from './stored-text.ts'

// A field that is new: since version 2 of the vocabulary.
vi.mock('../../../src/domain/events/index.ts', async (original) => {
  const { definitions } = await original<typeof import('../../../src/domain/events/index.ts')>()
  const { closed } = await import('../../../src/domain/codec.ts')
  const { FlagId, Id, Line } = await import('../../../src/domain/ids.ts')
  const { Reviewer } = await import('../../../src/domain/parts.ts')
  const { since } = await import('../../../src/domain/vocabulary.ts')
  const fields = { flagId: FlagId, reviewer: Reviewer }
  const dismissed = closed('flag.dismissed', fields, { reason: since(2, Line), requestId: Id })
  return {
    definitions: definitions.map((definition) =>
      definition.type === 'flag.dismissed.v1' ? { ...definition, incoming: dismissed } : definition,
    ),
  }
})

test('given an event, when it is prepared, then it needs the vocabulary version that its content requires', () => {
  const vocabularyOf = (json: unknown): number =>
    unwrap(prepare(unwrap(decodeIncoming(json)).event)).vocabulary
  const dismissed = withValue(incoming('flag.dismissed.v1'), ['data', 'requestId'], undefined)
  expect(vocabularyOf(dismissed)).toBe(2)
  expect(vocabularyOf(withValue(dismissed, ['data', 'reason'], undefined))).toBe(1)
  const raised = incoming('flag.raised.v1')
  expect(vocabularyOf(raised)).toBe(3)
  expect(vocabularyOf(withValue(raised, ['data', 'content', 'owner'], undefined))).toBe(1)
  expect(vocabularyOf(incoming('flag.rescored.v1'))).toBe(2)
})

test('given what only Redress records, when an event is prepared with it, then it is in the stored form, which needs its version', () => {
  const rehearsal = {
    against: null,
    sequence: 4,
    rules: { b: { newOnly: 0, both: 1 }, a: { newOnly: 2, both: 0 } },
    by: 'ana',
  }
  if (!RehearsalRecord.is(rehearsal)) throw new Error('no rehearsal')
  const storedWith = (json: unknown, marks: Marks) => {
    const prepared = unwrap(prepare(unwrap(decodeIncoming(json)).event, marks))
    const text = storedTextOf(prepared)
    expect(text).toBe(canonicalize(JSON.parse(text)))
    return { needs: prepared.vocabulary, event: JSON.parse(text) }
  }
  const publication = incoming('ruleset.published.v1')
  expect(storedWith(publication, {})).toMatchObject({ needs: 1, event: { data: { ruleset: {} } } })
  expect(storedWith(publication, { rehearsal })).toMatchObject({ needs: 3, event: { data: { rehearsal } } })
  for (const type of ['flag.rescored.v1', 'appeal.filed.v1', 'ruleset.published.v1'] as const) {
    expect(storedWith(incoming(type), { backfill: true })).toMatchObject({
      needs: 3,
      event: { backfill: true },
    })
    expect(storedWith(incoming(type), { backfill: false }).event).not.toHaveProperty('backfill')
  }
})

test('given an event of our own, when it is prepared, then it is stored as it is', () => {
  const { recordedat: _, backfill: __, ...ticked } = stored('clock.ticked.v1')
  // Cast: the sample of that type.
  const prepared = unwrap(prepare(ticked as unknown as OwnEvent))
  expect(prepared).toMatchObject({ kind: 'plain', stream: 'clock', vocabulary: 3, document: null })
  expect(JSON.parse(storedTextOf(prepared))).toEqual({ ...ticked, recordedat: expect.any(String) })
})

test('given parameters of alarms, when their event is prepared with them, then they are its document', () => {
  const { recordedat: _, backfill: __, ...configured } = stored('alarm.configured.v1')
  const document = { canonical: '{"a":1}', sha256: 'cd'.repeat(32) }
  // Cast: the sample of that type.
  const prepared = unwrap(prepare(configured as unknown as OwnEvent, { document }))
  expect(prepared).toMatchObject({ kind: 'plain', stream: 'alarm-parameters', vocabulary: 4, document })
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
