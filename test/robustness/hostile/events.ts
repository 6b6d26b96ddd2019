import * as E from '#fp/Either'
import { decodeIncoming, envelope } from '../../../src/domain/decode.ts'
import { type EventType, eventTypes, publishedDefinitionOf } from '../../../src/domain/event.ts'
import { type JsonSchema, schemaOf } from '../../../src/domain/schema.ts'
import { canonical } from '../../../src/foundation/canonical.ts'
import { hostileTexts } from './texts.ts'

type Json = { readonly [name: string]: unknown }
type Path = ReadonlyArray<string>

/** A field of an event that holds one value, or the name of a field that is free. */
type Leaf = { readonly path: Path; readonly isName: boolean }

/** What a schema's own patterns are satisfied by. A codec with another pattern needs a line here, and the test says so. */
const PLAIN = ['x1', 'ab'.repeat(32), 'application/json', '2025-05-01T00:00:00Z']

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

/** A valid value of a schema, with every field that it may have; `names` are its field's names, from the outside in. */
const validOf = (schema: JsonSchema, names: Path): unknown => {
  const name = names.at(-1) ?? ''
  if (schema.const !== undefined) return schema.const
  if (schema.enum !== undefined) return schema.enum[0]
  if (schema.anyOf?.[0] !== undefined) return validOf(schema.anyOf[0], names)
  if (name === 'document') return document('x1', 'x1')
  switch (schema.type) {
    case 'boolean':
      return true
    case 'number':
    case 'integer':
      return 1
    case 'array':
      return [validOf(schema.items ?? {}, [...names, '0'])]
    case 'object':
      return Object.fromEntries(
        Object.entries({
          ...schema.properties,
          ...(typeof schema.additionalProperties === 'object' ? { free: { type: 'string' } as const } : {}),
        })
          .filter(([field]) => !isExcluded(schema, field))
          .map(([field, inner]) => [field, validOf(inner, [...names, field])]),
      )
    case 'string': {
      const found = PLAIN.find((text) => new RegExp(schema.pattern ?? '', 'u').test(text))
      if (found === undefined) throw new Error(`no plain text for ${names.join('.')}: ${schema.pattern}`)
      return schema.format === 'date-time' ? PLAIN.at(-1) : found
    }
    default:
      throw new Error(`what is ${names.join('.')}? ${JSON.stringify(schema)}`)
  }
}

/** Of fields of which only one may be there, all but the first. */
const isExcluded = ({ oneOf = [] }: JsonSchema, field: string): boolean =>
  oneOf.slice(1).some(({ required = [] }) => required.includes(field))

/** Every place in a value where a text can be put, names of free fields included. */
const leavesOf = (value: unknown, path: Path = []): ReadonlyArray<Leaf> => {
  if (typeof value !== 'object' || value === null) return [{ path, isName: false }]
  return Object.entries(value).flatMap(([name, inner]) => [
    ...(name === 'free' ? [{ path: [...path, name], isName: true }] : []),
    ...(name === 'document' ? [] : leavesOf(inner, [...path, name])),
  ])
}

/** A value with a text put at a leaf. */
const withText = (value: unknown, { path: [name, ...rest], isName }: Leaf, text: string): unknown => {
  if (name === undefined) return text
  if (Array.isArray(value))
    return value.map((item, i) => (String(i) === name ? withText(item, { path: rest, isName }, text) : item))
  return Object.fromEntries(
    Object.entries(Object(value)).map(([key, inner]) => {
      if (key !== name) return [key, inner]
      return isName && rest.length === 0
        ? [text, inner]
        : [key, withText(inner, { path: rest, isName }, text)]
    }),
  )
}

/** A ruleset's document says itself which version it is. */
const consistent = (event: unknown): unknown => {
  const { data } = Object(event)
  if (data?.document === undefined) return event
  return { ...Object(event), data: { ...data, document: document(data.ruleset.id, data.ruleset.version) } }
}

const valueAt = (value: unknown, path: Path): unknown => path.reduce((at, name) => Object(at)[name], value)

/** A valid event of a type with every field. */
const whole = (type: EventType): Json => {
  const attributes = { ...envelope.required, ...envelope.optional }
  const event = Object.fromEntries(
    Object.entries(attributes)
      .filter(([name]) => name !== 'data' && name !== 'type')
      .map(([name, codec]) => [name, validOf(schemaOf(codec), [name])]),
  )
  return { ...event, type, data: validOf(schemaOf(publishedDefinitionOf(type).incoming), ['data']) }
}

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

export type Account = { readonly account: string; readonly removal: string; readonly deactivation: string }

/** Every field of every event type with every hostile text, alone; and stories in which all fields are hostile that may be. */
export const hostileEvents = (): HostileEvents => {
  const accepted: string[] = []
  const refused: string[] = []
  const [open, closed] = [new Set<string>(), new Set<string>()]
  /** By `type path`, the texts that the field takes. */
  const taken = new Map<string, ReadonlyArray<string>>()
  for (const type of eventTypes) {
    const base = whole(type)
    if (!isAccepted(base)) throw new Error(`no valid ${type}: ${JSON.stringify(decodeIncoming(base))}`)
    for (const leaf of leavesOf(base)) {
      const key = `${type} ${leaf.path.join('.')}${leaf.isName ? ' (name)' : ''}`
      const events = tries(leaf.isName ? null : valueAt(base, leaf.path)).map((text) => ({
        text,
        event: consistent(withText(base, leaf, text)),
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
  const names = { account: `u${i}`, removal: `r${i}`, deactivation: `d${i}` }
  const lines = eventTypes
    .filter((type) => type !== 'ruleset.published.v1')
    .map((type, n) => {
      const base = whole(type)
      const filled = leavesOf(base).reduce<unknown>((event, leaf) => {
        const texts = taken.get(`${type} ${leaf.path.join('.')}${leaf.isName ? ' (name)' : ''}`) ?? []
        const text = linked(type, leaf.path, i, names) ?? texts[i % Math.max(1, texts.length)]
        // A name is replaced last, when its value is; here it stays.
        return text === undefined || leaf.isName ? event : withText(event, leaf, text)
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

/** What happens first in a story; all else comes after. */
const ORDER: ReadonlyArray<EventType> = [
  'content.evaluated.v1',
  'notice.received.v1',
  'order.received.v1',
  'flag.raised.v1',
  'content.removed.v1',
  'account.deactivated.v1',
  'notice.sent.v1',
  'appeal.filed.v1',
  'appeal.decided.v1',
]

/** The id that a field of a story has, so that its events speak of the same things. */
const linked = (
  type: EventType,
  path: Path,
  i: number,
  { removal, deactivation }: Account,
): string | undefined => {
  const field = path.filter((name) => !/^\d+$/.test(name)).at(-1) ?? ''
  const owner = path.at(-2) ?? ''
  if (/^(?:flagId|grounds|flagsVoided)$/.test(field)) return `f${i}`
  if (field === 'appealId') return `a${i}`
  if (field === 'decisionId') return type === 'content.removed.v1' ? removal : deactivation
  if (field === 'decisionIds') return type === 'content.restored.v1' ? removal : deactivation
  if (owner === 'ruleset') return field === 'sha256' ? canonical(document('x1', 'x1')).sha256 : 'x1'
  if (owner === 'rule') return 'r1'
  if (field === 'category') return 'spam'
  if (owner === 'content' && field === 'createdAt') return '2025-05-01T00:00:00Z'
  return undefined
}
