import { describe, expect, test } from 'vitest'
import type { IncomingEvent } from '../../src/domain/event.ts'
import type { Place } from '../../src/domain/order.ts'
import { replay } from '../../src/replay/result/replay.ts'
import { correcting, type Document, historyOf, RULESET, service } from '../replay/histories.ts'

const { published, flagged, banned, removed, reinstated, dismissed } = service

const document = (version: string, least: number, within: object = { within: '3h' }): Document => ({
  ruleset: RULESET,
  version,
  signals: { score: 'int' },
  rules: [
    { id: 'a', category: 'alpha', when: `signals.score >= ${least}`, strikes: 1, removes_content: true },
  ],
  deactivations: [{ id: 'p', at_least: 1, restriction: 'suspended', ...within }],
})
const [falls, stands] = [{ score: 6 }, { score: 9 }]
const content = (id: string) => ({ content: { id, kind: 'pin' } })
const hours = <A>(n: number, make: (hour: number) => ReadonlyArray<A>): ReadonlyArray<A> =>
  Array.from({ length: n }, (_, i) => make(2 * i + 1)).flat()

/** How often a replay looks at when something happened: each comparison in order, window or void does. */
const looks = (events: ReadonlyArray<IncomingEvent>, corrected: Document): number => {
  const correction = correcting(corrected)
  const history = historyOf(events, correction)
  let count = 0
  const counted = (thing: { readonly place: Place }): void => {
    const { place } = thing
    Object.defineProperty(thing, 'place', {
      get: () => {
        count++
        return place
      },
    })
  }
  for (const flag of history.flags.values()) counted(flag)
  for (const decision of history.decisions.values()) counted(decision)
  replay(history, correction)
  return count
}

const shapes: ReadonlyArray<readonly [string, (n: number) => ReadonlyArray<IncomingEvent>]> = [
  [
    'each flag exists because of the account’s previous ban, and all fall',
    (n) =>
      hours(n, (at) => [
        flagged('u', at, {
          flagId: `f${at}`,
          signals: falls,
          ...(at > 1 ? { becauseOf: [`d${at - 2}`] } : {}),
        }),
        banned('u', at + 1, { decisionId: `d${at}`, grounds: [`f${at}`] }),
      ]),
  ],
  [
    'the same, and only the first flag falls on its own',
    (n) =>
      hours(n, (at) => [
        flagged('u', at, {
          flagId: `f${at}`,
          signals: at > 1 ? stands : falls,
          ...(at > 1 ? { becauseOf: [`d${at - 2}`] } : {}),
        }),
        banned('u', at + 1, { decisionId: `d${at}`, grounds: [`f${at}`] }),
      ]),
  ],
  [
    'the same, alternating between two accounts',
    (n) =>
      hours(n, (at) => [
        flagged(`u${at % 4}`, at, {
          flagId: `f${at}`,
          signals: at > 1 ? stands : falls,
          ...(at > 1 ? { becauseOf: [`d${at - 2}`] } : {}),
        }),
        banned(`u${at % 4}`, at + 1, { decisionId: `d${at}`, grounds: [`f${at}`] }),
      ]),
  ],
  [
    'a chain whose first half falls and whose second half stands on its own',
    (n) =>
      hours(n, (at) => [
        flagged('u', at, { flagId: `f${at}`, signals: at < n ? falls : stands }),
        flagged('u', at, {
          flagId: `e${at}`,
          signals: falls,
          ...(at > 1 ? { becauseOf: [`d${at - 2}`] } : {}),
        }),
        banned('u', at + 1, { decisionId: `d${at}`, grounds: [`f${at}`, `e${at}`] }),
      ]),
  ],
  [
    'each ban names the grounds of the three before it',
    (n) =>
      hours(n, (at) => [
        flagged('u', at, { flagId: `f${at}`, signals: falls }),
        banned('u', at + 1, {
          decisionId: `d${at}`,
          grounds: [0, 2, 4, 6].flatMap((back) => (at > back ? [`f${at - back}`] : [])),
        }),
      ]),
  ],
  [
    'each flag has a removal, of other content',
    (n) =>
      hours(n, (at) => [
        flagged('u', at, { flagId: `f${at}`, signals: falls, ...content(`c${at}`) }),
        removed('u', at + 1, { decisionId: `d${at}`, grounds: [`f${at}`], ...content(`c${at}`) }),
      ]),
  ],
  [
    'one piece of content is repeatedly removed and restored',
    (n) =>
      hours(n, (at) => [
        flagged('u', at, { flagId: `f${at}`, signals: stands, ...content('c') }),
        removed('u', at + 1, { decisionId: `d${at}`, grounds: [`f${at}`], ...content('c') }),
        dismissed('u', at + 1, `f${at}`),
      ]),
  ],
  [
    'each ban is reversed before the next flag',
    (n) =>
      hours(n, (at) => [
        flagged('u', at, { flagId: `f${at}`, signals: falls }),
        banned('u', at, { decisionId: `d${at}`, grounds: [`f${at}`] }),
        reinstated('u', at + 1, [`d${at}`]),
      ]),
  ],
  [
    'only flags, for which nobody was banned',
    (n) => hours(n, (at) => [flagged('u', at, { flagId: `f${at}`, signals: stands })]),
  ],
  [
    'flags while bans hold, without which the account would be missed',
    (n) => [
      banned('u', 0, { decisionId: 'd0', grounds: [] }),
      ...hours(n, (at) => [flagged('u', at, { flagId: `f${at}`, signals: stands })]),
    ],
  ],
  [
    'many flags that name one early ban, and many bans that rest on it',
    (n) => [
      flagged('u', 0, { flagId: 'f0', signals: falls }),
      banned('u', 0, { decisionId: 'd0', grounds: ['f0'] }),
      ...hours(n, (at) => [
        flagged('v', at, { flagId: `f${at}`, signals: stands, becauseOf: ['d0'] }),
        banned('u', at + 1, { decisionId: `d${at}`, grounds: [`f${at}`] }),
      ]),
    ],
  ],
]

describe('given one account with more and more events', () => {
  test.each(shapes)('when %s, then a replay’s work grows with them, not with their square', (_, shape) => {
    const work = (n: number): number =>
      looks([published(document('v1', 5)), ...shape(n)], document('corrected', 8))
    const [small, large] = [work(200), work(800)]
    expect(small).toBeGreaterThan(100)
    // Four times the events: sorting takes a little more than four times the work, a product sixteen times.
    expect(large / small).toBeLessThan(5.5)
  })

  test('when flags never expire and count, then neither does that of bans over all of them', () => {
    const forEver = (n: number): number =>
      looks(
        [
          published(document('v1', 5, {})),
          ...hours(n, (at) => [
            flagged('u', at, { flagId: `f${at}`, signals: stands }),
            banned('u', at + 1, { decisionId: `d${at}`, grounds: [`f${at}`] }),
          ]),
        ],
        document('corrected', 8, {}),
      )
    expect(forEver(800) / forEver(200)).toBeLessThan(5.5)
  })
})
