import { didYouMean } from '../../foundation/text/nearest.ts'
import type { Refusal } from './check.ts'
import { allowedFunctions, allowedTableFunctions, allowedTypes } from './functions.ts'
import { folded } from './names.ts'
import type { Ours } from './ours.ts'

/** The names that may be used at a point of a statement. */
export type Scope = {
  readonly ours: Ours
  /** The names of the statement's own WITH that are in scope; folded. */
  readonly withs: ReadonlySet<string>
  /** What a recursive part may name as `recurring.NAME`. */
  readonly recurring: ReadonlySet<string>
}

/** The same scope with one more name of a WITH. */
export const withName = (scope: Scope, name: string): Scope => ({
  ...scope,
  withs: new Set([...scope.withs, folded(name)]),
})

const HINT = 'use DESCRIBE, SHOW TABLES or SUMMARIZE'
const CATALOG = /^(?:duckdb|pg|pragma|sqlite)_|^information_schema$/

const FILE_HINT =
  'files cannot be read: SHOW TABLES lists the tables, and --out FILE writes a result to a file'
const FILE = /[./\\:*?[]/
const READS_FILES = /^(?:read_|parquet_|glob$|sniff_csv$)/

/** Whether a name is one of DuckDB's catalogs or looks like a file. */
const isForeign = (name: string): boolean => CATALOG.test(name) || FILE.test(name)

/** A WITH must not use a name that means something else to DuckDB, which it would find where the WITH is not in scope. */
export const refuseWithName = (name: string): Refusal | null =>
  isForeign(folded(name)) ? `a WITH cannot have the name ${name}` : null

export const refuseTable = (
  { ours, withs, recurring }: Scope,
  catalog: string,
  schema: string,
  table: string,
): Refusal | null => {
  const [inCatalog, inSchema, name] = [folded(catalog), folded(schema), folded(table)]
  if (inCatalog === '' && inSchema === '' && withs.has(name)) return null
  if (inCatalog === '' && inSchema === 'recurring' && recurring.has(name)) return null
  const isOurs =
    ['', ours.database].includes(inCatalog) &&
    ['', 'main', ...(inCatalog === '' ? [ours.database] : [])].includes(inSchema)
  if (isOurs && ours.tables.has(name)) return null
  const full = [catalog, schema, table].filter((part) => part !== '').join('.')
  if ([inCatalog, inSchema, name].some((part) => CATALOG.test(part)))
    return `${full} cannot be used here: ${HINT}`
  if (FILE.test(name)) return `there is no table ${full}, and ${FILE_HINT}`
  return `there is no table ${full}: ${didYouMean(table, [...ours.tables, ...withs]) ?? 'SHOW TABLES lists them'}`
}

export const refuseFunction = ({ ours }: Scope, name: string): Refusal | null => {
  const known = folded(name)
  if (allowedFunctions.has(known) || ours.macros.has(known)) return null
  return refusedFunction(name, [...allowedFunctions, ...ours.macros])
}

export const refuseTableFunction = ({ ours }: Scope, name: string): Refusal | null => {
  const known = folded(name)
  if (allowedTableFunctions.has(known) || ours.tableMacros.has(known)) return null
  return refusedFunction(name, [...allowedTableFunctions, ...ours.tableMacros])
}

const refusedFunction = (name: string, known: ReadonlyArray<string>): Refusal => {
  if (CATALOG.test(folded(name))) return `${name}() cannot be used here: ${HINT}`
  if (READS_FILES.test(folded(name))) return `the function ${name}() cannot be used here: ${FILE_HINT}`
  const meant = didYouMean(name, known)
  return `the function ${name}() cannot be used here${meant === null ? '' : `: ${meant}`}`
}

export const refuseType = (name: string): Refusal | null =>
  allowedTypes.has(name.toUpperCase()) ? null : `the type ${name} cannot be used here`
