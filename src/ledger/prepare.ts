import type { IncomingEvent } from '../domain/event.ts'
import type { StreamName } from '../domain/stream.ts'

/** A ruleset's document, kept beside the ledger by its hash. */
export type Document = { readonly sha256: string; readonly canonical: string }

/**
 * A decoded event made ready for the ledger. `head` and `tail` are its canonical form before and after the
 * member `recordedat`, which only the ledger's clock can give. An event with personal text is finished by the
 * ledger, which holds the keys.
 */
export type PreparedEvent = {
  readonly stream: StreamName
  readonly source: string
  readonly id: string
} & (
  | {
      readonly kind: 'plain'
      readonly head: string
      readonly tail: string
      readonly document: Document | null
    }
  | {
      readonly kind: 'personal'
      readonly event: IncomingEvent<'notice.sent.v1' | 'appeal.filed.v1' | 'appeal.decided.v1'>
    }
)
