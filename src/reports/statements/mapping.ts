import * as t from 'io-ts'
import * as E from '#fp/Either'
import { closed, MISSING, oneOf, UNKNOWN_FIELD } from '../../domain/codec.ts'
import { Id, Line, type Sha256 } from '../../domain/ids.ts'
import { BasisKind, FlagSource } from '../../domain/parts.ts'
import { canonical } from '../../foundation/canonical.ts'
import { type Finding, type Problem, pathOf, valueError } from '../../foundation/documents/problem.ts'
import { readSource } from '../../foundation/documents/source.ts'
import { didYouMean } from '../../foundation/text/nearest.ts'
import {
  AccountType,
  Categories,
  Category,
  ContentTypes,
  Countries,
  Keywords,
  limits,
  SourceType,
  statementText,
  Url,
  Visibilities,
  YesNo,
} from './statement.ts'
import { Template } from './template.ts'

/** The fields of each closed object, to suggest the nearest. */
const fieldsOf = new WeakMap<object, ReadonlyArray<string>>()
const fields = <R extends t.Props, O extends t.Props>(name: string, required: R, optional: O) => {
  const codec = closed(name, required, optional)
  fieldsOf.set(codec, [...Object.keys(required), ...Object.keys(optional)])
  return codec
}

/** An object whose keys are the platform's own names, with values of one kind. */
const byName = <A>(
  name: string,
  key: Pick<t.Mixed, 'name' | 'is'>,
  value: t.Type<A>,
): t.Type<Readonly<Record<string, A>>> => {
  const isRecord = (u: unknown): u is Readonly<Record<string, unknown>> =>
    typeof u === 'object' && u !== null && !Array.isArray(u)
  const is = (u: unknown): u is Readonly<Record<string, A>> =>
    isRecord(u) && Object.entries(u).every(([each, of]) => key.is(each) && value.is(of))
  return new t.Type(
    name,
    is,
    (u, context) => {
      if (!isRecord(u)) return t.failure(u, context, name)
      const errors = Object.entries(u).flatMap(([each, of]): t.Errors => {
        const at = t.appendContext(context, each, value, of)
        if (!key.is(each)) return [{ value: each, context: at, message: `a name of ${key.name}` }]
        const result = value.validate(of, at)
        return E.isLeft(result) ? result.left : []
      })
      return errors.length === 0 && is(u) ? t.success(u) : t.failures(errors)
    },
    t.identity,
  )
}

/** A text, or several: the first whose placeholders are all on record is used. */
const Templates = t.union(
  [Template, t.readonlyArray(Template, 'a list of strings')],
  'a string or a list of strings',
)
const Scope = t.union([oneOf('EU', 'EEA'), Countries], 'EU, EEA, or a list of countries such as [DE, FR]')

const law = fields(
  'an object {ground, explanation}',
  { ground: Templates, explanation: Templates },
  { url: Url },
)
const terms = fields(
  'an object {ground, explanation}',
  { ground: Templates, explanation: Templates },
  { url: Url, illegal: YesNo },
)
const entry = fields(
  'an object with the fields of a category',
  {},
  {
    category: Category,
    category_addition: Categories,
    category_specification: Keywords,
    category_specification_other: statementText(limits.short),
    basis: BasisKind,
    law,
    terms,
    facts: Templates,
  },
)
/** How decisions of one of the platform's categories are mapped. */
export type MappingEntry = t.TypeOf<typeof entry>

const names = t.readonlyArray(Id, 'a list of names')
const leaveOut = fields(
  'an object {sources, categories, kinds}',
  {},
  {
    categories: names,
    /** The kinds of content that was removed; `account`: deactivations. */
    kinds: names,
    sources: t.readonlyArray(FlagSource, `a list of ${FlagSource.name}`),
  },
)

const MappingFile = fields(
  'a mapping (an object)',
  { territorial_scope: Scope, categories: byName('an object with an entry for each category', Id, entry) },
  {
    territories: byName('an object with the countries of each territory', Line, Scope),
    account_type: AccountType,
    decision_visibility: Visibilities,
    decision_visibility_other: statementText(limits.short),
    content_types: byName('an object with the content types of each kind of content', Id, ContentTypes),
    content_type_other: statementText(limits.short),
    account_content_type: ContentTypes,
    content_date: oneOf('recorded', 'application_date'),
    early_content_date: oneOf('first', 'application_date', 'error'),
    source_type: SourceType,
    missing_grounds: oneOf('wait', 'ignore'),
    leave_out: leaveOut,
    default: entry,
  },
)

/** How decisions become statements. */
export type Mapping = t.TypeOf<typeof MappingFile> & {
  /** The hash of its canonical form: the same for the same meaning, whatever the layout. */
  readonly sha256: Sha256
}

/** A mapping's entry for one of the platform's own names; never a property that every JavaScript object inherits. */
export const under = <A>(record: Readonly<Record<string, A>> | undefined, name: string): A | undefined =>
  record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined

/** A mapping file (YAML or JSON), or everything that is wrong with it, with lines and columns. */
export const parseMapping = (text: string): E.Either<ReadonlyArray<Problem>, Mapping> => {
  const source = readSource(text)
  if (source.findings.length > 0) {
    return E.left(source.findings.map((finding) => ({ ...toProblem(finding), ...finding.place })))
  }
  const { value } = source
  const result = MappingFile.validate(value, [{ key: '', type: MappingFile }])
  const findings = E.isLeft(result) ? distinct(result.left.map(toFinding)) : unexplained(result.right)
  if (MappingFile.is(value) && findings.length === 0) {
    // Cast: a hash is one.
    return E.right({ ...value, sha256: canonical(value).sha256 as Sha256 })
  }
  return E.left(findings.map((finding) => ({ ...toProblem(finding), ...source.locate(finding) })))
}

const toProblem = ({ severity, segments, message, hint }: Finding): Omit<Problem, 'line' | 'column'> => ({
  severity,
  path: pathOf(segments),
  message,
  hint,
})

const toFinding = ({ value, context, message }: t.ValidationError): Finding => {
  // An alternative of a union is not a step of the path: io-ts gives it the key 0 or 1.
  const steps = context.slice(1).filter((_, i) => !(context[i]?.type instanceof t.UnionType))
  const keys = steps.map(({ key }) => key)
  const segments = keys.map((key) => (/^\d+$/.test(key) ? Number(key) : key))
  const union = context.find(({ type }) => type instanceof t.UnionType)
  const expected = union?.type.name ?? message ?? context.at(-1)?.type.name ?? ''
  const last = keys.at(-1) ?? ''
  if (message?.startsWith(UNKNOWN_FIELD)) {
    const known = fieldsOf.get(context.at(-2)?.type ?? MappingFile) ?? []
    const hint = didYouMean(last, known) ?? `the fields here are ${known.join(', ')}`
    return { ...valueError(segments, UNKNOWN_FIELD, hint), on: 'name' }
  }
  if (message?.startsWith(MISSING)) {
    return valueError(segments.slice(0, -1), `${last} is missing`, `add ${message.slice(MISSING.length)}`)
  }
  if (message?.startsWith('unknown placeholder') || message?.startsWith('unbalanced'))
    return valueError(segments, message)
  const words = [...expected.matchAll(/"(\w+)"/g)].map(([, word]) => word ?? '')
  const hint = typeof value === 'string' ? didYouMean(value, words) : null
  return valueError(segments, `expected ${words.length > 4 ? familyOf(words) : expected}`, hint)
}

/** Each place once, without unions that fail only because of what is inside them. */
const distinct = (findings: ReadonlyArray<Finding>): ReadonlyArray<Finding> => {
  const places = findings.map(({ segments }) => pathOf(segments))
  return findings.filter(
    ({ message }, i) =>
      !message.startsWith('expected') ||
      (places.indexOf(places[i] ?? '') === i &&
        !places.some((place) => place.startsWith(`${places[i]}[`) || place.startsWith(`${places[i]}.`))),
  )
}

/** The values OTHER without the text that the database then requires. */
const unexplained = (file: t.TypeOf<typeof MappingFile>): ReadonlyArray<Finding> => {
  const types = [...Object.values(file.content_types ?? {}), file.account_content_type ?? []].flat()
  return [
    ...(types.includes('CONTENT_TYPE_OTHER') && file.content_type_other === undefined
      ? [valueError([], 'content_type_other is missing', 'CONTENT_TYPE_OTHER requires a text there')]
      : []),
    ...(file.decision_visibility?.includes('DECISION_VISIBILITY_OTHER') &&
    file.decision_visibility_other === undefined
      ? [
          valueError(
            [],
            'decision_visibility_other is missing',
            'DECISION_VISIBILITY_OTHER requires a text there',
          ),
        ]
      : []),
  ]
}

/** `one of STATEMENT_CATEGORY_*` instead of the whole list. */
const familyOf = (words: ReadonlyArray<string>): string => {
  const [first = ''] = words
  const length = [...first].findIndex((letter, i) => words.some((word) => word[i] !== letter))
  return length > 4 ? `one of ${first.slice(0, length)}*` : `one of ${words.join(', ')}`
}
