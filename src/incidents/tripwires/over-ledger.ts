import * as E from '#fp/Either'
import { compileDocuments } from '../../ledger/documents.ts'
import type { Ledger, LedgerError } from '../../ledger/port.ts'
import { type DecodedEvent, readDecoded } from '../../ledger/read.ts'
import type { Vault } from '../../ledger/vault/vault.ts'
import type { LoadError } from '../../replay/model/load.ts'
import { decisionFacts, type Facts, machineDecision, publicationFacts } from './facts.ts'
import { type StreamsBefore, streamsBefore } from './streams-before.ts'
import type { TrippedWire } from './tripwire.ts'
import { openTripwires } from './tripwires.ts'

/** What is read of a ledger. */
export type LedgerOfWires = {
  readonly ledger: Pick<Ledger, 'head' | 'readAll' | 'readStream' | 'vocabulary'>
  readonly vault: Vault
}

export type HistoryOptions = {
  /** Up to this sequence; null: the whole ledger. */
  readonly at: number | null
  /** Called periodically with the number of events read, and of how many. */
  readonly onProgress: (done: number, total: number) => void
}

/** What was set off by a sequence of the ledger. */
export type WiresTripped = { readonly sequence: number; readonly tripped: ReadonlyArray<TrippedWire> }

/** The wires that the first events of a ledger set off, in order. Reads all of them; remembers little. */
export const tripwiresOver = async (
  { ledger, vault }: LedgerOfWires,
  { at, onProgress }: HistoryOptions,
): Promise<E.Either<LoadError, WiresTripped>> => {
  const head = await ledger.head()
  if (E.isLeft(head)) return head
  const last = at ?? head.right.sequence
  if (last > head.right.sequence) {
    return E.left({ kind: 'no_such_sequence', requested: last, head: head.right.sequence })
  }
  const wires = openTripwires()
  const streams = streamsBefore(ledger)
  const tripped: TrippedWire[] = []
  for await (const page of readDecoded(ledger, ledger.readAll(null, { until: last }))) {
    if (E.isLeft(page)) return page
    let sequence = 0
    for (const decoded of page.right) {
      const facts = await factsOf(vault, streams, decoded)
      if (E.isLeft(facts)) return facts
      streams.pass(decoded)
      sequence = decoded.recorded.sequence
      tripped.push(...wires.take({ sequence, event: decoded.event, facts: facts.right }))
    }
    onProgress(sequence, last)
  }
  return E.right({ sequence: last, tripped })
}

/** What follows from the ledger before an event, as far as the wires need it. */
const factsOf = async (
  vault: Vault,
  streams: StreamsBefore,
  { recorded, event }: DecodedEvent,
): Promise<E.Either<LedgerError, Facts | null>> => {
  if (event.type === 'ruleset.published.v1') {
    const { documentSha256 } = event.data
    const documents = await compileDocuments(vault, new Set([documentSha256]))
    if (E.isLeft(documents)) return documents
    const ruleset = documents.right.get(documentSha256)
    return E.right(ruleset === undefined ? null : publicationFacts(ruleset))
  }
  const decision = machineDecision(event)
  if (decision === null || event.backfill === true) return E.right(null)
  const before = await streams.before(recorded)
  return E.isLeft(before) ? before : E.right(decisionFacts(decision, before.right))
}
