/** Why SQL is refused, in one line. */
export type Refusal = string

/** Says of a piece of a parse tree why it is refused; null: it may pass. `scope` has the names that stand there. */
export type Check<Scope> = (piece: unknown, scope: Scope) => Refusal | null

/** For what no list names: a newer DuckDB, or a corner of its SQL that nobody has looked at. */
export const unknownPiece = (what: unknown): Refusal =>
  `this part of SQL cannot be used here: ${typeof what === 'string' ? what : JSON.stringify(what)?.slice(0, 60)}`

/** The first refusal of several checks, made one after the other. */
export const first = <A>(all: Iterable<A>, check: (each: A) => Refusal | null): Refusal | null => {
  for (const each of all) {
    const refusal = check(each)
    if (refusal !== null) return refusal
  }
  return null
}

/** A value in which no node can hide: names, numbers, flags, and lists of them. */
export const withoutNodes = (piece: unknown): Refusal | null =>
  Array.isArray(piece)
    ? first(piece, withoutNodes)
    : (piece !== null && typeof piece === 'object') || piece === undefined
      ? unknownPiece(piece)
      : null

/** One of these values and no other. */
export const oneOfValues =
  (...allowed: ReadonlyArray<unknown>) =>
  (piece: unknown): Refusal | null =>
    allowed.includes(piece) ? null : unknownPiece(piece)

/** A list that holds nothing. */
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

/** What a statement is not given: it is there or not. */
export const alwaysRefused =
  <Scope>(why: Refusal): Check<Scope> =>
  () =>
    why

export type NodeShape<Scope> = { readonly [field: string]: Check<Scope> }

/** DuckDB leaves this field out where there is no place in the text. */
const LOCATION = 'query_location'

/** An object with these fields, each as it must be; one too many or one missing is refused. */
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

/** An object whose field `by` says which of these shapes it has. */
export const variant =
  <Scope>(by: string, checks: NodeShape<Scope>): Check<Scope> =>
  (piece, scope) => {
    const kind = isObject(piece) ? piece[by] : undefined
    const check = typeof kind === 'string' && Object.hasOwn(checks, kind) ? checks[kind] : undefined
    return check === undefined ? unknownPiece(kind) : check(piece, scope)
  }

export const isObject = (piece: unknown): piece is { readonly [field: string]: unknown } =>
  typeof piece === 'object' && piece !== null && !Array.isArray(piece)

/** A name; one that is none is nobody's. */
export const nodeText = (piece: unknown): string => (typeof piece === 'string' ? piece : '')
