/** Why SQL is refused, in one line. */
export type Refusal = string

/** Says why a piece of a parse tree is refused; null: it is allowed. `scope` has the names that are valid there. */
export type Check<Scope> = (piece: unknown, scope: Scope) => Refusal | null

/** For what is not on any list: a newer DuckDB, or a corner of its SQL that has not been reviewed. */
export const unknownPiece = (what: unknown): Refusal =>
  `this part of SQL cannot be used here: ${typeof what === 'string' ? what : JSON.stringify(what)?.slice(0, 60)}`

/** The first refusal of several checks, made in order. */
export const first = <A>(all: Iterable<A>, check: (each: A) => Refusal | null): Refusal | null => {
  for (const each of all) {
    const refusal = check(each)
    if (refusal !== null) return refusal
  }
  return null
}

/** A value that cannot contain a node: names, numbers, flags, and lists of them. */
export const withoutNodes = (piece: unknown): Refusal | null =>
  Array.isArray(piece)
    ? first(piece, withoutNodes)
    : (piece !== null && typeof piece === 'object') || piece === undefined
      ? unknownPiece(piece)
      : null

/** Exactly one of these values. */
export const oneOfValues =
  (...allowed: ReadonlyArray<unknown>) =>
  (piece: unknown): Refusal | null =>
    allowed.includes(piece) ? null : unknownPiece(piece)

/** An empty list. */
export const empty = (piece: unknown): Refusal | null =>
  Array.isArray(piece) && piece.length === 0 ? null : unknownPiece(piece)

export const many =
  <Scope>(check: Check<Scope>): Check<Scope> =>
  (piece, scope) =>
    Array.isArray(piece) ? first(piece, (each) => check(each, scope)) : unknownPiece(piece)

export const optional =
  <Scope>(check: Check<Scope>): Check<Scope> =>
  (piece, scope) =>
    piece === null ? null : check(piece, scope)

/** Refuses a piece whatever its value. */
export const alwaysRefused =
  <Scope>(why: Refusal): Check<Scope> =>
  () =>
    why

export type NodeShape<Scope> = { readonly [field: string]: Check<Scope> }

/** DuckDB leaves this field out if there is no position in the text. */
const LOCATION = 'query_location'

/** An object with exactly these fields, each of which must pass its check. */
export const fields =
  <Scope>(shape: NodeShape<Scope>): Check<Scope> =>
  (piece, scope) => {
    if (!isObject(piece)) return unknownPiece(piece)
    return (
      first(Object.keys(piece), (name) =>
        Object.hasOwn(shape, name) || name === LOCATION ? null : unknownPiece(name),
      ) ??
      (LOCATION in piece ? withoutNodes(piece[LOCATION]) : null) ??
      first(Object.entries(shape), ([name, check]) => check(piece[name], scope))
    )
  }

/** An object whose field `by` selects one of these shapes. */
export const variant =
  <Scope>(by: string, checks: NodeShape<Scope>): Check<Scope> =>
  (piece, scope) => {
    const kind = isObject(piece) ? piece[by] : undefined
    const check = typeof kind === 'string' && Object.hasOwn(checks, kind) ? checks[kind] : undefined
    return check === undefined ? unknownPiece(kind) : check(piece, scope)
  }

export const isObject = (piece: unknown): piece is { readonly [field: string]: unknown } =>
  typeof piece === 'object' && piece !== null && !Array.isArray(piece)

/** A name; the empty text, which names nothing, if it is not a text. */
export const nodeText = (piece: unknown): string => (typeof piece === 'string' ? piece : '')
