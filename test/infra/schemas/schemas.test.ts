import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { generatedFiles } from '../../../infra/schemas/generator/files.ts'
import type { DecodeError } from '../../../src/domain/codec.ts'
import { decodeIncoming } from '../../../src/domain/decode.ts'
import { type EventType, publishedTypes } from '../../../src/domain/event.ts'
import { incoming, pathsIn, samples, withValue } from '../../domain/samples.ts'
import { extended, holdersIn, replaced, without } from './edits.ts'
import { mutant, timed } from './mutants.ts'
import { names, probes, valueAt } from './probes.ts'
import { acceptedAs, schemaAccepts } from './validators.ts'

const folder = join(import.meta.dirname, '../../../infra/schemas')

describe('the files', () => {
  test.each([...generatedFiles()])('%s is what the codecs generate', (name, text) => {
    expect(readFileSync(join(folder, name), 'utf8'), 'not up to date: npm run schemas').toBe(text)
  })

  test('there is no file that the codecs do not generate', () => {
    const found = readdirSync(folder).filter((name) => /\.(?:json|yaml)$/.test(name))
    expect(found.sort()).toEqual([...generatedFiles().keys()].sort())
  })
})

/** What a schema can't say, by what is wrong in the eyes of the codec. */
const exceptions: Readonly<Record<string, (json: unknown, problem: DecodeError) => boolean>> = {
  'the subject of a published ruleset is its id': (_, { path, problem }) =>
    path === 'subject' && problem.includes('data.ruleset.id'),
  'no offset leads before year 0 or beyond year 9999': (json, { path }) => {
    const time = valueAt(json, path.split('.'))
    return typeof time === 'string' && /^0000-01-01.*\+..:..$|^9999-12-31.*-..:..$/.test(time)
  },
}
const isException = (json: unknown, problem: DecodeError): boolean =>
  Object.values(exceptions).some((covers) => covers(json, problem))

/** Which of both accepts, or what they must not differ in. */
type Verdict = 'both' | 'neither' | 'schema' | { readonly differ: unknown; readonly json: unknown }
const compared = (json: unknown): Verdict => {
  const decoded = decodeIncoming(json)
  const accepts = schemaAccepts(json)
  if (E.isRight(decoded)) return accepts ? 'both' : { differ: 'the schema refuses it', json }
  if (!accepts) return 'neither'
  const unexplained = decoded.left.filter((problem) => !isException(json, problem))
  return unexplained.length === 0 ? 'schema' : { differ: unexplained, json }
}

/** How often what was the answer; fails where the two differ. */
const tally = (events: Iterable<unknown>) => {
  const seen = { both: 0, neither: 0, schema: 0 }
  for (const event of events) {
    const verdict = compared(event)
    if (typeof verdict === 'object') expect.fail(JSON.stringify(verdict))
    seen[verdict]++
  }
  return seen
}

/** An event with every field that it may have; two where it has the one or the other. */
const wholes = (type: EventType): ReadonlyArray<Readonly<Record<string, unknown>>> => {
  const whole = incoming(type)
  if (type !== 'notice.sent.v1') return [whole]
  const { decisionId: _, ...data } = samples[type].data
  return [whole, { ...whole, data: { ...data, appealId: 'a1' } }]
}

describe.each(publishedTypes)('%s', (type) => {
  const whole = incoming(type)

  test('given every field that it may have, its schema accepts it, and no other does', () => {
    for (const event of wholes(type)) {
      expect(publishedTypes.filter((other) => acceptedAs(other, event))).toEqual([type])
    }
  })

  test.each([undefined, 'another', `${type}.v2`, 1])('given the type %j, its schema refuses it', (value) => {
    expect(acceptedAs(type, withValue(whole, ['type'], value))).toBe(false)
  })

  test.each([null, 'text', 1, true, []])('its schema does not accept %j as an event', (json) => {
    expect(acceptedAs(type, json)).toBe(false)
  })

  test('given any optional field left out, its schema accepts it', () => {
    for (const path of samples[type].optional) {
      expect(schemaAccepts(withValue(whole, ['data', ...path.split('.')], undefined)), path).toBe(true)
    }
  })

  test('given something else in any one place, or nothing, its schema agrees with its codec', () => {
    const seen = tally(
      wholes(type).flatMap((event) =>
        pathsIn(event).flatMap((path) => [
          without(event, path),
          ...probes.map((probe) => replaced(event, path, probe)),
        ]),
      ),
    )
    expect(Math.min(seen.both, seen.neither)).toBeGreaterThan(1_000)
  })

  test('given one more field in any one place, its schema agrees with its codec', () => {
    const seen = tally(
      wholes(type).flatMap((event) =>
        holdersIn(event).flatMap((path) =>
          names.flatMap((name) => ['f1', 1].map((value) => extended(event, path, name, value))),
        ),
      ),
    )
    expect(Math.min(seen.both, seen.neither)).toBeGreaterThan(50)
  })
})

test('given any event of the vectors, its schema accepts it', () => {
  const vectors = join(import.meta.dirname, '../../vectors')
  const lines = readdirSync(vectors).flatMap((name) =>
    readFileSync(join(vectors, name, 'events.ndjson'), 'utf8')
      .trim()
      .split('\n'),
  )
  expect(lines.length).toBeGreaterThan(100)
  for (const line of lines) expect(schemaAccepts(JSON.parse(line)), line).toBe(true)
})

describe('schema and codec always agree', () => {
  const tallied = (json: fc.Arbitrary<unknown>, numRuns: number) => {
    const seen = { both: 0, neither: 0, schema: 0 }
    const property = fc.property(json, (event) => {
      const verdict = compared(event)
      expect(verdict).toBeTypeOf('string')
      if (typeof verdict === 'string') seen[verdict]++
    })
    fc.assert(property, { numRuns })
    return seen
  }

  test('for events changed in several places', () => {
    const seen = tallied(mutant, 20_000)
    // The property says something only if it met both.
    expect(Math.min(seen.both, seen.neither)).toBeGreaterThan(2_000)
  })

  test('for times of all kinds', () => {
    const seen = tallied(timed, 10_000)
    expect(Math.min(seen.both, seen.neither)).toBeGreaterThan(500)
  })

  test('for any JSON at all', () => {
    expect(tallied(fc.jsonValue(), 1_000)).toEqual({ both: 0, neither: 1_000, schema: 0 })
  })
})

describe('what a schema cannot check', () => {
  test.each<[string, EventType, string, string]>([
    ['that the subject is the ruleset', 'ruleset.published.v1', 'subject', 'another'],
    ['that a time is in year 0 at the earliest', 'flag.raised.v1', 'time', '0000-01-01T00:00:00+00:01'],
    ['that a time is in year 9999 at the latest', 'flag.raised.v1', 'time', '9999-12-31T23:59:59-00:01'],
  ])('%s', (_what, type, field, value) => {
    expect(compared(withValue(incoming(type), [field], value))).toBe('schema')
  })
})
