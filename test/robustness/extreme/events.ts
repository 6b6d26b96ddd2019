import fc from 'fast-check'
import * as E from '#fp/Either'
import { decodeIncoming } from '../../../src/domain/decode.ts'
import { type PublishedType, publishedTypes } from '../../../src/domain/event.ts'
import { parseInstant } from '../../../src/domain/time.ts'
import { canonical } from '../../../src/foundation/canonical.ts'
import { parseJson } from '../../../src/ingest/accept/json.ts'
import { prepare } from '../../../src/ledger/event/prepare.ts'
import { consistent, type Json, type Leaf, leavesOf, valueAt, whole, withValue } from '../hostile/fields.ts'
import { type Account, linked, ORDER } from '../hostile/story.ts'
import { extremes } from './values.ts'

/** A ruleset whose numbers and durations are as large, and as small, as they may be. */
export const documentOf = (id: string, version: string, when = 'signals.free != "y"'): Json => ({
  ruleset: id,
  version,
  signals: { free: 'string', Free: 'double', ['y'.repeat(200)]: 'int' },
  rules: [
    {
      ...{ id: 'r1', category: 'spam', when, strikes: 1_000_000_000, strikes_expire_after: '100000d' },
      removes_content: true,
    },
    { id: 'r2', category: 'x'.repeat(200), when, strikes: 0, strikes_expire_after: '1s' },
    { id: 'y'.repeat(200), category: 'spam', when: 'has(signals.Free) && signals.Free > 1e308', strikes: 1 },
  ],
  deactivations: [
    { id: 'p1', at_least: 1_000_000_000, within: '100000d', restriction: 'suspended' },
    { id: 'p2', at_least: 1, within: '1s', categories: ['spam'], restriction: 'terminated' },
  ],
})

const PUBLISHED: PublishedType = 'ruleset.published.v1'
const { sha256 } = canonical(documentOf('x1', 'x1'))
const NOW = Date.now()

/** Whether `ingest` takes an event: as JSON, by its codec, no longer than may be stored, and at a time that has come. */
const isAccepted = (event: unknown): boolean => {
  const parsed = parseJson(Buffer.from(JSON.stringify(event)))
  const read = E.isRight(parsed) ? decodeIncoming(parsed.right) : parsed
  const prepared = E.isRight(read) ? prepare(read.right.event) : read
  return E.isRight(prepared) && (parseInstant(String(Object(event).time)) ?? NOW) <= NOW
}

const namesOf = (i: number): Account => ({ account: `u${i}`, removal: `r${i}`, deactivation: `d${i}` })

/** A valid event of a type with every field, that speaks of the `i`-th account's flag, decisions and appeal. */
const plain = (type: PublishedType, i: number, names: Account): unknown =>
  type === PUBLISHED
    ? whole(type, documentOf)
    : leavesOf(whole(type, documentOf)).reduce<unknown>(
        (event, leaf) => {
          const id = leaf.isName ? undefined : linked(type, leaf.path, i, names, sha256)
          return id === undefined ? event : withValue(event, leaf, id)
        },
        { ...whole(type, documentOf), subject: names.account },
      )

/** A place in the events of a type: one value, a name, an object or a list; with the extreme values that it takes. */
type Place = {
  readonly leaf: Leaf
  /** `undefined` among them: the field may be missing. */
  readonly values: ReadonlyArray<unknown>
}

/** Objects and lists in an event, each of which may be another one. */
const partsOf = (value: unknown, path: ReadonlyArray<string> = []): ReadonlyArray<Leaf> =>
  Object.entries(Object(value)).flatMap(([name, inner]) =>
    name === 'document' || typeof inner !== 'object'
      ? []
      : [{ path: [...path, name], isName: false }, ...partsOf(inner, [...path, name])],
  )

const placesOf = (type: PublishedType): ReadonlyArray<Place> => {
  const event = plain(type, 0, namesOf(0))
  return [...leavesOf(event), ...partsOf(event)]
    .map((leaf) => ({
      leaf,
      values: [...extremes, undefined].filter(
        (value) =>
          (!leaf.isName || typeof value === 'string') &&
          isAccepted(consistent(withValue(event, leaf, value), documentOf)),
      ),
    }))
    .filter(({ values }) => values.length > 0)
}

/** Every place of every type that takes an extreme value. */
export const places: ReadonlyMap<PublishedType, ReadonlyArray<Place>> = new Map(
  publishedTypes.map((type) => [type, placesOf(type)]),
)

export type Extremes = {
  readonly lines: ReadonlyArray<string>
  /** The accounts that something was done to. */
  readonly accounts: ReadonlyArray<string>
}

/** Each extreme value alone in each place that takes it; the events of one place are of one account. */
export const oneByOne = (): Extremes => {
  const lines: string[] = []
  const accounts: string[] = []
  for (const [type, each] of places) {
    for (const [k, { leaf, values }] of each.entries()) {
      const account = `${type}-${k}`
      for (const value of values) {
        const n = lines.length
        const event = Object(plain(type, n, { ...namesOf(n), account }))
        const changed = withValue({ ...event, id: `${n}` }, leaf, value)
        lines.push(JSON.stringify(withSubject(consistent(changed, documentOf))))
      }
      // What was looked at without a finding is not told of an account, and rulesets are not about one.
      if (type !== PUBLISHED && type !== 'content.evaluated.v1' && leaf.path[0] !== 'subject')
        accounts.push(account)
    }
  }
  return { lines, accounts }
}

/** A ruleset's event is about that ruleset. */
const withSubject = (event: unknown): unknown => {
  const { type, data } = Object(event)
  return type === PUBLISHED ? { ...Object(event), subject: data.ruleset.id } : event
}

/** What happens to one account: types of events, each with extreme values for places of it. */
type Story = ReadonlyArray<readonly [PublishedType, ReadonlyArray<readonly [Leaf, unknown]>]>

/** Any part of what can happen to an account, with extreme values in any places at once. */
export const storyArbitrary: fc.Arbitrary<Story> = fc
  .subarray([...places], { minLength: 4 })
  .filter((types) => types.some(([type]) => DECISIONS.has(type)))
  .chain((types) =>
    fc.tuple(
      ...types
        .filter(([type]) => type !== PUBLISHED)
        .map(([type, all]) => {
          const free = all.filter(({ leaf }) => !isFixed(type, leaf))
          const chosen = fc
            .subarray(free)
            .chain((some) =>
              fc.tuple(
                ...some.map(({ leaf, values }) =>
                  fc.constantFrom(...values).map((value): readonly [Leaf, unknown] => [leaf, value]),
                ),
              ),
            )
          return chosen.map((changes) => [type, changes] as const)
        }),
    ),
  )

const DECISIONS: ReadonlySet<PublishedType> = new Set<PublishedType>([
  'content.removed.v1',
  'account.deactivated.v1',
])

/** What makes the events of a story speak of the same things. */
const isFixed = (type: PublishedType, { path, isName }: Leaf): boolean =>
  isName ||
  /^(?:id|source|subject|type)$/.test(path.join('.')) ||
  (path.at(-1) !== 'createdAt' && linked(type, path, 0, namesOf(0), sha256) !== undefined)

/** The events of stories, each of an account of its own. */
export const storiesAs = (stories: ReadonlyArray<Story>, first: number): Extremes => {
  const accounts = stories.map((_, k) => namesOf(first + k).account)
  const lines = stories.flatMap((story, k) =>
    story.map(([type, changes], n) => {
      const names = namesOf(first + k)
      const at = ORDER.includes(type) ? ORDER.indexOf(type) : ORDER.length
      const event = {
        ...Object(plain(type, first + k, names)),
        ...{ source: '/stories', id: `${k}-${n}`, time: new Date(Date.UTC(2025, 4, 1, k, at)).toISOString() },
      }
      // Inner places first: an object may be left out with all that is in it.
      const inward = changes.toSorted(([a], [b]) => b.path.length - a.path.length)
      return JSON.stringify(
        inward.reduce<unknown>((changed, [leaf, value]) => {
          const next = valueAt(changed, leaf.path) === undefined ? changed : withValue(changed, leaf, value)
          // Two changes that are valid alone may not be together.
          return isAccepted(next) ? next : changed
        }, event),
      )
    }),
  )
  return { lines, accounts }
}
