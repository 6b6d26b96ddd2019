import * as E from '#fp/Either'
import type { LedgerError, SequencedEvent } from '../../ledger/port.ts'
import type { DecodedEvent } from '../../ledger/read.ts'
import type { Vault } from '../../ledger/vault/vault.ts'
import type { LoadError } from '../../replay/model/load.ts'
import { documentOf, eachOfHistory, type FoldedLedger, type HistoryOptions } from '../history.ts'
import { decisionFacts, type Facts, machineDecision, publicationFacts } from './facts.ts'
import { type StreamsBefore, streamsBefore } from './streams-before.ts'
import type { TrippedWire } from './tripwire.ts'
import { openTripwires } from './tripwires.ts'

/** What was set off by a sequence of the ledger. */
export type WiresTripped = { readonly sequence: number; readonly tripped: ReadonlyArray<TrippedWire> }

/** The wires that the first events of a ledger set off, in order. Reads all of them; remembers little. */
export const tripwiresOver = async (
  { ledger, vault }: FoldedLedger,
  options: HistoryOptions,
): Promise<E.Either<LoadError, WiresTripped>> => {
  const wires = openTripwires()
  const streams = streamsBefore(ledger)
  const tripped: TrippedWire[] = []
  const last = await eachOfHistory(ledger, options, async (decoded) => {
    const facts = await factsOf(vault, streams, decoded)
    if (E.isLeft(facts)) return facts
    streams.pass(decoded)
    const { recorded, event } = decoded
    tripped.push(...wires.take({ sequence: recorded.sequence, event, facts: facts.right }))
    return E.right(undefined)
  })
  return E.isLeft(last) ? last : E.right({ sequence: last.right, tripped })
}

/** What follows from the ledger before an event, as far as the wires need it. */
const factsOf = async (
  vault: Vault,
  streams: StreamsBefore,
  { recorded, event }: DecodedEvent<SequencedEvent>,
): Promise<E.Either<LedgerError, Facts | null>> => {
  if (event.type === 'ruleset.published.v1') {
    const document = await documentOf(vault, event)
    if (E.isLeft(document)) return document
    return E.right(document.right === null ? null : publicationFacts(document.right))
  }
  const decision = machineDecision(event)
  if (decision === null || event.backfill === true) return E.right(null)
  const before = await streams.before(recorded)
  return E.isLeft(before) ? before : E.right(decisionFacts(decision, before.right))
}
