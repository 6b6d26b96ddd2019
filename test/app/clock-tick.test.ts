import { expect, test } from 'vitest'
import { SILENCE, tickClock, tickDue } from '../../src/app/clock-tick.ts'
import { openLedger } from '../../src/ledger/open.ts'
import { flag, unwrap } from '../ledger/events.ts'
import { storedIn, useCaseFolder } from './use-case.ts'

const path = useCaseFolder()
const AT = Date.UTC(2025, 3, 1)

test('given something that is due, then time goes by then, but not within a minute of the last event', () => {
  const last = { sequence: 1, recordedAt: AT }
  expect(tickDue(null, last)).toBe(null)
  expect(tickDue(AT + 5 * SILENCE, last)).toBe(AT + 5 * SILENCE)
  expect(tickDue(AT + SILENCE - 1, last)).toBe(AT + SILENCE)
})

test('given a ledger, when two processes let time go by after the same event, then it is recorded once, at the time of the first', async () => {
  let now = AT
  const { ledger, close } = unwrap(await openLedger(path('data'), { clock: () => now }))
  const event = flag('e1')
  unwrap(await ledger.append([{ stream: event.stream, expectedRevision: 'any', events: [event] }]))
  const last = { sequence: 1, recordedAt: AT }
  for (const at of [AT + SILENCE, AT + SILENCE + 1]) {
    now = at
    unwrap(await tickClock(ledger, last))
  }
  await close()
  const [, ...ticks] = await storedIn(path('data'))
  expect(ticks).toMatchObject([
    {
      type: 'clock.ticked.v1',
      id: 'clock-1',
      subject: 'clock',
      time: '2025-04-01T00:00:00.000Z',
      recordedat: '2025-04-01T00:01:00.000Z',
      data: { sequence: 1 },
    },
  ])
})
