import { expect, test } from 'vitest'
import { ingestedJson } from '../../../src/app/ingest/ingested-json.ts'
import { emptyTally } from '../../../src/app/ingest/tally.ts'

test('given what was ingested, when it is converted to JSON, then counts by name are objects', () => {
  const rejection = { code: 'conflict', path: '', message: 'differs' } as const
  const tally = {
    ...emptyTally(),
    ...{ accepted: 3, duplicate: 2, rejected: 1, resolved: 4 },
    reasons: new Map([['conflict', 1] as const]),
    dropped: new Map([['traceparent', 6]]),
    firstRefused: [{ origin: 'a:7', rejection }],
  }
  expect(JSON.stringify(ingestedJson({ name: 'a', tally, lastLine: 7, failure: null }))).toBe(
    '{"file":"a","lines":6,"accepted":3,"duplicate":2,"rejected":1,"reasons":{"conflict":1},' +
      '"droppedExtensions":{"traceparent":6},"rehearsalsRemoved":0,"damagedStreams":[],"deadLettersResolved":4,' +
      '"firstRejections":[{"origin":"a:7","code":"conflict","path":"","message":"differs"}],"lastLine":7}',
  )
})
