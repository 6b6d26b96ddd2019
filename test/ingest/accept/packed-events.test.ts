import { describe, expect, test } from 'vitest'
import { decodeIncoming } from '../../../src/domain/decode.ts'
import { publishedTypes } from '../../../src/domain/event.ts'
import { packEvents, transferable, unpackEvents } from '../../../src/ingest/accept/packed-events.ts'
import { type PreparedEvent, prepare } from '../../../src/ledger/event/prepare.ts'
import { stamping } from '../../../src/ledger/event/stamp.ts'
import { incoming } from '../../domain/samples.ts'
import { appeal, flag, publication, unwrap } from '../../ledger/events.ts'

const NOW = Date.UTC(2026, 0, 1)

const sentToAnotherThread = (events: ReadonlyArray<PreparedEvent>): ReadonlyArray<PreparedEvent> => {
  const packed = packEvents(events, NOW)
  return unpackEvents(structuredClone(packed, { transfer: [...transferable(packed)] }))
}
const stamped = (event: PreparedEvent): PreparedEvent => {
  if (event.kind !== 'plain') return event
  const stamp = stamping(NOW)(event)
  return { ...event, stamp: { ...stamp, leaf: Uint8Array.from(stamp.leaf) } }
}

describe('given prepared events', () => {
  test('when they are sent to another thread, then they arrive as they were, in their order, plain ones stamped', () => {
    const ofEachType = publishedTypes.map((type) =>
      unwrap(prepare(unwrap(decodeIncoming(incoming(type))).event)),
    )
    const events = [
      flag('e1'),
      ...ofEachType,
      appeal('e2', 'u1', 'It was a painting.'),
      publication('p1', 'v1', 1),
      flag('e3', 'u2'),
    ]
    const plain = events.filter((event) => event.kind === 'plain' && event.document === null)
    expect(plain.length).toBeGreaterThan(10)
    const arrived = sentToAnotherThread(events)
    expect(arrived).toEqual(events.map((event) => (plain.includes(event) ? stamped(event) : event)))
  })

  test('when one has characters beyond ASCII, then it arrives unstamped, and its neighbours are not affected', () => {
    const wide = { ...flag('e2'), tail: flag('e2').tail.replace('/test', '規則 \u{1f6a9}') }
    const events = [flag('e1'), wide, flag('e3')]
    expect(sentToAnotherThread(events)).toEqual([stamped(flag('e1')), wide, stamped(flag('e3'))])
  })

  test('when there are none, then none arrive', () => {
    expect(sentToAnotherThread([])).toEqual([])
  })
})
