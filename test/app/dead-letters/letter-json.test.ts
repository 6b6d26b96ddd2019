import { describe, expect, test } from 'vitest'
import { shownLetterJson } from '../../../src/app/dead-letters/letter-json.ts'
import { resubmittedJson } from '../../../src/app/dead-letters/resubmitted-json.ts'
import type { DeadLetter } from '../../../src/ingest/dead-letters/letter.ts'

describe('given a dead letter', () => {
  const letter: DeadLetter = {
    ...{ hash: 'ab', code: 'not_json', path: '', message: 'not JSON', length: 2, truncated: false },
    ...{ sightings: 1, firstSeen: 0, lastSeen: 1_000, lastOrigin: 'a:1', resolved: null, erasedAt: 2_000 },
  }

  test('when it is converted to JSON, then times are texts, and bytes are base64 if they can be read', () => {
    expect(shownLetterJson(letter, { kind: 'open', bytes: Buffer.from('no') })).toMatchObject({
      ...{ firstSeen: '1970-01-01T00:00:00.000Z', lastSeen: '1970-01-01T00:00:01.000Z' },
      ...{ erasedAt: '1970-01-01T00:00:02.000Z', body: 'open', rawBase64: 'bm8=' },
    })
    expect(shownLetterJson(letter, { kind: 'locked' })).toMatchObject({ body: 'locked', rawBase64: null })
  })
})

test('given letters that were tried again, when that is converted to JSON, then each outcome is counted', () => {
  const outcomes = [
    { kind: 'accepted', hash: 'a', id: 'e1', source: 's' },
    { kind: 'accepted', hash: 'b', id: 'e2', source: 's' },
    { kind: 'duplicate', hash: 'c', id: 'e3', source: 's' },
  ] as const
  expect(resubmittedJson({ outcomes, locked: ['d'] })).toEqual({
    ...{ accepted: 2, duplicate: 1, refused: 0, locked: ['d'], outcomes },
  })
})
