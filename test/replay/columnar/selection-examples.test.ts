import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import type { IncomingEvent } from '../../../src/domain/event.ts'
import { signalSql } from '../../../src/projection/events/signals.ts'
import { selectTouched } from '../../../src/replay/columnar/selection.ts'
import type { Correction } from '../../../src/replay/correction/correction.ts'
import { correctionOf, type WithdrawalDocument } from '../corrections.ts'
import { correcting, type Document, historyOf, RULESET, service } from '../histories.ts'
import { unwrap } from '../ledgers.ts'
import { type HistoryViews, openHistoryViews } from './history-views.ts'
import { selectedAccounts } from './selected-accounts.ts'

let views: HistoryViews
beforeAll(async () => {
  views = await openHistoryViews()
})
afterAll(() => views.close())

const a = { id: 'a', category: 'alpha', when: 'signals.score >= 5', strikes: 2, removes_content: true }
const b = { id: 'b', category: 'beta', when: 'signals.score >= 8', strikes: 1 }
const few = { id: 'few', at_least: 3, restriction: 'suspended' }
const v1: Document = {
  ruleset: RULESET,
  version: 'v1',
  signals: { score: 'int', drawn: 'bool' },
  rules: [a, b],
  deactivations: [few],
}
const corrected = (changes: Partial<Document>): Document => ({ ...v1, version: 'corrected', ...changes })
const person = { kind: 'human', id: 'r', version: '1' }
const byPerson = { decidedBy: { kind: 'human', id: 'r' } }
const lost = { ruleset: { id: RULESET, version: 'v0' } }
const elsewhere = { ruleset: { id: 'other', version: 'v1' } }

const flagged = (account: string, fields: object, hour = 10): IncomingEvent =>
  service.flagged(account, hour, { flagId: `f-${account}-${hour}`, ...fields })
const banned = (account: string, fields: object, hour = 20): IncomingEvent =>
  service.banned(account, hour, { decisionId: `d-${account}`, ...fields })

/** Each account has one thing that a correction may judge differently, by its name. */
const events: ReadonlyArray<IncomingEvent> = [
  service.published(v1),
  flagged('low', { signals: { score: 4 } }),
  flagged('high', { signals: { score: 9 } }),
  flagged('fraction', { signals: { score: 5.5 } }),
  flagged('reviewed', { detector: person, signals: { score: 4 } }),
  flagged('by-b', { rule: { id: 'b' }, signals: { score: 9 } }),
  flagged('unversioned', { ruleset: undefined, signals: { score: 4 } }),
  flagged('no-rule', { rule: undefined }),
  flagged('other-ruleset', elsewhere),
  banned('banned', {}),
  banned('banned-by-hand', byPerson),
  service.removed('removed', 20, { decisionId: 'd-removed', content: { id: '1', kind: 'pin' } }),
  flagged('evader', { rule: { id: 'b' }, becauseOf: ['d-banned'], signals: { score: 9 } }),
  service.evaluated('seen-low', 10, { score: 4 }),
  service.evaluated('seen-low-again', 10, { score: 4 }),
  service.evaluated('seen-low-again', 11, { score: 4 }),
  service.evaluated('seen-high', 10, { score: 9 }),
  // What the rules as they were cannot judge is always selected.
  flagged('lost', { ...lost, signals: { score: 9 } }),
  flagged('lost-document', { ruleset: { id: RULESET, version: 'v1', sha256: 'f'.repeat(64) } }),
  flagged('lost-but-elsewhere', { ...elsewhere, rule: { id: 'gone' } }),
  flagged('gone', { rule: { id: 'gone' } }),
  flagged('gone-but-reviewed', { rule: { id: 'gone' }, detector: person }),
  banned('banned-under-lost', lost),
  banned('banned-by-hand-under-lost', { ...lost, ...byPerson }),
  banned('banned-early', { ruleset: undefined }, -5),
  ...[-7, -6, -5].map((hour) => service.evaluated('seen-early', hour, { score: 9 })),
  flagged('missed-early', { signals: { score: 9 } }, -6),
  flagged('missed-early', { signals: { score: 9 } }, -5),
  flagged('too-little-early', { signals: { score: 9 } }, -5),
]
const always = [
  ...['banned-by-hand-under-lost', 'banned-early', 'banned-under-lost', 'gone', 'lost'],
  ...['lost-document', 'missed-early', 'seen-early'],
]
/** Flags of rule a, of v1 or of no version. */
const byA = ['fraction', 'high', 'low', 'reviewed', 'too-little-early', 'unversioned']

const selected = async (correction: Correction): Promise<ReadonlyArray<string>> =>
  [...(await selectedAccounts(views, events, correction)).accounts].sort()

describe('given accounts with one thing each, when the corrected ruleset', () => {
  test.each<[string, Partial<Document>, ReadonlyArray<string>]>([
    ['is what was in force, then only what that cannot judge', {}, []],
    ['calls its policies otherwise, then no others', { deactivations: [{ ...few, id: 'strikes' }] }, []],
    [
      'has another threshold, then what it is true or false of since then',
      { rules: [{ ...a, when: 'signals.score >= 3' }, b] },
      ['low', 'seen-low-again', 'unversioned'],
    ],
    [
      'declares another type, then what is known or unknown since then',
      {
        signals: { ...v1.signals, score: 'double' },
        rules: [{ ...a, when: 'signals.score >= 5.0' }, b].map((rule) => ({
          ...rule,
          when: rule.when.replace('8', '8.0'),
        })),
      },
      ['fraction'],
    ],
    [
      'has other strikes, then all that a rule found, also by hand',
      { rules: [{ ...a, strikes: 3 }, b] },
      [...byA, 'seen-high'],
    ],
    [
      'lets strikes expire, then those too',
      { rules: [{ ...a, strikes_expire_after: '9d' }, b] },
      [...byA, 'seen-high'],
    ],
    [
      'has another category, then those too',
      { rules: [{ ...a, category: 'gamma' }, b] },
      [...byA, 'seen-high'],
    ],
    [
      'no longer removes content, then flags, but no evidence',
      { rules: [{ ...a, removes_content: false }, b] },
      byA,
    ],
    ['lacks a rule, then all that it found', { rules: [b] }, [...byA, 'seen-high']],
    [
      'has a rule more, then its evidence',
      { rules: [a, b, { ...b, id: 'c', when: 'signals.score == 4', strikes: 2 }] },
      ['seen-low-again'],
    ],
    [
      'has renamed a rule, then evidence on which it fires',
      { rules: [{ ...a, id: 'a2', replaces: ['a'] }, b] },
      ['seen-high'],
    ],
    ['has its rules in another order, then evidence on which one fires', { rules: [b, a] }, ['seen-high']],
    [
      'deactivates sooner, then deactivations by rule, with who evaded them, and whom that may have missed',
      { deactivations: [{ ...few, at_least: 2 }] },
      [...byA, 'banned', 'evader', 'seen-high'],
    ],
    [
      'has another window, then the same without those who have too little',
      { deactivations: [{ ...few, within: '5d' }] },
      ['banned', 'evader', 'seen-high'],
    ],
    [
      'deactivates later, then the same without those who have too little',
      { deactivations: [{ ...few, at_least: 4 }] },
      ['banned', 'evader', 'seen-high'],
    ],
  ])('%s are selected', async (_what, changes, expected) => {
    expect(await selected(correcting(corrected(changes)))).toEqual([...always, ...expected].sort())
  })
})

describe('given rules that were right, when evidence is withdrawn', () => {
  const flags = [
    'by-b',
    'evader',
    'fraction',
    'gone',
    'gone-but-reviewed',
    'high',
    'lost',
    'lost-but-elsewhere',
  ]
  const moreFlags = ['lost-document', 'low', 'missed-early', 'no-rule', 'other-ruleset', 'reviewed']
  const all = [...flags, ...moreFlags, 'too-little-early', 'unversioned', 'banned']
  test.each<[string, ReadonlyArray<Omit<WithdrawalDocument, 'id'>>, ReadonlyArray<string>]>([
    ['not at all, then no accounts', [], []],
    [
      'by its detector, then its flags',
      [{ where: 'detector.kind == "human"' }],
      ['gone-but-reviewed', 'reviewed'],
    ],
    ['by a signal, then also where it was not recorded', [{ where: 'signals.drawn' }], all],
    [
      'in a window, then what is in it',
      [{ where: 'detector.id == "scanner"', to: '2025-02-28T19:00:00Z' }],
      ['missed-early'],
    ],
    [
      'by a list, then the flags that are recorded',
      [{ flags: ['f-low-10', 'f-by-b-10', 'f-none'] }],
      ['by-b', 'low'],
    ],
  ])('%s are selected', async (_what, withdrawals, expected) => {
    const correction = correctionOf({
      correction: 'withdrawn',
      ruleset: { id: RULESET },
      signals: { drawn: 'bool' },
      withdrawals: withdrawals.map((each, n) => ({ id: `w${n}`, ...each })),
    })
    expect(await selected(correction)).toEqual([...expected].sort())
  })
})

test.each([
  ['use', ['low']],
  ['ignore', []],
] as const)('when rescorings are to %s, then accounts with one are %j', async (rescored, expected) => {
  const rescoring = service.rescored('low', 99, 'f-low-10', { score: 9 }, '2')
  const correction = correctionOf({ correction: 'again', ruleset: { id: RULESET }, rescored })
  const { accounts } = await selectedAccounts(views, [...events, rescoring], correction)
  expect([...accounts]).toEqual(expected)
})

test('when a rule was renamed between flag and evidence about the same content, then the account is selected', async () => {
  const renamed = { ...v1, version: 'v2', rules: [{ ...a, id: 'a2', replaces: ['a'] }, b] }
  const content = { id: '1', kind: 'pin' }
  const history = [
    service.published(v1),
    service.published(renamed, 100),
    ...['both', 'evidence', 'flag', 'low'].flatMap((account) => [
      ...(account === 'evidence' ? [] : [flagged(account, { content, signals: { score: 9 } })]),
      ...(account === 'flag' ? [] : [service.evaluated(account, 150, { score: account === 'low' ? 4 : 9 })]),
    ]),
    flagged('elsewhere', { content: { ...content, id: '2' }, signals: { score: 9 } }),
    service.evaluated('elsewhere', 150, { score: 9 }),
  ]
  const { accounts, steps } = await selectedAccounts(
    views,
    history,
    correcting({ ...renamed, version: 'v3' }),
  )
  expect([...accounts]).toEqual(['both'])
  expect(steps.map(({ what, accounts: added }) => [what, added])).toEqual([
    ['enough strikes, and a flag of a renamed rule with evidence on which it fires', 1],
    ['accounts linked with those', 0],
  ])
})

test('a condition that is written alike is another one if a signal has another type', async () => {
  const written = { ...v1, rules: [{ ...a, when: 'has(signals.score)' }] }
  const history = [service.published(written), ...events.slice(1, 4)]
  const double = { ...written, version: 'v2', signals: { score: 'double' } }
  const { accounts } = await selectedAccounts(views, history, correcting(double))
  expect([...accounts]).toEqual(['fraction'])
})

test('a flag that names no ruleset is compared under every version', async () => {
  const next = { ...v1, version: 'v2', rules: [{ ...a, when: 'signals.score >= 3' }, b] }
  const history = [
    service.published(v1),
    service.published(next, 100),
    flagged('before', { ruleset: undefined, signals: { score: 4 } }),
    flagged('after', { ruleset: undefined, signals: { score: 4 } }, 110),
    flagged('either', { ruleset: undefined, signals: { score: 9 } }),
    flagged('versioned', { ruleset: { id: RULESET, version: 'v2' }, signals: { score: 4 } }),
  ]
  for (const document of [v1, next]) {
    const { accounts } = await selectedAccounts(views, history, correcting({ ...document, version: 'v3' }))
    const versioned = document === v1 ? ['versioned'] : []
    expect([...accounts].sort()).toEqual(['after', 'before', ...versioned])
  }
})

test('when there are too many conditions to compare, then all accounts are selected', async () => {
  const rules = Array.from({ length: 500 }, (_, n) => ({ ...b, id: `r${n}`, when: `signals.score > ${n}` }))
  const { accounts, steps } = await selectedAccounts(views, events, correcting(corrected({ rules })))
  expect(accounts).toEqual(new Set(events.slice(1).map(({ subject }) => subject)))
  expect(steps.map(({ what }) => what)).toEqual([
    'everything: there are too many conditions to compare',
    'accounts linked with those',
  ])
})

test('each step says how many accounts it adds', async () => {
  const correction = correcting(corrected({ deactivations: [{ ...few, at_least: 2 }] }))
  const { steps, accounts } = await selectedAccounts(views, events, correction)
  expect(steps.reduce((sum, step) => sum + step.accounts, 0)).toBe(accounts.size)
  expect(steps.at(-1)).toMatchObject({ what: 'accounts linked with those', accounts: 1 })
})

test('a condition that cannot be written in SQL is reported', async () => {
  const correction = correctionOf({
    correction: 'c',
    ruleset: { id: RULESET },
    withdrawals: [{ id: 'w', where: 'detector.id == "scanner"' }],
  })
  const withdrawals = correction.withdrawals.map((withdrawal) => ({
    ...withdrawal,
    of: withdrawal.of.kind === 'where' ? { ...withdrawal.of, when: 'signals.unknown' } : withdrawal.of,
  }))
  const answer = await selectTouched(views.connection, {
    corrections: [{ ...correction, withdrawals }],
    versions: historyOf(events, correction).versions,
    signal: signalSql([]),
  })
  expect(E.isLeft(answer) && answer.left).toMatchObject({ kind: 'not_in_sql', of: 'withdrawal w' })
  expect(() => unwrap(answer)).toThrow('unknown')
})
