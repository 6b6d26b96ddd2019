import * as E from '#fp/Either'
import { checkCondition } from '../cel/check.ts'
import { evidenceScope } from '../cel/evidence-scope.ts'
import { parseCondition } from '../cel/parse.ts'
import type { SignalType } from '../ruleset.ts'
import { type EvidenceColumns, sqlFromCel } from './from-cel.ts'
import { printSql } from './print.ts'

/**
 * A condition over declared signals as an SQL expression of type BOOLEAN for DuckDB: true, false or, for unknown, NULL,
 * exactly as `compileCondition` evaluates it over the same evidence. It never stops a query. Left says why there is none.
 */
export const conditionSql = (
  text: string,
  signals: ReadonlyMap<string, SignalType>,
  columns: EvidenceColumns,
): E.Either<string, string> => {
  const parsed = parseCondition(text)
  if (E.isLeft(parsed)) return E.left(parsed.left.message)
  const [wrong] = checkCondition(parsed.right, evidenceScope(signals)).diagnostics
  if (wrong !== undefined) return E.left(wrong.message)
  return E.map(printSql)(sqlFromCel(parsed.right.tree, signals, columns))
}
