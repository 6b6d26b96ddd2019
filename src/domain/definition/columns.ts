import { type JsonSchema, schemaOf } from '../schema.ts'
import type { ColumnWords, EventDefinition } from './event-definition.ts'
import { withoutColumn } from './fields.ts'

/** What a column holds of a field. `words`: one of a fixed list. */
export type ColumnKind =
  | 'text'
  | 'instant'
  | 'boolean'
  | 'number'
  | 'texts'
  | { readonly words: ReadonlyArray<string> }

/** A column, the path of the `data` field that it holds for every type that has it, and what it means. */
export type DataColumn = {
  readonly name: string
  readonly path: string
  readonly about: string
  readonly kind: ColumnKind
}

/** A field of `data` that has a column. */
type Field = { readonly path: string; readonly kind: ColumnKind }

/**
 * The columns of all fields of all types, each path once. Their kinds come from the codecs; their names and meanings from
 * the definitions, else the name is the path in snake case and the meaning is what publishers are told about the field.
 * Throws on definitions that contradict each other or describe a field that they do not have.
 */
export const dataColumns = (definitions: ReadonlyArray<EventDefinition>): ReadonlyArray<DataColumn> => {
  const columns = new Map<string, DataColumn>()
  for (const { path, kind } of definitions.flatMap(columnFields)) {
    const known = columns.get(path)
    const said = saidOf(definitions, path)
    const column = {
      name:
        agreed(
          `the column of ${path} has several names`,
          said.map(({ name }) => name),
        ) ?? snakeCase(path),
      path,
      about:
        agreed(
          `${path} has several descriptions`,
          said.map(({ about }) => about),
        ) ?? fieldWords(definitions, path),
      kind,
    }
    if (known !== undefined && JSON.stringify(known.kind) !== JSON.stringify(kind)) {
      throw new TypeError(`${path} differs between types: declare its column as text in each of them`)
    }
    columns.set(path, column)
  }
  const all = [...columns.values()]
  for (const { name, path } of all) {
    const other = all.find((one) => one.name === name && one.path !== path)
    if (other !== undefined) {
      throw new TypeError(
        `${other.path} and ${path} both have the column ${name}: give one of them another name`,
      )
    }
  }
  return all
}

/** The fields of a type that have columns. */
export const columnFields = ({ type, stored, columns }: EventDefinition): ReadonlyArray<Field> => {
  const fields = fieldsIn(schemaOf(stored), '').map((field) =>
    columnWords(columns[field.path]).kind === 'text' ? { ...field, kind: 'text' as const } : field,
  )
  const unknown = Object.keys(columns).find((path) => !fields.some((field) => field.path === path))
  if (unknown !== undefined) throw new TypeError(`${type} has no field ${unknown} to describe`)
  return fields
}

const fieldsIn = (schema: JsonSchema, above: string): ReadonlyArray<Field> =>
  Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    const path = `${above}${name}`
    if (withoutColumn.some((one) => one === name)) return []
    return member.properties === undefined
      ? [{ path, kind: kindOf(member, path) }]
      : fieldsIn(member, `${path}.`)
  })

const kindOf = (schema: JsonSchema, path: string): ColumnKind => {
  const words = schema.enum ?? (schema.const === undefined ? undefined : [schema.const])
  if (words !== undefined) return { words }
  if (schema.format === 'date-time') return 'instant'
  const [choice, other, more] = schema.anyOf ?? []
  if (choice !== undefined && other?.type === 'null' && more === undefined) return kindOf(choice, path)
  switch (schema.type) {
    case 'string':
      return 'text'
    case 'boolean':
      return 'boolean'
    case 'number':
    case 'integer':
      return 'number'
    case 'array':
      if (schema.items?.type === 'string' || schema.items?.enum !== undefined) return 'texts'
      break
    default:
  }
  throw new TypeError(`no column can hold what is at ${path}`)
}

const columnWords = (words: ColumnWords | undefined): Exclude<ColumnWords, string> =>
  typeof words === 'string' ? { about: words } : (words ?? {})

const saidOf = (definitions: ReadonlyArray<EventDefinition>, path: string) =>
  definitions.map(({ columns }) => columnWords(columns[path]))

/** The value that all given ones agree on; undefined if none is given. */
const agreed = (problem: string, said: ReadonlyArray<string | undefined>): string | undefined => {
  const [one, ...others] = new Set(said.filter((text) => text !== undefined))
  if (others.length > 0) throw new TypeError(`${problem}: ${[one, ...others].join('; ')}`)
  return one
}

/** `content.createdAt` as content_created_at; an object's `id` needs no more than the object's name. */
const snakeCase = (path: string): string =>
  path
    .replace(/\.id$/, '')
    .replaceAll('.', '_')
    .replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

const fieldWords = (definitions: ReadonlyArray<EventDefinition>, path: string): string =>
  definitions.map(({ fields }) => fields[path]).find((words) => words !== undefined) ?? `data.${path}`
