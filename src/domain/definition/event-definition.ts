import type * as t from 'io-ts'
import type { CloudEvent } from '../envelope.ts'
import type { Timestamp } from '../time.ts'
import type { Fields } from './fields.ts'
import type { StoryContext, StoryEntry } from './story.ts'

/** What fields mean, by name. */
export type Words = Readonly<Record<string, string | undefined>>

/** The same for the fields of a type: one plain sentence each, none where the name says it all. */
export type FieldWords<A> = { readonly [K in keyof A]?: string }

/** What an event names that must be on record of its account. */
export type NamedIds = {
  readonly decisionIds?: ReadonlyArray<string>
  readonly flagIds?: ReadonlyArray<string>
  readonly appealId?: string | undefined
}

/**
 * What is said of a column: what it means, or where more has to be said, its name (else its path in snake case) and that
 * it is text although this type fills it with words of its own (`kind`).
 */
export type ColumnWords = string | { readonly name?: string; readonly about?: string; readonly kind?: 'text' }

/** A stored event, as a story tells it. */
export type ToldEvent<D> = CloudEvent<string, D> & { readonly recordedat: Timestamp }

/** The streams that events are kept in, each of one subject. */
export type StreamKind = 'account' | 'evidence' | 'ruleset'

/**
 * All that there is to say of one type of event. `I` and `S` are the codecs of its `data`, as services publish it and as
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
  /** What an event of this type records, in a sentence for those who publish it. */
  readonly says: string
  readonly fields: FieldWords<DataOf<I, S>>
  /** null: services do not publish it, for only Redress records it. */
  readonly incoming: I
  readonly stored: S
  /** What happens at one instant happens in the order of ranks: clocks may tick in seconds, and the flag comes first. */
  readonly rank: number
  readonly stream: StreamKind
  /**
   * Whether an event of this type is on record and shown, and nothing else: what was decided of an account, and how a
   * replay judges that, is the same without it. On every other type the folds have to decide.
   */
  readonly onlyInforms: Informs
  /** What it names that must be on record of its account; null: nothing. */
  readonly names: ((data: t.TypeOf<S>) => NamedIds) | null
  /** What is said of its columns in SQL, by the paths of its fields. */
  readonly columns: C
  /** How an account's story tells it. */
  readonly story: (event: ToldEvent<t.TypeOf<S>>, context: StoryContext) => StoryEntry
  /** A valid `data` with every field that it may have, as published; of a type of our own as stored. */
  readonly sample: Plain<DataOf<I, S>>
  /** What the subject has to be, where it is no account. */
  readonly subject?: {
    readonly of: (data: t.TypeOf<S>) => string
    readonly expected: string
    readonly says: string
  }
  /** What its personal text is called; there is one exactly where `data.personal` can be published. */
  readonly personal?: string
}

/** `data` as it comes into being: as published, or as Redress records it. */
type DataOf<I extends t.Mixed | null, S extends t.Mixed> = t.TypeOf<I extends t.Mixed ? I : S>

/** A definition of any type. The codecs have checked `data` against `type`, so that it is the right one for each. */
export type EventDefinition = TypedDefinition<
  string,
  t.Mixed | null,
  t.Mixed,
  Readonly<Record<string, ColumnWords | undefined>>,
  boolean
>

/** The fields of a type whose columns can be described. */
type Columns<D> = { readonly [P in Fields<D>[0]]?: ColumnWords }

/** A text that is published as personal has to be sealed, so its definition has to know of it. */
type PersonalOf<A> = 'personal' extends keyof A
  ? { readonly personal: string }
  : { readonly personal?: never }

/** A value whose texts have no brands: what a person can write down. */
type Plain<A> =
  A extends t.Brand<unknown>
    ? string
    : A extends ReadonlyArray<infer E>
      ? ReadonlyArray<Plain<E>>
      : A extends object
        ? { readonly [K in keyof A]: Plain<A[K]> }
        : A

/** The definition of a type, see `index.ts`. */
export const defineEvent = <
  const T extends string,
  I extends t.Mixed | null,
  S extends t.Mixed,
  const C extends Columns<t.TypeOf<S>>,
  const Informs extends boolean,
>(
  definition: TypedDefinition<T, I, S, C, Informs> & PersonalOf<DataOf<I, S>>,
): TypedDefinition<T, I, S, C, Informs> => definition
