import { describe, expect, test } from 'vitest'
import { consumedJson } from '../../src/app/consume-json.ts'
import { emptyTally } from '../../src/app/ingest/tally.ts'

describe('given what was consumed from a topic', () => {
  const tally = { ...emptyTally(), accepted: 2, rejected: 1 }
  const consumed = { tally, lag: 5, losses: ['one was deleted'], statesSent: 2, failure: null }
  const topic = { topic: 't', group: 'g', accountsTopic: null }

  test('when it is converted to JSON, then messages are counted, and states of accounts only if they were sent', () => {
    expect(JSON.stringify(consumedJson(consumed, topic))).toBe(
      '{"topic":"t","group":"g","messages":3,"accepted":2,"duplicate":0,"rejected":1,"reasons":{},"droppedExtensions":{},"rehearsalsRemoved":0,' +
        '"damagedStreams":[],"deadLettersResolved":0,"firstRejections":[],"lag":5,"losses":["one was deleted"]}',
    )
    expect(consumedJson(consumed, { ...topic, accountsTopic: 'states' })).toMatchObject({
      accountsTopic: 'states',
      statesSent: 2,
    })
  })
})
