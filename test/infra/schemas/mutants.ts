import fc from 'fast-check'
import { publishedTypes } from '../../../src/domain/event.ts'
import { incoming, pathsIn } from '../../domain/samples.ts'
import { altered, extended, holdersIn, replaced, without } from './edits.ts'
import { characters, names, probes, sampleValues, timeParts, valueAt } from './probes.ts'

type Path = ReadonlyArray<string>

const { days, clocks, fractions, offsets } = timeParts
const two = (n: number): string => String(n).padStart(2, '0')
const monthsEnd = fc
  .tuple(fc.integer({ min: 0, max: 9999 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 28, max: 31 }))
  .map(([year, month, day]) => `${String(year).padStart(4, '0')}-${two(month)}-${day}`)
const time = fc
  .tuple(
    fc.oneof(monthsEnd, fc.constantFrom(...days, '9999-12-31')),
    fc.constantFrom('T', 'T', 'T', 't', ' ', ''),
    fc.constantFrom(...clocks.slice(0, 3), ...clocks),
    fc.constantFrom('', '', '', ...fractions),
    fc.constantFrom('Z', '+01:00', '-01:00', ...offsets),
  )
  .map((parts) => parts.join(''))

const value = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...sampleValues) },
  { weight: 4, arbitrary: fc.constantFrom(...probes) },
  { weight: 3, arbitrary: time },
  { weight: 1, arbitrary: fc.jsonValue() },
  { weight: 1, arbitrary: fc.double({ noNaN: true }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 5 }) },
)

/** What is done at a place: the value there becomes another, goes away, or gets something into it. */
type Edit = { readonly at: number } & (
  | { readonly kind: 'replace'; readonly value: unknown }
  | { readonly kind: 'remove' }
  | { readonly kind: 'add'; readonly name: string; readonly value: unknown }
  | { readonly kind: 'insert'; readonly text: string; readonly where: number }
)
const at = fc.nat(9999)
const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ at, kind: fc.constant('replace' as const), value }) },
  { weight: 2, arbitrary: fc.record({ at, kind: fc.constant('remove' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({ at, kind: fc.constant('add' as const), name: fc.constantFrom(...names), value }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      at,
      kind: fc.constant('insert' as const),
      text: fc.constantFrom(...characters),
      where: at,
    }),
  },
)

/** A whole valid event of some type, changed in up to three places. */
export const mutant: fc.Arbitrary<unknown> = fc
  .tuple(fc.constantFrom(...publishedTypes), fc.array(edit, { maxLength: 3 }))
  .map(([type, edits]) => edits.reduce(changed, incoming(type)))

const timePlaces = publishedTypes.flatMap((type) =>
  pathsIn(incoming(type))
    .filter((path) => ['time', 'until', 'createdAt', 'effectiveFrom'].includes(path.at(-1) ?? ''))
    .map((path) => ({ type, path })),
)

/** A valid event with something that may or may not be a time where one belongs. */
export const timed: fc.Arbitrary<unknown> = fc
  .tuple(fc.constantFrom(...timePlaces), time)
  .map(([{ type, path }, text]) => replaced(incoming(type), path, text))

const changed = (json: unknown, edit: Edit): unknown => {
  const pick = (paths: ReadonlyArray<Path>): Path => paths[edit.at % paths.length] ?? []
  const paths: ReadonlyArray<Path> = [[], ...pathsIn(json)]
  switch (edit.kind) {
    case 'replace':
      return replaced(json, pick(paths), edit.value)
    case 'remove':
      return without(json, pick(paths))
    case 'add':
      return extended(json, pick(holdersIn(json)), edit.name, edit.value)
    case 'insert':
      return altered(json, pick(paths.filter((path) => typeof valueAt(json, path) === 'string')), (text) => {
        if (typeof text !== 'string') return text
        const place = edit.where % (text.length + 1)
        return text.slice(0, place) + edit.text + text.slice(place)
      })
  }
}
