import type { SimulatedLedger } from '../../../src/app/simulate/simulated-time.ts'
import type { StoredEvent } from '../../../src/domain/event.ts'
import {
  decisionFacts,
  type Facts,
  machineDecision,
  publicationFacts,
} from '../../../src/incidents/tripwires/facts.ts'
import type { TrippedWire } from '../../../src/incidents/tripwires/tripwire.ts'
import { openTripwires } from '../../../src/incidents/tripwires/tripwires.ts'
import { type MemoryLedgerOptions, memoryLedger } from './memory-ledger.ts'

/** A ledger in memory, watched by tripwires. */
export const watchedLedger = (
  options: Omit<MemoryLedgerOptions, 'onRecorded'>,
): { readonly ledger: SimulatedLedger; readonly tripped: ReadonlyArray<TrippedWire> } => {
  const wires = openTripwires()
  const tripped: TrippedWire[] = []
  const accounts = new Map<string, StoredEvent[]>()

  /** What is known of a decision; remembers every event of an account. */
  const factsInAccount = (event: StoredEvent): Facts | null => {
    const before = accounts.get(event.subject) ?? []
    accounts.set(event.subject, before)
    const decision = machineDecision(event)
    const facts = decision === null ? null : decisionFacts(decision, before)
    before.push(event)
    return facts
  }

  const ledger = memoryLedger({
    ...options,
    onRecorded: ({ sequence, event, document }) => {
      const facts = document === null ? factsInAccount(event) : publicationFacts(document)
      tripped.push(...wires.take({ sequence, event, facts }))
    },
  })
  return { ledger, tripped }
}
