import * as E from '#fp/Either'
import type { LedgerError, SequencedEvent } from '../../ledger/port.ts'
import type { DecodedEvent } from '../../ledger/read.ts'
import type { Vault } from '../../ledger/vault/vault.ts'
import type { LoadError } from '../../replay/model/load.ts'
import { documentOf, eachOfHistory, type FoldedLedger, type HistoryOptions } from '../history.ts'
import { decisionFacts, type Facts, machineDecision, publicationFacts } from './facts.ts'
import { type StreamsBefore, streamsBefore } from './streams-before.ts'
import type { TrippedWire } from './tripwire.ts'
import { openTripwires, type TripwireState } from './tripwires.ts'

/** What was set off by a sequence of the ledger. */
export type WiresTripped = { readonly sequence: number; readonly tripped: ReadonlyArray<TrippedWire> }

/** Tripwires over the events of a ledger, which are given in order, as they are recorded or later. */
export type LedgerTripwires = {
  /** Takes the next event; returns the wires that it sets off, or that were due before it, in order. */
  readonly take: (
    decoded: DecodedEvent<SequencedEvent>,
  ) => Promise<E.Either<LedgerError, ReadonlyArray<TrippedWire>>>
  /** When the next is set off unless something is recorded before, in ms; null: nothing is waited for. */
  readonly nextDue: () => number | null
  readonly state: () => TripwireState
}

/**
 * What is not in the events themselves is looked up in the ledger and its vault. Starts at the first event, or after the last
 * one of a state.
 */
export const tripwiresOn = ({ ledger, vault }: FoldedLedger, saved?: TripwireState): LedgerTripwires => {
  const wires = openTripwires(saved)
  const streams = streamsBefore(ledger)
  return {
    take: async (decoded) => {
      const facts = await factsOf(vault, streams, decoded)
      if (E.isLeft(facts)) return facts
      streams.pass(decoded)
      const { recorded, event } = decoded
      return E.right(wires.take({ sequence: recorded.sequence, event, facts: facts.right }))
    },
    nextDue: wires.nextDue,
    state: wires.state,
  }
}

/** The wires that the first events of a ledger set off, in order. Reads all of them; remembers little. */
export const tripwiresOver = async (
  folded: FoldedLedger,
  options: HistoryOptions,
): Promise<E.Either<LoadError, WiresTripped>> => {
  const wires = tripwiresOn(folded)
  const tripped: TrippedWire[] = []
  const last = await eachOfHistory(folded.ledger, options, async (decoded) => {
    const taken = await wires.take(decoded)
    if (E.isLeft(taken)) return taken
    tripped.push(...taken.right)
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
