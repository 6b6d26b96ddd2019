import * as t from 'io-ts'
import { canonicalString, canonicalText } from '../../foundation/canonical.ts'

/** Returns the canonical form (RFC 8785) of a value that the codec accepts; throws on a lone surrogate. */
export type Writer = (value: unknown) => string

/** Builds a codec's writer from those of the codecs inside it. */
type Write = (of: (codec: t.Mixed) => Writer) => Writer

/** The fields of a closed object. */
type Fields = { readonly required: t.Props; readonly optional: t.Props }

type Form = { readonly write: Write } | Fields

// Casts: a writer is only given what its codec accepts.
const writeText: Writer = (value) => canonicalString(value as string)
const writeBoolean: Writer = (value) => (value === true ? 'true' : 'false')

const forms = new WeakMap<object, Form>([
  [t.string, { write: () => writeText }],
  [t.boolean, { write: () => writeBoolean }],
])

/** Registers how a codec's values are written, and returns the codec. What is not registered is canonicalized. */
export const written = <C extends t.Mixed>(codec: C, form: Form): C => {
  forms.set(codec, form)
  return codec
}

/** Writes the values of a codec as another one does, which accepts them all, and returns the codec. */
export const writtenAs = <C extends t.Mixed>(codec: C, other: t.Mixed): C => {
  const form = forms.get(other)
  return form === undefined ? codec : written(codec, form)
}

/** The names of a closed object's fields; none for another codec. */
export const fieldNamesOf = (codec: object): ReadonlyArray<string> => {
  const form = forms.get(codec)
  return form === undefined || 'write' in form
    ? []
    : [...Object.keys(form.required), ...Object.keys(form.optional)]
}

const writers = new WeakMap<t.Mixed, Writer>()

/** The writer of a codec's values. */
export const writerOf = (codec: t.Mixed): Writer => {
  const known = writers.get(codec)
  if (known !== undefined) return known
  const writer = newWriter(forms.get(codec))
  writers.set(codec, writer)
  return writer
}

const newWriter = (form: Form | undefined): Writer => {
  if (form === undefined) return canonicalText
  if ('write' in form) return form.write(writerOf)
  if (!isReadable(form)) return canonicalText
  const members = membersOf(form, '', LAST)
  return (value) => `{${members(value)}}`
}

/** Whether a field that is absent reads as undefined: no object inherits one of its name. */
const isReadable = ({ required, optional }: Fields): boolean =>
  !Object.keys({ ...required, ...optional }).some((name) => name in Object.prototype)

/** Sorts after every member name. */
export const LAST = '\u{10ffff}'

/**
 * The writer of those members of a closed object, without braces, whose names sort between two names (both exclusive).
 * Generated for the same reason as `closedCheck`.
 */
export const membersWriter = (codec: t.Mixed, after: string, before: string): Writer => {
  const form = forms.get(codec)
  return form === undefined || 'write' in form || !isReadable(form)
    ? (value) => canonicalMembers(Object(value), after, before)
    : membersOf(form, after, before)
}

const canonicalMembers = (object: object, after: string, before: string): string => {
  const chosen = Object.entries(object).filter(([name]) => name > after && name < before)
  return canonicalText(Object.fromEntries(chosen)).slice(1, -1)
}

const membersOf = ({ required, optional }: Fields, after: string, before: string): Writer => {
  const codecs = { ...required, ...optional }
  const names = Object.keys(codecs)
    .filter((name) => name > after && name < before)
    .sort()
  const writes = names.map((name) => writerOf(codecs[name] ?? t.unknown))
  const first = names.findIndex((name) => Object.hasOwn(required, name))
  const members = names.map((name, i) => {
    const key = JSON.stringify(`${JSON.stringify(name)}:`)
    // Every member up to the first required one ends with a comma, and every later one starts with one.
    const written = [
      ...(first >= 0 && i > first ? ["','"] : []),
      key,
      `write${i}(o[${JSON.stringify(name)}])`,
      ...(first < 0 || i < first ? ["','"] : []),
    ]
    const add = `text += ${written.join(' + ')}`
    return Object.hasOwn(required, name) ? add : `if (o[${JSON.stringify(name)}] !== undefined) ${add}`
  })
  const source = `
    const [${writes.map((_, i) => `write${i}`).join(', ')}] = writes
    return (o) => {
      let text = ''
      ${members.join('\n      ')}
      return ${first < 0 ? 'text.slice(0, -1)' : 'text'}
    }`
  // Cast: the source is written just above.
  return new Function('writes', source)(writes) as Writer
}

/** Writes a list. */
export const listWriter =
  (item: Writer): Writer =>
  (value) => {
    // Cast: a writer is only given what its codec accepts.
    const list = value as ReadonlyArray<unknown>
    let text = '['
    for (let i = 0; i < list.length; i++) text += i === 0 ? item(list[i]) : `,${item(list[i])}`
    return `${text}]`
  }

/** Writes an object whose members have names of one codec and values of another. */
export const recordWriter =
  (writeName: Writer, writeMember: Writer): Writer =>
  (value) => {
    // Cast: a writer is only given what its codec accepts.
    const record = value as Readonly<Record<string, unknown>>
    let text = '{'
    for (const name of sorted(Object.keys(record))) {
      if (text.length > 1) text += ','
      text += `${writeName(name)}:${writeMember(record[name])}`
    }
    return `${text}}`
  }

/** Sorts by UTF-16 code units. An object has a few members, which `sort` takes three times as long for. */
const sorted = (names: string[]): ReadonlyArray<string> => {
  if (names.length > FEW) return names.sort()
  for (let i = 1; i < names.length; i++) {
    const name = names[i] ?? ''
    let at = i
    for (; at > 0 && (names[at - 1] ?? '') > name; at--) names[at] = names[at - 1] ?? ''
    names[at] = name
  }
  return names
}

const FEW = 20

/** Writes a number, a string or a boolean. */
export const writeScalar: Writer = (value) =>
  typeof value === 'string' ? canonicalString(value) : `${value}`

/** Writes a text that never needs an escape. */
export const writePlain: Writer = (value) => `"${value}"`
