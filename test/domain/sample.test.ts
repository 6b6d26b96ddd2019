import { describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { describeDecodeError } from '../../src/domain/codec.ts'
import { decodeIncoming } from '../../src/domain/decode.ts'
import { publishedDefinitionOf, publishedTypes } from '../../src/domain/event.ts'
import { sampleEvent } from '../../src/domain/sample.ts'
import { type JsonSchema, schemaOf } from '../../src/domain/schema.ts'
import { admit } from '../../src/ingest/accept/admit.ts'
import { pathsIn } from './samples.ts'

/** The paths of the fields that a schema has, of which a sample has one each; lists end a path. */
const fieldsIn = (schema: JsonSchema): ReadonlyArray<ReadonlyArray<string>> =>
  Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => [
    [name],
    ...fieldsIn(inner).map((path) => [name, ...path]),
  ])

describe.each(publishedTypes)('the sample of %s', (type) => {
  const event = sampleEvent(type)

  test('is ingested', () => {
    const decoded = decodeIncoming(event)
    expect(E.isLeft(decoded) ? decoded.left.map(describeDecodeError) : []).toEqual([])
    const admitted = admit(Buffer.from(JSON.stringify(event)), {
      now: Date.parse('2026-01-01T00:00:00Z'),
      trust: 'all',
    })
    expect(E.isLeft(admitted) ? admitted.left : null).toBeNull()
  })

  test('has every field that the type may have', () => {
    const known = fieldsIn(schemaOf(publishedDefinitionOf(type).incoming))
    const had = new Set(pathsIn(event.data).map((path) => path.join('.')))
    const missing = known.map((path) => path.join('.')).filter((path) => !had.has(path))
    // A notice is about a decision or an appeal, never both.
    expect(missing).toEqual(type === 'notice.sent.v1' ? ['appealId'] : [])
  })
})

test('the samples of all types are distinct events and can be in one file', () => {
  const identities = publishedTypes.map(sampleEvent).map(({ source, id }) => `${source} ${id}`)
  expect(new Set(identities).size).toBe(publishedTypes.length)
})
