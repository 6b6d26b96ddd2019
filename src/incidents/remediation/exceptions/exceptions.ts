import * as E from '#fp/Either'
import { compareUtf8 } from '../../../domain/order.ts'
import { compileIn } from '../../../rulesets/cel/condition.ts'
import type { Diagnostic } from '../../../rulesets/cel/diagnostic.ts'
import type { ConditionalException, ExceptableRow, Exception, ListedException } from './exception.ts'
import { rowScope } from './row-scope.ts'

/** What is left out of a plan. */
export type Exceptions = {
  /** In an order that does not depend on how they were listed: decisions, accounts, the condition. */
  readonly all: ReadonlyArray<Exception>
  /**
   * The reason for which a row is left out; null: it stays. What is said of the decision counts before what is said of the
   * account, and that before the condition, which must be true: where it is unknown the row stays.
   */
  readonly reasonFor: (row: ExceptableRow) => string | null
  /** Those listed that name none of these rows. */
  readonly unmatched: (
    rows: Iterable<Pick<ExceptableRow, 'account' | 'decisionId'>>,
  ) => ReadonlyArray<ListedException>
}

/**
 * Compiles a list of exceptions and a condition in CEL over `row` (see `rowScope`), each with its reason. Left: what is wrong
 * with the condition, one line each; a comparison with a word that never occurs, too, since it would leave nothing out.
 */
export const compileExceptions = (
  listed: ReadonlyArray<ListedException>,
  condition: ConditionalException | null,
): E.Either<ReadonlyArray<string>, Exceptions> => {
  if (condition === null) return E.right(exceptionsOf(listed, null))
  const compiled = compileIn(rowScope, condition.where)
  const wrong = E.isLeft(compiled) ? compiled.left : compiled.right.remarks
  if (E.isLeft(compiled) || wrong.length > 0) return E.left(wrong.map(describe))
  const { evaluate } = compiled.right
  return E.right(exceptionsOf(listed, { exception: condition, fits: (row) => evaluate(row) === 'true' }))
}

const describe = ({ offset, message, hint }: Diagnostic): string =>
  `at character ${offset + 1}: ${message}${hint === null ? '' : ` (${hint})`}`

type Conditional = {
  readonly exception: ConditionalException
  readonly fits: (row: ExceptableRow) => boolean
}

const exceptionsOf = (
  listed: ReadonlyArray<ListedException>,
  conditional: Conditional | null,
): Exceptions => {
  const decisions = new Map<string, ListedException>()
  const accounts = new Map<string, ListedException>()
  for (const exception of listed) {
    if ('account' in exception) accounts.set(exception.account, exception)
    else decisions.set(exception.decisionId, exception)
  }
  const sorted = [...inOrder(decisions), ...inOrder(accounts)]
  const ofDecision = (decisionId: string | null): ListedException | undefined =>
    decisionId === null ? undefined : decisions.get(decisionId)
  return {
    all: conditional === null ? sorted : [...sorted, conditional.exception],
    reasonFor: (row) => {
      const named = ofDecision(row.decisionId) ?? accounts.get(row.account)
      if (named !== undefined) return named.reason
      return conditional?.fits(row) === true ? conditional.exception.reason : null
    },
    unmatched: (rows) => {
      const left = new Set(sorted)
      for (const { account, decisionId } of rows) {
        for (const named of [ofDecision(decisionId), accounts.get(account)]) {
          if (named !== undefined) left.delete(named)
        }
      }
      return [...left]
    },
  }
}

const inOrder = (exceptions: ReadonlyMap<string, ListedException>): ReadonlyArray<ListedException> =>
  [...exceptions].sort(([a], [b]) => compareUtf8(a, b)).map(([, exception]) => exception)
