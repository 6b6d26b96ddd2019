import type * as t from 'io-ts'
import type { CloudEvent } from '../envelope.ts'
import type { Timestamp } from '../time.ts'
import type { Fields } from './fields.ts'
import type { StoryContext, StoryEntry } from './story.ts'

/** What fields mean, by name. */
export type Words = Readonly<Record<string, string | undefined>>

/** The same for the fields of a type: one plain sentence each, or none if the name says it all. */
export type FieldWords<A> = { readonly [K in keyof A]?: string }

/** The ids in an event that its account must have on record. */
export type NamedIds = {
  readonly decisionIds?: ReadonlyArray<string>
  readonly flagIds?: ReadonlyArray<string>
  readonly appealId?: string | undefined
}

/**
 * Describes a column: what it means, or, if that is not enough, also its name (by default its path in snake case) and
 * that it is text although this type fills it with words of its own (`kind`).
 */
export type ColumnWords = string | { readonly name?: string; readonly about?: string; readonly kind?: 'text' }

/** A stored event, for a story. */
export type StoryEvent<D> = CloudEvent<string, D> & { readonly recordedat: Timestamp }

/** What a stream is about; `ledger`: the ledger itself. */
export type StreamSubject = 'account' | 'ruleset' | 'alarm' | 'incident' | 'ledger'

/**
 * The kinds of streams that events are kept in, and what each is about. A stream's name is its kind and its subject's id; of
 * a kind that is about the ledger there is one stream, with its kind as its name.
 */
export const streamKinds = {
  account: 'account',
  evidence: 'account',
  ruleset: 'ruleset',
  clock: 'ledger',
  // Before `alarm`, whose streams have names that begin alike; those end in a hash.
  'alarm-parameters': 'ledger',
  alarm: 'alarm',
  incident: 'incident',
  // One stream: whoever acts must know all that hold.
  holds: 'ledger',
} as const satisfies Readonly<Record<string, StreamSubject>>

export type StreamKind = keyof typeof streamKinds

/**
 * Everything about one type of event. `I` and `S` are the codecs of its `data`, as services publish it and as
 * the ledger stores it.
 */
type TypedDefinition<
  T extends string,
  I extends t.Mixed | null,
  S extends t.Mixed,
  C extends object,
  Informs extends boolean,
> = {
  readonly type: T
  /** The version of the vocabulary that has it first (`vocabulary.ts`). */
  readonly since: number
  /** What an event of this type records, in a sentence for publishers. */
  readonly says: string
  readonly fields: FieldWords<DataOf<I, S>>
  /** null: services do not publish it, only Redress records it. */
  readonly incoming: I
  readonly stored: S
  /** Orders events of one instant: clocks may tick in whole seconds, and the flag must come first. */
  readonly rank: number
  readonly stream: StreamKind
  /**
   * Whether an event of this type is only recorded and shown: what was decided about an account, and how a replay
   * judges that, is the same without it. The folds must handle every other type.
   */
  readonly onlyInforms: Informs
  /** The ids in it that its account must have on record; null: none. */
  readonly names: ((data: t.TypeOf<S>) => NamedIds) | null
  /** The fields that hold the SHA-256 of a document, or of a manifest, that must be in the vault; absent: none. */
  readonly documents?: ReadonlyArray<keyof t.TypeOf<S> & string>
  /** Describes its SQL columns, by the paths of its fields. */
  readonly columns: C
  /** Its entry in an account's story. */
  readonly story: (event: StoryEvent<t.TypeOf<S>>, context: StoryContext) => StoryEntry
  /** A valid `data` with every field that it may have, as published; for Redress's own types, as stored. */
  readonly sample: Plain<DataOf<I, S>>
  /** What the subject must be, if it is not an account. */
  readonly subject?: {
    readonly of: (data: t.TypeOf<S>) => string
    readonly expected: string
    readonly says: string
  }
  /** What its personal text is called; given exactly if it has one, which is sealed. */
  readonly personal?: string
}

/** `data` as first written: as published, or as Redress records it. */
type DataOf<I extends t.Mixed | null, S extends t.Mixed> = t.TypeOf<I extends t.Mixed ? I : S>

/** A definition of any type. The codecs have checked that `data` fits `type`. */
export type EventDefinition = TypedDefinition<
  string,
  t.Mixed | null,
  t.Mixed,
  Readonly<Record<string, ColumnWords | undefined>>,
  boolean
>

/** The fields of a type whose columns can be described. */
type Columns<D> = { readonly [P in Fields<D>[0]]?: ColumnWords }

/** A personal text must be sealed, so its definition must name it. */
type PersonalOf<A> = 'personal' extends keyof A
  ? { readonly personal: string }
  : 'sealed' extends keyof A
    ? { readonly personal: string }
    : { readonly personal?: never }

/** A value whose strings have no brands, so that it can be written as a literal. */
type Plain<A> =
  A extends t.Brand<unknown>
    ? string
    : A extends ReadonlyArray<infer E>
      ? ReadonlyArray<Plain<E>>
      : A extends object
        ? { readonly [K in keyof A]: Plain<A[K]> }
        : A

/** Defines a type of event; `index.ts` lists them. */
export const defineEvent = <
  const T extends string,
  I extends t.Mixed | null,
  S extends t.Mixed,
  const C extends Columns<t.TypeOf<S>>,
  const Informs extends boolean,
>(
  definition: TypedDefinition<T, I, S, C, Informs> & PersonalOf<DataOf<I, S>>,
): TypedDefinition<T, I, S, C, Informs> => definition
