import type { Account } from '../src/domain/account.ts'
import type { StoredEvent } from '../src/domain/event.ts'
import type { RulesetRef } from '../src/domain/parts.ts'
import { formatInstant } from '../src/domain/time.ts'
import type { Ruleset } from '../src/rulesets/ruleset.ts'

/** Everything on record about one account, except what was merely looked at (`content.evaluated`). */
export type Subject = {
  readonly account: string
  /** In the order of replay, each event once; at least one. */
  readonly events: ReadonlyArray<StoredEvent>
  /** The same events, folded. */
  readonly record: Account
}

/** The published version that a reference names; undefined if it was not published. */
export type RulesetNamed = (ref: RulesetRef) => Ruleset | undefined

/** A value of a row, as JSON writes it; an instant is text (see `instant`). */
export type Value =
  | string
  | number
  | boolean
  | null
  | ReadonlyArray<Value>
  | { readonly [field: string]: Value }

/** A column: its type in SQL, and what it means, for readers of the schema. */
type Column = { readonly type: string; readonly about: string }

type Table = {
  readonly name: string
  /** Raise it with any change of what the fold returns: the rows are then rebuilt. */
  readonly version: number
  readonly about: string
  readonly columns: Readonly<Record<string, Column>>
  /** The views and macros over the table. */
  readonly views: ReadonlyArray<View>
}

type Row<C extends string = string> = Readonly<Record<C, Value>>

/** Rows of one account; the first column is `account`. */
export type AccountProjection = Table & {
  readonly of: 'account'
  readonly fold: (subject: Subject, rulesetNamed: RulesetNamed) => ReadonlyArray<Row>
}

/** Rows of one incident, from the events of its stream, in order; the first column is `incident_id`. */
export type IncidentProjection = Table & {
  readonly of: 'incident'
  readonly fold: (events: ReadonlyArray<StoredEvent>) => ReadonlyArray<Row>
}

/**
 * A table that follows from the ledger: rows of one account or one incident, by a pure fold over its events. A fold reads no
 * clock and no randomness, so a rebuild gives the same rows.
 */
export type Projection = AccountProjection | IncidentProjection

/** A view or a macro over a projection's table. */
export type View = {
  readonly kind: 'VIEW' | 'MACRO' | 'MACRO TABLE'
  readonly name: string
  readonly about: string
  /** What the columns of a view mean; for the rest, the table's meaning applies. */
  readonly columns?: Readonly<Record<string, string>>
  /** The statement that makes it; begins with CREATE OR REPLACE. */
  readonly sql: string
}

type Exactly<P extends Projection, C extends string> = Omit<P, 'of' | 'columns' | 'fold'> & {
  readonly columns: Readonly<Record<C, Column>>
  readonly fold: (...input: Parameters<P['fold']>) => ReadonlyArray<Row<C>>
}

/** A projection of accounts whose rows have exactly the columns that it declares. */
export const projection = <C extends string>(
  definition: Exactly<AccountProjection, C>,
): AccountProjection => ({ of: 'account', ...definition })

/** The same of incidents. */
export const incidentProjection = <C extends string>(
  definition: Exactly<IncidentProjection, C>,
): IncidentProjection => ({ of: 'incident', ...definition })

/** An instant (ms since the epoch) as a value of a column of type TIMESTAMP; null stays null. */
export const instant = (ms: number | null): string | null => (ms === null ? null : formatInstant(ms))

/**
 * What a time given to a macro means, for views that need it: with an offset (also as text) that instant, otherwise a
 * time in UTC.
 */
export const AS_OF: View = {
  kind: 'MACRO',
  name: 'utc_instant',
  about: 'The instant of a time with an offset; a time without one is in UTC',
  sql: `CREATE OR REPLACE MACRO utc_instant(as_of) AS
  CASE WHEN typeof(as_of) = 'TIMESTAMP WITH TIME ZONE'
         OR regexp_matches(as_of::VARCHAR, ':.*([Zz]|[+-]\\d\\d(:?\\d\\d)?)$')
       THEN as_of::TIMESTAMPTZ AT TIME ZONE 'UTC' ELSE as_of::TIMESTAMP END`,
}
