import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { decodeIncoming } from '../../../src/domain/decode.ts'
import type { IncomingEvent } from '../../../src/domain/event.ts'
import { type Links, linkAccounts } from '../../../src/replay/columnar/links.ts'
import { collectReplay, replay } from '../../../src/replay/result/replay.ts'
import { often } from '../../long/often.ts'
import { correctionOf } from '../corrections.ts'
import { histories, historyOf, service } from '../histories.ts'
import { unwrap } from '../ledgers.ts'
import { type HistoryViews, openHistoryViews } from './history-views.ts'

let views: HistoryViews
beforeEach(async () => {
  views = await openHistoryViews()
})
afterEach(() => views.close())

/** The groups of accounts, by number, each sorted. */
const groupsIn = async (
  events: ReadonlyArray<IncomingEvent>,
): Promise<{ readonly links: Links; readonly groups: ReadonlyArray<ReadonlyArray<string>> }> => {
  await views.take(events)
  const links = await linkAccounts(views.connection)
  const rows = await views.connection.runAndReadAll(
    'SELECT group_no, account FROM h_groups JOIN h_accounts USING (account_no) ORDER BY ALL',
  )
  const groups: string[][] = []
  for (const [group, account] of rows.getRowsJS()) {
    const members = groups[Number(group)] ?? []
    groups[Number(group)] = members
    members.push(String(account))
  }
  return { links, groups }
}

/** An event of any type, on an account. */
const on = (subject: string, type: string, data: object): IncomingEvent =>
  unwrap(
    decodeIncoming({
      specversion: '1.0',
      id: `${subject}-${type}`,
      source: '/test',
      type,
      subject,
      time: '2025-03-02T00:00:00Z',
      data,
    }),
  ).event

const reviewer = { kind: 'human', id: 'r' }
const banned = service.banned('u1', 1, { decisionId: 'd1', grounds: [] })

describe('given a decision on one account', () => {
  test.each<[string, IncomingEvent]>([
    ['another decision with its id', service.banned('u2', 2, { decisionId: 'd1' })],
    [
      'a removal with its id',
      service.removed('u2', 2, { decisionId: 'd1', content: { kind: 'pin', id: '1' } }),
    ],
    ['a change of it', on('u2', 'decision.changed.v1', { decisionId: 'd1', until: null, reason: 'order' })],
    ['an appeal against it', on('u2', 'appeal.filed.v1', { appealId: 'a1', decisionId: 'd1' })],
    [
      'the answer to an appeal',
      on('u2', 'appeal.decided.v1', { appealId: 'a1', decisionId: 'd1', outcome: 'upheld', reviewer }),
    ],
    ['a reversal of it', service.reinstated('u2', 2, ['d0', 'd1'])],
    [
      'the restoration of content',
      on('u2', 'content.restored.v1', { decisionIds: ['d1'], reason: 'appeal' }),
    ],
    ['a flag because of it', service.flagged('u2', 2, { flagId: 'f1', becauseOf: ['d0', 'd1'] })],
  ])('when another account has %s, then both are judged together', async (_what, event) => {
    const { links, groups } = await groupsIn([banned, service.flagged('u3', 1, { flagId: 'f3' }), event])
    expect(groups).toEqual([['u1', 'u2']])
    expect(links).toEqual({ groups: 1, accounts: 2 })
  })

  test.each<[string, ReadonlyArray<IncomingEvent>]>([
    [
      'flags that are not its own as grounds',
      [
        service.flagged('u1', 0, { flagId: 'f1' }),
        service.banned('u2', 2, { decisionId: 'd2', grounds: ['f1'] }),
      ],
    ],
    [
      'a dismissal of a flag that is not its own',
      [service.flagged('u1', 0, { flagId: 'f1' }), service.dismissed('u2', 2, 'f1')],
    ],
    [
      'a rescoring of a flag that is not its own',
      [service.flagged('u1', 0, { flagId: 'f1' }), service.rescored('u2', 2, 'f1', {}, '2')],
    ],
    ['an appeal with its id', [on('u2', 'appeal.filed.v1', { appealId: 'd1', decisionId: 'd2' })]],
    ['a flag with its id', [service.flagged('u2', 2, { flagId: 'd1' })]],
  ])('when another account has %s, then each is judged alone', async (_what, events) => {
    const { links, groups } = await groupsIn([banned, ...events])
    expect(groups).toEqual([])
    expect(links).toEqual({ groups: 0, accounts: 0 })
  })
})

test('a ground that exists because of decisions links its account with that of whoever rests on it', async () => {
  const { groups } = await groupsIn([
    banned,
    service.flagged('u2', 2, { flagId: 'f2', becauseOf: ['d1'] }),
    service.flagged('u4', 2, { flagId: 'f4' }),
    service.banned('u3', 3, { decisionId: 'd3', grounds: ['f2', 'f4'] }),
  ])
  expect(groups).toEqual([['u1', 'u2', 'u3']])
})

test('accounts that have one appeal, or one flag, are judged together', async () => {
  const { groups } = await groupsIn([
    on('u1', 'appeal.filed.v1', { appealId: 'a1', decisionId: 'd1' }),
    on('u2', 'appeal.decided.v1', { appealId: 'a1', decisionId: 'd2', outcome: 'upheld', reviewer }),
    service.flagged('u3', 1, { flagId: 'f1' }),
    service.flagged('u4', 1, { flagId: 'f1' }),
  ])
  expect(groups).toEqual([
    ['u1', 'u2'],
    ['u3', 'u4'],
  ])
})

test('decisions that are not recorded link accounts, and links lead on', async () => {
  const { links, groups } = await groupsIn([
    service.flagged('u5', 1, { flagId: 'f5' }),
    service.flagged('u4', 1, { flagId: 'f4', becauseOf: ['gone'] }),
    service.reinstated('u3', 2, ['gone']),
    service.reinstated('u3', 3, ['d2']),
    service.banned('u2', 1, { decisionId: 'd2', grounds: [] }),
    service.banned('u1', 1, { decisionId: 'd1', grounds: [] }),
    service.flagged('u6', 1, { flagId: 'f5' }),
  ])
  expect(groups).toEqual([
    ['u2', 'u3', 'u4'],
    ['u5', 'u6'],
  ])
  expect(links).toEqual({ groups: 2, accounts: 5 })
})

test('without accounts there are no groups', async () => {
  expect((await groupsIn([])).links).toEqual({ groups: 0, accounts: 0 })
})

test('a replay of the groups, and of each other account alone, is the replay of all', async () => {
  await fc.assert(
    fc.asyncProperty(histories, async ({ events, correction: written }) => {
      const correction = correctionOf(written)
      const { groups } = await groupsIn(events)
      const isRuleset = ({ type }: IncomingEvent): boolean => type === 'ruleset.published.v1'
      const accounts = new Set(events.filter((event) => !isRuleset(event)).map(({ subject }) => subject))
      const linked = new Set(groups.flat())
      const alone = [...accounts].filter((account) => !linked.has(account)).map((account) => [account])

      const whole = historyOf(events, correction)
      const parts = collectReplay(correction, { from: null, to: null })
      for (const members of [...groups, ...alone]) {
        const own = events.filter((event) => isRuleset(event) || members.includes(event.subject))
        parts.add({ ...historyOf(own, correction), end: whole.end })
      }
      expect(parts.finish(whole).digest).toBe(replay(whole, correction).digest)
    }),
    { numRuns: often(60, 600), endOnFailure: true },
  )
})
