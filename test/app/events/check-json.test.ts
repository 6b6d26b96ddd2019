import { expect, test } from 'vitest'
import { eventsCheckJson } from '../../../src/app/events/check-json.ts'
import { emptyTally } from '../../../src/app/ingest/tally.ts'

test('given a check, when it is converted to JSON, then it has nothing that only a ledger can have', () => {
  const tally = { ...emptyTally(), accepted: 2 }
  expect(JSON.stringify(eventsCheckJson({ names: ['a', 'b'], tally, failure: null }))).toBe(
    '{"files":["a","b"],"lines":2,"accepted":2,"duplicate":0,"rejected":0,"reasons":{},"droppedExtensions":{},"rehearsalsRemoved":0,"firstRejections":[]}',
  )
})
