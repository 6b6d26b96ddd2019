import type { Restriction } from '../../../domain/parts.ts'
import type { Row } from '../../../replay/result/rows.ts'

/** An account or a decision that is left out of a plan. */
export type ListedException =
  | { readonly account: string; readonly reason: string }
  | { readonly decisionId: string; readonly reason: string }

/** All rows of which a condition in CEL is true are left out. */
export type ConditionalException = { readonly where: string; readonly reason: string }

/** Why rows are left out of a plan. */
export type Exception = ListedException | ConditionalException

/** What may be left out: a decision, or (kind `flags`) the standing flags of an account that no decision rests on. */
export type ExceptableRow = {
  readonly account: string
  /** null for flags. */
  readonly decisionId: string | null
  readonly kind: Row['kind'] | 'flags'
  /** null for flags. */
  readonly class: Row['class'] | null
  /** null for removals and flags. */
  readonly restriction: Restriction | null
}
