import * as t from 'io-ts'
import * as E from '#fp/Either'
import { closed, type DecodeError, listOf, oneOf, orNull, problems, where } from '../../domain/codec.ts'
import { Id, Sha256 } from '../../domain/ids.ts'
import { instantOf, Timestamp } from '../../domain/time.ts'
import { FORMAT, type Report } from './report.ts'
import { styles } from './styles/index.ts'

/** Any text; it is escaped where it is shown. */
const Text = new t.Type<string>('a string', t.string.is, t.string.validate, t.identity)

const count = where(
  new t.Type<number>('a whole number', t.number.is, t.number.validate, t.identity),
  'a whole number of at least 0',
  (n) => Number.isSafeInteger(n) && n >= 0,
)
const figure = orNull(
  where(
    new t.Type<number>('a number', t.number.is, t.number.validate, t.identity),
    'a number of at least 0, or null',
    (n) => Number.isFinite(n) && n >= 0,
  ),
  'a number of at least 0, or null',
)
const figures = t.readonly(t.record(t.string, figure))
const texts = t.readonly(t.record(t.string, Text))

const named = { name: Id, about: Text }
const dimension = closed('a dimension {name, about}', named)
const measure = closed('a measure {name, unit, about}', { ...named, unit: oneOf('count', 'ms', 'share') })
const row = closed('a row {dimensions, figures}', { dimensions: texts, figures })
const section = closed('a section', {
  id: Id,
  title: Text,
  about: Text,
  dimensions: listOf(dimension, 'a list of dimensions'),
  measures: listOf(measure, 'a list of measures'),
  rows: listOf(row, 'a list of rows'),
  total: figures,
})

/** A report's JSON: closed, an unknown field is an error that names it. */
const report = closed('a transparency report', {
  format: oneOf(FORMAT),
  style: oneOf('dsa', 'platform'),
  title: Text,
  sequence: count,
  period: closed('a period {from, to, rule}', { from: Timestamp, to: Timestamp, rule: Text }),
  rulesets: listOf(
    closed('a ruleset', { id: Id, version: Id, effectiveFrom: Timestamp, sha256: Sha256 }),
    'a list of rulesets',
  ),
  definitions: listOf(
    closed('a definition {term, meaning}', { term: Text, meaning: Text }),
    'a list of definitions',
  ),
  notCovered: listOf(Text, 'a list of strings'),
  sections: listOf(section, 'a list of sections'),
})

/** Decodes a report from its parsed JSON; every problem names its path. */
export const decodeReport = (json: unknown): E.Either<ReadonlyArray<DecodeError>, Report> => {
  const found = problems(report, json)
  if (found.length > 0) return E.left(found)
  // Cast: validated just above by the codec of this type.
  const decoded: Report = json as t.TypeOf<typeof report>
  const unfit = [...periodProblems(decoded), ...sectionProblems(decoded)]
  return unfit.length > 0 ? E.left(unfit) : E.right(decoded)
}

const periodProblems = ({ period }: Report): ReadonlyArray<DecodeError> =>
  instantOf(period.from) < instantOf(period.to)
    ? []
    : [{ path: 'period.to', problem: 'expected a time after period.from' }]

/** Where the tables differ from those of the style: figures of other measures cannot be compared. */
const sectionProblems = ({ style, sections }: Report): ReadonlyArray<DecodeError> => {
  const expected = styles[style].sections.filter(
    ({ id, isAddition }) => isAddition !== true || sections.some((given) => given.id === id),
  )
  if (sections.length !== expected.length) {
    return [
      { path: 'sections', problem: `expected ${expected.length} sections, those of the style ${style}` },
    ]
  }
  return expected.flatMap((own, i) => {
    const given = sections[i]
    const path = `sections[${i}]`
    if (given === undefined || given.id !== own.id)
      return [{ path: `${path}.id`, problem: `expected "${own.id}"` }]
    return (['dimensions', 'measures'] as const).flatMap((part) => {
      const names = namesOf(own[part])
      return namesOf(given[part]) === names
        ? []
        : [{ path: `${path}.${part}`, problem: `expected those named ${names}` }]
    })
  })
}

const namesOf = (list: ReadonlyArray<{ readonly name: string }>): string =>
  list.map(({ name }) => name).join(', ')
