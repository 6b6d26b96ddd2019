import * as E from '#fp/Either'
import type { SimulatedLedger } from '../../../src/app/simulate/simulated-time.ts'
import { decodeStored } from '../../../src/domain/decode.ts'
import type { StoredEvent } from '../../../src/domain/event.ts'
import { formatInstant } from '../../../src/domain/time.ts'
import {
  decisionFacts,
  type Facts,
  machineDecision,
  publicationFacts,
} from '../../../src/incidents/tripwires/facts.ts'
import type { TrippedWire } from '../../../src/incidents/tripwires/tripwire.ts'
import { openTripwires } from '../../../src/incidents/tripwires/tripwires.ts'
import { services } from '../../../src/simulation/services/directory.ts'
import { unwrap } from '../../ledger/events.ts'
import { compiled } from '../../replay/histories.ts'

type Watching = {
  /** Whether versions are published with a rehearsal. */
  readonly isRehearsed: boolean
  /** Whether what services send is marked as a backfill. */
  readonly isBackfill?: boolean
}

/** A ledger in memory, watched by tripwires: what is recorded is not kept, but for what they need to know. */
export const watchedLedger = ({
  isRehearsed,
  isBackfill = false,
}: Watching): { readonly ledger: SimulatedLedger; readonly tripped: ReadonlyArray<TrippedWire> } => {
  const wires = openTripwires()
  const tripped: TrippedWire[] = []
  const seen = new Set<string>()
  const accounts = new Map<string, StoredEvent[]>()
  let now = Number.NaN

  const record = (fields: object, factsOf: (event: StoredEvent) => Facts | null): void => {
    const event = unwrap(decodeStored({ ...fields, recordedat: formatInstant(now) }))
    const key = `${event.source} ${event.id}`
    if (seen.has(key)) return
    seen.add(key)
    tripped.push(...wires.take({ sequence: seen.size, event, facts: factsOf(event) }))
  }

  /** What is known of a decision; remembers every event of an account. */
  const factsInAccount = (event: StoredEvent): Facts | null => {
    const before = accounts.get(event.subject) ?? []
    accounts.set(event.subject, before)
    const decision = machineDecision(event)
    const facts = decision === null ? null : decisionFacts(decision, before)
    before.push(event)
    return facts
  }

  return {
    tripped,
    ledger: {
      setClock: (to) => {
        now = to
      },
      take: async (lines) => {
        for (const line of lines) {
          const event = JSON.parse(line)
          const { personal: _, ...data } = event.data // sealed in a ledger, and no matter to a wire
          const { traceparent: _trace, ...envelope } = event
          record({ ...envelope, data, ...(isBackfill ? { backfill: true } : {}) }, factsInAccount)
        }
        return E.right(null)
      },
      publish: async ({ release: { document, effectiveFrom } }) => {
        const ruleset = compiled(document)
        const { id, version, sha256 } = ruleset
        const rehearsal = { against: null, sequence: seen.size, rules: {}, by: 'test' }
        const data = {
          ...{
            ruleset: { id, version },
            effectiveFrom: formatInstant(effectiveFrom),
            documentSha256: sha256,
          },
          ...(isRehearsed ? { rehearsal } : {}),
        }
        const envelope = {
          specversion: '1.0',
          id: `${id}-${version}`,
          source: services.policy.source,
          subject: id,
        }
        const event = { ...envelope, type: 'ruleset.published.v1', time: formatInstant(now), data }
        record({ ...event, datacontenttype: 'application/json' }, () => publicationFacts(ruleset))
        return E.right(null)
      },
      recorded: async () => E.right([]),
      tickDue: () => null,
      tick: async () => E.right(null),
    },
  }
}
