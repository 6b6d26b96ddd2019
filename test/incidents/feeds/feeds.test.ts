import { describe, expect, test } from 'vitest'
import { recordParameters } from '../../../src/app/alarm/configure.ts'
import type { StoredEvent } from '../../../src/domain/event.ts'
import { defaultParameters } from '../../../src/incidents/alarm/parameters.ts'
import { AlarmNotice, alarmFeed } from '../../../src/incidents/feeds/alarms.ts'
import { AuditRequest, auditFeed } from '../../../src/incidents/feeds/audits.ts'
import { HoldState, holdFeed } from '../../../src/incidents/feeds/holds.ts'
import { RequestNotice, requestFeed, WithdrawalNotice } from '../../../src/incidents/feeds/requests.ts'
import type { KeyedMessage } from '../../../src/ingest/kafka/send-all.ts'
import type { Feed } from '../../../src/ingest/outbox/feed.ts'
import type { Ledger, SequencedEvent } from '../../../src/ledger/port.ts'
import { type DecodedEvent, readDecoded } from '../../../src/ledger/read.ts'
import { happened } from '../../domain/happenings.ts'
import { service } from '../../replay/histories.ts'
import { appendAll, unwrap, withLedger } from '../../replay/ledgers.ts'

const KEY = 'ef'.repeat(32)
const key = { ruleset: 'rules', rule: 'spam', version: 'v2' }

// Cast: no feed of these looks at more of where an event is recorded, or at the ledger.
const decodedOf = (event: StoredEvent, sequence = 1) =>
  ({ recorded: { sequence }, event }) as DecodedEvent<SequencedEvent>
const nowhere = {} as Ledger

/** What follows from events, by key; the feed is started again before each, from what it remembers. */
const told = async (
  feed: Feed,
  ledger: Ledger,
  events: ReadonlyArray<DecodedEvent<SequencedEvent>>,
): Promise<ReadonlyArray<readonly [key: string, value: unknown]>> => {
  const messages: KeyedMessage[] = []
  let state: unknown = null
  for (const event of events) {
    const fold = feed.start(ledger, state)
    messages.push(...unwrap(await fold.take(event)))
    state = JSON.parse(JSON.stringify(fold.state()))
  }
  return messages.map(({ key: of, value, headers }) => {
    const json = JSON.parse(value.toString())
    expect(headers).toEqual({ 'content-type': 'application/json', 'redress-schema': json.type })
    return [of, json] as const
  })
}

describe('given alarms', () => {
  const alarm = (alarmId: string, accounts: number, repeats?: string) =>
    decodedOf(
      happened(
        'alarm.raised.v1',
        { alarmId, accounts, key, family: 'counterfactual', repeats },
        { subject: KEY },
      ),
    )

  test('then people are told of a first one, and of a repeat when the accounts have doubled', async () => {
    const messages = await told(alarmFeed, nowhere, [alarm('a', 3), alarm('b', 5, 'a'), alarm('c', 6, 'a')])
    expect(messages).toMatchObject([
      [KEY, { alarmId: 'a', says: 'flags what the version before it would not have flagged', accounts: 3 }],
      [KEY, { alarmId: 'c', repeats: 'a' }],
    ])
    for (const [, value] of messages) expect(AlarmNotice.is(value)).toBe(true)
  })
})

describe('given a hold that is requested and lifted', () => {
  test('then both are told, by the hold; what it is about only as long as it stands', async () => {
    const messages = await told(holdFeed, nowhere, [
      decodedOf(happened('hold.requested.v1', { holdId: 'h1', key, alarmId: undefined }, { subject: 'h1' })),
      decodedOf(happened('flag.raised.v1', {})),
      decodedOf(happened('hold.lifted.v1', { holdId: 'h1', by: 'bo' }, { subject: 'h1' })),
    ])
    expect(messages).toMatchObject([
      ['h1', { holdId: 'h1', state: 'requested', by: 'ana', reason: 'it flags quilts', key }],
      ['h1', { holdId: 'h1', state: 'lifted', by: 'bo' }],
    ])
    expect(messages[1]?.[1]).not.toHaveProperty('key')
    for (const [, value] of messages) expect(HoldState.is(value)).toBe(true)
  })
})

describe('given requests, one of which is withdrawn', () => {
  test('then each is told with all that it says, by the account, in the order of the ledger', async () => {
    const content = { id: '77', kind: 'pin' }
    const asked = { requestId: 'r1', kind: 'content', content }
    const messages = await told(requestFeed, nowhere, [
      decodedOf(
        happened('reinstatement.requested.v1', { ...asked, restriction: undefined }, { subject: 'u1' }),
        7,
      ),
      decodedOf(happened('account.reinstated.v1', { requestId: 'r0' }, { subject: 'u1' }), 8),
      decodedOf(happened('reinstatement.withdrawn.v1', { requestId: 'r1' }, { subject: 'u1' }), 9),
    ])
    expect(messages).toMatchObject([
      ['u1', { ...{ account: 'u1', sequence: 7, remediationId: 'i1-1', decisionIds: ['d1'] }, ...asked }],
      ['u1', { account: 'u1', sequence: 9, requestId: 'r1' }],
    ])
    expect(RequestNotice.is(messages[0]?.[1])).toBe(true)
    expect(WithdrawalNotice.is(messages[1]?.[1])).toBe(true)
  })
})

describe('given decisions from before and after alarms were configured', () => {
  test('then reviewers are asked about those after; the others count', () =>
    withLedger(async (open) => {
      const decided = (i: number) => [
        service.flagged(`u${i}`, i, { flagId: `f-${i}` }),
        service.banned(`u${i}`, i + 1, { decisionId: `d-${i}`, grounds: [`f-${i}`] }),
      ]
      await appendAll(open, Array.from({ length: 15 }, (_, i) => decided(i)).flat())
      const by = { parameters: defaultParameters, by: 'test', clock: () => Date.UTC(2026, 0, 1) }
      unwrap(await recordParameters(open.ledger, by))
      await appendAll(open, Array.from({ length: 10 }, (_, i) => decided(20 + i)).flat())
      const events: DecodedEvent<SequencedEvent>[] = []
      for await (const page of readDecoded(open.ledger, open.ledger.readAll(null))) {
        events.push(...unwrap(page))
      }
      const messages = await told(auditFeed, open.ledger, events)
      expect(messages.map(([account]) => account)).toEqual(['u20', 'u21', 'u22', 'u23', 'u24'])
      expect(messages[0]?.[1]).toMatchObject({
        ...{ decisionId: 'd-20', account: 'u20', kind: 'deactivation', because: 'new' },
        keys: [{ rule: 'a', detector: { id: 'scanner' } }],
      })
      for (const [, value] of messages) expect(AuditRequest.is(value)).toBe(true)
    }))
})
