import * as E from '#fp/Either'
import { decodeIncoming, decodeStored } from '../../src/domain/decode.ts'
import type { IncomingEvent, StoredEvent } from '../../src/domain/event.ts'
import { formatInstant } from '../../src/domain/time.ts'
import { canonical } from '../../src/foundation/canonical.ts'

// Histories that are legal and that nobody expects: ever more of one thing, in the shapes of an attack.

const HOUR = 3_600_000
const START = Date.UTC(2025, 3, 1)
const ruleset = { id: 'rs', version: '1' }
const automation = { detection: true, decision: 'fully' }
const decidedBy = { kind: 'rule', id: 'x' }
const person = { kind: 'human', id: 'x' }

/** So many flags or decisions are named by each of many events, in the shapes where they name many. */
const WIDE = 200

/**
 * The ruleset that the shapes name, whose flags are true; with so many signals beside the one that counts. Its window is brief, for
 * a replay lists the fallen flags of each ban: of all flags in its window.
 */
export const documentOf = (version: string, signals = 0, threshold = 0.5) => ({
  ruleset: 'rs',
  version,
  signals: { a: 'double', ...Object.fromEntries(upTo(signals, (i) => [`s${i}`, 'double'])) },
  rules: [
    {
      id: 'r1',
      category: 'spam',
      when: `signals.a > ${threshold}`,
      strikes: 1,
      strikes_expire_after: '30d',
      removes_content: true,
    },
  ],
  deactivations: [{ id: 'p1', at_least: 3, within: '3h', restriction: 'suspended' }],
})

const upTo = <A>(n: number, make: (i: number) => A): ReadonlyArray<A> =>
  Array.from({ length: n }, (_, i) => make(i))

/** What happened to whom, in the order of time. */
type Happened = readonly [type: string, account: string, data: object]

const flag = (id: string, account = 'hot', more: object = {}): Happened => [
  'flag.raised.v1',
  account,
  {
    flagId: id,
    category: 'spam',
    source: 'own_initiative',
    detector: { kind: 'rule', id: 'sc', version: '1' },
    rule: { id: 'r1' },
    ruleset,
    signals: { a: 0.9 },
    content: { id: `c${id}`, kind: 'pin' },
    ...more,
  },
]
const made = { ruleset, category: 'spam', automation, decidedBy }
const ban = (id: string, grounds: ReadonlyArray<string>, account = 'hot'): Happened => [
  'account.deactivated.v1',
  account,
  { ...made, decisionId: id, restriction: 'suspended', grounds },
]
const removal = (id: string, flagId: string, account = 'hot'): Happened => [
  'content.removed.v1',
  account,
  { ...made, decisionId: id, content: { id: `c${flagId}`, kind: 'pin' }, grounds: [flagId] },
]
/** A version of the ruleset, published. */
export const published = (version: string, signals = 0): Happened => [
  'ruleset.published.v1',
  'rs',
  {
    ruleset: { id: 'rs', version },
    effectiveFrom: '2025-01-01T00:00:00Z',
    document: documentOf(version, signals),
  },
]
const rescoring = (flagId: string): Happened => [
  'flag.rescored.v1',
  'hot',
  { flagId, detector: { kind: 'model', id: 'sc', version: '2' }, signals: { a: 0.2 } },
]
/** A flag stands briefly, for a replay lists the false flags that stand at each ban that it reverses. */
const dismissedBefore = (i: number): ReadonlyArray<Happened> =>
  i < 8 ? [] : [['flag.dismissed.v1', 'hot', { flagId: `f${i - 8}`, reviewer: person }]]
const appeal = (id: string, outcome: string, more: object = {}): ReadonlyArray<Happened> => [
  ['appeal.filed.v1', 'hot', { appealId: id, decisionId: 'd0', ...more }],
  ['appeal.decided.v1', 'hot', { appealId: id, decisionId: 'd0', outcome, reviewer: person, ...more }],
]
const ids = (letter: string, n = WIDE) => upTo(n, (i) => `${letter}${i}`)
const reinstated = (decisionIds: ReadonlyArray<string>, flagsVoided?: ReadonlyArray<string>): Happened => [
  'account.reinstated.v1',
  'hot',
  { decisionIds, reason: 'correction', ...(flagsVoided === undefined ? {} : { flagsVoided }) },
]
const first: ReadonlyArray<Happened> = [flag('f0'), ban('d0', ['f0'])]

/** What happens to one account, `n` times. */
export const ofOneAccount: Readonly<Record<string, (n: number) => ReadonlyArray<Happened>>> = {
  'flags, and one ban': (n) => [...upTo(n, (i) => flag(`f${i}`)), ban('d1', ids('f').slice(0, 5))],
  'a flag and a removal each time': (n) => upTo(n, (i) => [flag(`f${i}`), removal(`d${i}`, `f${i}`)]).flat(),
  'a flag and a ban each time, which names the last four flags': (n) =>
    upTo(n, (i) => [
      ...dismissedBefore(i),
      flag(`f${i}`),
      ban(
        `d${i}`,
        [0, 1, 2, 3].map((back) => `f${Math.max(0, i - back)}`),
      ),
    ]).flat(),
  'a flag because of the last ban, and a ban': (n) =>
    upTo(n, (i) => [
      ...dismissedBefore(i),
      flag(`f${i}`, 'hot', i === 0 ? {} : { becauseOf: [`d${i - 1}`] }),
      ban(`d${i}`, [`f${i}`]),
    ]).flat(),
  'bans that all name the same many flags': (n) => [
    ...ids('f').map((id) => flag(id)),
    ...upTo(n, (i) => ban(`d${i}`, ids('f'))),
  ],
  'reversals that all name the same many bans and flags': (n) => [
    ...ids('f').flatMap((id, i) => [flag(id), ban(`d${i}`, [id])]),
    ...upTo(n, () => reinstated(ids('d'), ids('f'))),
  ],
  'reversals of one ban that names as many flags': (n) => [
    ...ids('f', n).map((id) => flag(id)),
    ban('d0', ids('f', n)),
    ...upTo(n, () => reinstated(['d0'])),
  ],
  'rescorings of one flag, and of as many': (n) => [
    ...ids('f', n).map((id) => flag(id)),
    ban('d0', ids('f', n).slice(-3)),
    ...ids('f', n).flatMap((id) => [rescoring(id), rescoring('f0')]),
  ],
  'appeals against one ban': (n) => [...first, ...upTo(n, (i) => appeal(`a${i}`, 'upheld')).flat()],
  'appeals won against one ban that names as many flags': (n) => [
    ...ids('f', n).map((id) => flag(id)),
    ban('d0', ids('f', n)),
    ...upTo(n, (i) => appeal(`a${i}`, 'reversed')).flat(),
  ],
  'notices of one ban': (n) => [
    ...first,
    ...upTo(
      n,
      (): Happened => [
        'notice.sent.v1',
        'hot',
        { decisionId: 'd0', channel: 'email', template: { id: 't', version: '1', language: 'en' } },
      ],
    ),
  ],
  'flags and their dismissals': (n) =>
    upTo(
      n,
      (i): ReadonlyArray<Happened> => [
        flag(`f${i}`),
        ['flag.dismissed.v1', 'hot', { flagId: `f${i}`, reviewer: person }],
      ],
    ).flat(),
  'changes of one ban': (n) => [
    ...first,
    ...upTo(
      n,
      (): Happened => [
        'decision.changed.v1',
        'hot',
        { decisionId: 'd0', reason: 'correction', restriction: 'terminated' },
      ],
    ),
  ],
  'notices of users, with a flag and a removal each': (n) =>
    upTo(
      n,
      (i): ReadonlyArray<Happened> => [
        ['notice.received.v1', 'hot', { noticeId: `n${i}`, notifier: 'user', category: 'spam' }],
        flag(`f${i}`, 'hot', { source: 'user_notice', noticeId: `n${i}` }),
        removal(`d${i}`, `f${i}`),
      ],
    ).flat(),
  'orders about the content of each removal': (n) =>
    upTo(
      n,
      (i): ReadonlyArray<Happened> => [
        [
          'order.received.v1',
          'hot',
          { orderId: `o${i}`, kind: 'act', authority: 'court', content: { id: `cf${i}`, kind: 'pin' } },
        ],
        flag(`f${i}`, 'hot', { source: 'authority' }),
        removal(`d${i}`, `f${i}`),
      ],
    ).flat(),
  'orders about no content, and removals by themselves': (n) =>
    upTo(
      n,
      (i): ReadonlyArray<Happened> => [
        ['order.received.v1', 'hot', { orderId: `o${i}`, kind: 'act', authority: 'court' }],
        flag(`f${i}`),
        removal(`d${i}`, `f${i}`),
      ],
    ).flat(),
}

/** A ruleset with so many declared signals, a flag and a ban. */
export const declaring = (signals: number): ReadonlyArray<Happened> => [published('1', signals), ...first]

/** So many versions of one ruleset. */
export const versions = (n: number): ReadonlyArray<Happened> => upTo(n, (i) => published(`v${i}`))

const envelopes = (happened: ReadonlyArray<Happened>) =>
  happened.map(([type, subject, data], i) => ({
    specversion: '1.0',
    id: `e${i}`,
    source: '/s',
    type,
    subject,
    time: formatInstant(START + i * HOUR),
    data,
  }))

const right = <A>(answer: E.Either<unknown, A>): A => {
  if (E.isLeft(answer)) throw new Error(JSON.stringify(answer.left))
  return answer.right
}

/** As services publish it. */
export const incoming = (happened: ReadonlyArray<Happened>): ReadonlyArray<IncomingEvent> =>
  envelopes(happened).map((event) => right(decodeIncoming(event)).event)

/** As the ledger gives it back. */
export const stored = (happened: ReadonlyArray<Happened>): ReadonlyArray<StoredEvent> =>
  envelopes(happened).map(({ data, ...event }) => {
    const { document, ...kept } = Object(data)
    const held = document === undefined ? data : { ...kept, documentSha256: canonical(document).sha256 }
    return right(decodeStored({ ...event, recordedat: event.time, data: held }))
  })
