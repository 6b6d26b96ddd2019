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
export type Column = { readonly type: string; readonly about: string }

/**
 * A table that follows from the ledger: rows of one account, by a pure fold over that account's events. A fold reads
 * no clock and no randomness, so a rebuild gives the same rows. The table's first column is the account.
 */
export type Projection = {
  readonly name: string
  /** Raise it with any change of what the fold returns: the rows are then rebuilt. */
  readonly version: number
  readonly about: string
  readonly columns: Readonly<Record<string, Column>>
  readonly fold: (
    subject: Subject,
    rulesetNamed: RulesetNamed,
  ) => ReadonlyArray<Readonly<Record<string, Value>>>
  /** The views and macros over the table. */
  readonly views: ReadonlyArray<View>
}

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

/** A projection whose rows have exactly the columns that it declares. */
export const projection = <C extends string>(
  definition: Omit<Projection, 'columns' | 'fold'> & {
    readonly columns: Readonly<Record<C, Column>>
    readonly fold: (subject: Subject, rulesetNamed: RulesetNamed) => ReadonlyArray<Readonly<Record<C, Value>>>
  },
): Projection => definition

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
