/** Each tripwire, and what it says for people. */
export const tripwires = {
  unknown_version: 'names a version or a hash of a ruleset that was not published',
  owner_mismatch: 'flags content of another account',
  unrehearsed_publication: 'publishes a version of a ruleset that was not rehearsed',
  no_grounds: 'decides without grounds, or on grounds that are not on record',
  severer_than_the_rule: 'restricts accounts more severely than any policy of the version asks for',
  banned_again: 'decides again what was reversed within the day before',
  replayed_queue: 'sends what happened more than seven days ago',
} as const

export type Tripwire = keyof typeof tripwires

/** What a wire is about; null: nothing in particular, or any. */
export type WireValue = {
  readonly ruleset: string | null
  readonly version: string | null
  /** Of a document that was not published as that version. */
  readonly sha256: string | null
  readonly rule: string | null
}

/** An event that set off a wire, or helped to. */
export type TrippingEvent = { readonly sequence: number; readonly id: string; readonly subject: string }

/** A wire that was set off: once a source, wire and value a day. */
export type TrippedWire = {
  readonly wire: Tripwire
  /** The CloudEvents source of the events. */
  readonly source: string
  readonly value: WireValue
  /** When it was due, in ms by the clock of the ledger. */
  readonly at: number
  /** The event that showed it: the ledger up to this sequence is enough to know. */
  readonly sequence: number
  /** Those that set it off, the last ten at most, in the order of the ledger. */
  readonly events: ReadonlyArray<TrippingEvent>
}

export const NO_VALUE: WireValue = { ruleset: null, version: null, sha256: null, rule: null }
