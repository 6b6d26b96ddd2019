import * as t from 'io-ts'
import { closed, listOf, oneOf } from '../../src/domain/codec.ts'
import { defineEvent } from '../../src/domain/definition/event-definition.ts'
import { Id } from '../../src/domain/ids.ts'
import { Detector, Signals } from '../../src/domain/parts.ts'
import { described } from '../../src/domain/schema.ts'
import { Timestamp } from '../../src/domain/time.ts'

const number = described(new t.Type<number>('a number', t.number.is, t.number.validate, t.identity), () => ({
  type: 'number',
}))

const data = closed(
  'content.screened',
  { detector: Detector, signals: Signals },
  {
    shadow: t.boolean,
    score: number,
    labels: listOf(Id, 'a list of labels'),
    seenAt: Timestamp,
    outlook: oneOf('clean', 'unsure'),
    frame: closed('a frame', { name: Id }, { index: number }),
  },
)

/** A second type of evidence, with a field of every kind that a column can hold. */
export const contentScreened = defineEvent({
  type: 'content.screened.v1',
  since: 1,
  says: 'A detector looked at content in the background.',
  fields: {},
  incoming: data,
  stored: data,
  rank: 1,
  stream: 'evidence',
  onlyInforms: false,
  names: null,
  columns: {},
  story: () => ({ headline: 'screened', details: [] }),
  sample: {
    detector: { kind: 'model', id: 'screener', version: '1' },
    signals: { score: 0.5 },
    shadow: true,
    score: 0.25,
    labels: ['one', 'two'],
    seenAt: '2025-04-28T23:00:00.123+02:00',
    outlook: 'unsure',
    frame: { name: 'first', index: 3 },
  },
})
