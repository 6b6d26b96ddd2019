import * as E from '#fp/Either'
import type { Statement } from './statement.ts'

/** What could not be filled: the API's field, why not, and what to do. */
export type FieldError = { readonly field: string; readonly problem: string; readonly todo: string }

/** Some fields of a statement, or the one that can't be filled. */
export type Part = E.Either<FieldError, Partial<Statement>>

export const missing = (field: keyof Statement, problem: string, todo: string): Part =>
  E.left({ field, problem, todo })
