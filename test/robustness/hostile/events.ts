import * as E from '#fp/Either'
import { decodeIncoming } from '../../../src/domain/decode.ts'
import { publishedTypes } from '../../../src/domain/event.ts'
import { canonical } from '../../../src/foundation/canonical.ts'
import { consistent, leavesOf, valueAt, whole, withValue } from './fields.ts'
import { type Account, linked, ORDER } from './story.ts'
import { hostileTexts } from './texts.ts'

const document = (id: string, version: string) => ({
  ruleset: id,
  version,
  signals: { score: 'double', free: 'string' },
  rules: [
    {
      id: 'r1',
      category: 'spam',
      when: `signals.score > 0.5 && signals.free != ${inCel()}`,
      strikes: 1,
      removes_content: true,
    },
  ],
  deactivations: [{ id: 'p1', at_least: 1, restriction: 'suspended' }],
})

/** A text of CEL with all in it that may stand there as it is. */
const inCel = (): string => `"${(hostileTexts.line ?? '').replace(/["\\]/g, '')}\u009b31m\u007f"`

/** What a field is tried with: the texts, and each after a valid value, as far as it may go. */
const tries = (valid: unknown): ReadonlyArray<string> =>
  Object.values(hostileTexts).flatMap((text) =>
    typeof valid === 'string'
      ? [text, `${valid};${text}`.replace(/[\n\r\u2028\u2029]/g, '').slice(0, 100)]
      : [text],
  )

const isAccepted = (event: unknown): boolean => E.isRight(decodeIncoming(event))

export type HostileEvents = {
  /** Lines that are events. */
  readonly accepted: ReadonlyArray<string>
  /** Lines that are to be refused. */
  readonly refused: ReadonlyArray<string>
  /** `type path` of the fields that take some hostile text, and of those that take none. */
  readonly open: ReadonlySet<string>
  readonly closed: ReadonlySet<string>
  /** Accounts with a whole story: a flag, decisions, letters, an appeal. */
  readonly accounts: ReadonlyArray<Account>
}

/** Every field of every event type with every hostile text, alone; and stories in which all fields are hostile that may be. */
export const hostileEvents = (): HostileEvents => {
  const accepted: string[] = []
  const refused: string[] = []
  const [open, closed] = [new Set<string>(), new Set<string>()]
  /** By `type path`, the texts that the field takes. */
  const taken = new Map<string, ReadonlyArray<string>>()
  for (const type of publishedTypes) {
    const base = whole(type, document)
    if (!isAccepted(base)) throw new Error(`no valid ${type}: ${JSON.stringify(decodeIncoming(base))}`)
    for (const leaf of leavesOf(base)) {
      const key = `${type} ${leaf.path.join('.')}${leaf.isName ? ' (name)' : ''}`
      const events = tries(leaf.isName ? null : valueAt(base, leaf.path)).map((text) => ({
        text,
        event: consistent(withValue(base, leaf, text), document),
      }))
      const good = events.filter(({ event }) => isAccepted(event))
      const texts = good.map(({ text }) => text)
      const bare = texts.filter((text) => Object.values(hostileTexts).includes(text))
      taken.set(key, bare.length > 0 ? bare : texts)
      ;(good.length > 0 ? open : closed).add(key)
      for (const { event } of good) accepted.push(unique(event, `${accepted.length}`))
      const [bad] = events.filter(({ event }) => !isAccepted(event))
      if (bad !== undefined) refused.push(unique(bad.event, `r${refused.length}`))
    }
    const text = hostileTexts.everything ?? ''
    refused.push(
      JSON.stringify({ ...base, [text]: text }),
      JSON.stringify({ ...base, data: { ...Object(base.data), [text]: text } }),
    )
  }
  refused.push(
    `{"${hostileTexts.line}": `,
    '{"id": "\ud800"}'.replace('\ud800', '\\ud800'),
    `{"a": 1, "a": "${hostileTexts['id -']}"}`,
  )
  const stories = Array.from({ length: STORIES }, (_, i) => story(i, taken))
  return {
    accepted: [...accepted, ...stories.flatMap(({ lines }) => lines)],
    refused,
    open,
    closed,
    accounts: stories.map(({ names }) => names),
  }
}

/** As many as there are texts, so that each comes to stand in every field that takes it. */
const STORIES = Object.keys(hostileTexts).length

/** An event whose identity is its own, so that none conflicts with another. */
const unique = (event: unknown, n: string): string => {
  const { source, id, ...rest } = Object(event)
  return JSON.stringify({
    ...rest,
    source: source === 'x1' ? `/hostile/${n}` : source,
    id: id === 'x1' ? n : id,
  })
}

/** The story of one account: an event of each type, every field that may be is hostile, ids that belong together. */
const story = (
  i: number,
  taken: ReadonlyMap<string, ReadonlyArray<string>>,
): { readonly lines: ReadonlyArray<string>; readonly names: Account } => {
  const { sha256 } = canonical(document('x1', 'x1'))
  const names = { account: `u${i}`, removal: `r${i}`, deactivation: `d${i}` }
  const lines = publishedTypes
    .filter((type) => type !== 'ruleset.published.v1')
    .map((type, n) => {
      const base = whole(type, document)
      const filled = leavesOf(base).reduce<unknown>((event, leaf) => {
        const texts = taken.get(`${type} ${leaf.path.join('.')}${leaf.isName ? ' (name)' : ''}`) ?? []
        const text = linked(type, leaf.path, i, names, sha256) ?? texts[i % Math.max(1, texts.length)]
        // A name is replaced last, when its value is; here it stays.
        return text === undefined || leaf.isName ? event : withValue(event, leaf, text)
      }, base)
      const time = new Date(Date.UTC(2025, 4, 1 + i, 0, ORDER.indexOf(type) + 1)).toISOString()
      return JSON.stringify({ ...Object(filled), id: `s${i}-${n}`, subject: names.account, time })
    })
  for (const line of lines) {
    if (!isAccepted(JSON.parse(line)))
      throw new Error(`no valid event of a story: ${JSON.stringify(decodeIncoming(JSON.parse(line)))}`)
  }
  return { lines, names }
}
