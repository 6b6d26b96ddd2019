import type { DuckDBConnection } from '@duckdb/node-api'
import { sqlText } from '../../../foundation/sql.ts'
import { rowsOf } from '../../../projection/duckdb.ts'

/** What flags or decisions refer to in the same way. */
export type Reference = {
  readonly kind: 'flag' | 'deactivation' | 'removal'
  /** The version that they name; null: they name no ruleset. */
  readonly version: { readonly version: string; readonly sha256?: string } | null
  /** The rule that flags name; null: none, or these are decisions. */
  readonly rule: string | null
}

const KINDS: ReadonlyMap<string, Reference['kind']> = new Map([
  ['flag.raised.v1', 'flag'],
  ['account.deactivated.v1', 'deactivation'],
  ['content.removed.v1', 'removal'],
])
const typeOf = (kind: Reference['kind']): string =>
  [...KINDS].flatMap(([type, other]) => (other === kind ? [type] : [])).join()

/** Every way in which flags and decisions refer to rulesets of an id, or to none. There are few: rules times versions. */
export const readReferences = async (
  connection: DuckDBConnection,
  rulesetId: string,
): Promise<ReadonlyArray<Reference>> => {
  // Without a condition: to compare the types and rulesets takes as long as all the rest.
  const rows = await rowsOf(
    connection,
    'SELECT DISTINCT type::VARCHAR, ruleset, ruleset_version, ruleset_sha256, rule FROM h_actions',
  )
  return rows.flatMap(([type, ruleset, version, sha256, rule]) => {
    const kind = KINDS.get(String(type))
    if (kind === undefined || (ruleset !== null && ruleset !== rulesetId)) return []
    const document = sha256 === null ? {} : { sha256: String(sha256) }
    return {
      kind,
      version: ruleset === null ? null : { version: String(version), ...document },
      rule: rule === null ? null : String(rule),
    }
  })
}

/**
 * Queries for the accounts of flags and decisions for which one of some conditions is true; which conditions depends on what
 * they refer to.
 */
export const accountsReferring = (
  references: ReadonlyArray<Reference>,
  rulesetId: string,
  conditionsOf: (reference: Reference) => Iterable<string>,
): ReadonlyArray<string> =>
  [...Map.groupBy(references, (reference) => sourceOf(reference, rulesetId))].flatMap(([source, among]) => {
    const byCondition = new Map<string, Reference[]>()
    for (const reference of among) {
      for (const condition of conditionsOf(reference)) {
        const others = byCondition.get(condition)
        if (others === undefined) byCondition.set(condition, [reference])
        else others.push(reference)
      }
    }
    const conditions = [...byCondition].map(([condition, those]) =>
      [...referringSql(those, among), condition].join(' AND '),
    )
    if (conditions.length === 0) return []
    // DuckDB reads fewer columns for each condition of its own, but those that name no ruleset are everywhere.
    return among.some(({ version }) => version === null)
      ? [`${source} AND (${conditions.join(' OR ')})`]
      : conditions.map((condition) => `${source} AND ${condition}`)
  })

const sourceOf = ({ kind, version }: Reference, rulesetId: string): string =>
  `SELECT account_no FROM h_actions WHERE type = ${sqlText(typeOf(kind))} AND ${
    version === null ? 'ruleset IS NULL' : `ruleset = ${sqlText(rulesetId)}`
  }`

/** Conditions on what references name, that are true of some `among` others. They compare single columns if that is enough. */
const referringSql = (
  references: ReadonlyArray<Reference>,
  among: ReadonlyArray<Reference>,
): ReadonlyArray<string> => {
  const chosen = new Set(references)
  const versions = new Set(references.map(versionOf))
  const rules = new Set(references.map(ruleOf))
  const areAll = (those: ReadonlyArray<Reference>): boolean => those.every((other) => chosen.has(other))
  if (areAll(among)) return []
  const isVersion = isOneOf('ruleset_version', versions)
  const isRule = isOneOf('rule', rules)
  if (areAll(among.filter((other) => versions.has(versionOf(other))))) return [isVersion]
  if (areAll(among.filter((other) => rules.has(ruleOf(other))))) return [isRule]
  const both = among.filter((other) => versions.has(versionOf(other)) && rules.has(ruleOf(other)))
  return [isVersion, isRule, ...(areAll(both) ? [] : [isOneOf(KEY, new Set(references.map(keyOf)))])]
}

const versionOf = ({ version }: Reference): string => version?.version ?? ''
const ruleOf = ({ rule }: Reference): string => rule ?? ''

// No id contains a space.
const KEY = "concat_ws(' ', coalesce(rule, ''), coalesce(ruleset_version, ''), coalesce(ruleset_sha256, ''))"
const keyOf = ({ rule, version }: Reference): string =>
  [rule ?? '', version?.version ?? '', version?.sha256 ?? ''].join(' ')

/** A missing value is ''. */
const isOneOf = (expression: string, texts: ReadonlySet<string>): string => {
  const literals = [...texts].map(sqlText)
  const value = texts.has('') ? `coalesce(${expression}, '')` : expression
  return literals.length === 1 ? `${value} = ${literals.join()}` : `${value} IN (${literals.join(', ')})`
}
