import * as E from '#fp/Either'
import type { Statement } from './statement.ts'

/** What could not be filled: the API's field, why not, and what to do. */
export type FieldError = {
  readonly field: string
  readonly problem: string
  readonly todo: string
  /** Neither a mapping nor a later event can change it, so it is not retried. */
  readonly final?: true
}

/** Where a statement differs from the record, because of what the database accepts. */
export type Remark = { readonly field: keyof Statement; readonly remark: string }

/** Some fields of a statement, or the one that cannot be filled. */
export type Part = E.Either<
  FieldError,
  { readonly fields: Partial<Statement>; readonly remarks: ReadonlyArray<Remark> }
>

export const given = (fields: Partial<Statement>, ...remarks: ReadonlyArray<Remark>): Part =>
  E.right({ fields, remarks })

export const missing = (field: keyof Statement, problem: string, todo: string): Part =>
  E.left({ field, problem, todo })
