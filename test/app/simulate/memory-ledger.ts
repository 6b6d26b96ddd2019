import * as E from '#fp/Either'
import type { SimulatedLedger } from '../../../src/app/simulate/simulated-time.ts'
import { decodeStored } from '../../../src/domain/decode.ts'
import type { StoredEvent } from '../../../src/domain/event.ts'
import { formatInstant } from '../../../src/domain/time.ts'
import type { Ruleset } from '../../../src/rulesets/ruleset.ts'
import { services } from '../../../src/simulation/services/directory.ts'
import { unwrap } from '../../ledger/events.ts'
import { compiled } from '../../replay/histories.ts'

export type MemoryLedgerOptions = {
  /** Whether versions are published with a rehearsal. */
  readonly isRehearsed: boolean
  /** Whether what services send is marked as a backfill. */
  readonly isBackfill?: boolean
  /** Called with each event once, and with the document of a publication. */
  readonly onRecorded: (recorded: {
    readonly sequence: number
    readonly event: StoredEvent
    readonly document: Ruleset | null
  }) => void
}

/** A ledger in memory: what agents have seen is not kept. */
export const memoryLedger = ({
  isRehearsed,
  isBackfill = false,
  onRecorded,
}: MemoryLedgerOptions): SimulatedLedger => {
  const known = new Set<string>()
  let unseen: StoredEvent[] = []
  let now = Number.NaN

  const record = (fields: object, document: Ruleset | null): void => {
    const event = unwrap(decodeStored({ ...fields, recordedat: formatInstant(now) }))
    const key = `${event.source} ${event.id}`
    if (known.has(key)) return
    known.add(key)
    unseen.push(event)
    onRecorded({ sequence: known.size, event, document })
  }

  return {
    setClock: (to) => {
      now = to
    },
    take: async (lines) => {
      for (const line of lines) {
        const event = JSON.parse(line)
        const { personal: _, ...data } = event.data // sealed in a ledger, and no matter here
        const { traceparent: _trace, ...envelope } = event
        record({ ...envelope, data, ...(isBackfill ? { backfill: true } : {}) }, null)
      }
      return E.right(null)
    },
    publish: async ({ release: { document, effectiveFrom } }) => {
      const ruleset = compiled(document)
      const { id, version, sha256 } = ruleset
      const rehearsal = { against: null, sequence: known.size, rules: {}, by: 'test' }
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
      record({ ...event, datacontenttype: 'application/json' }, ruleset)
      return E.right(null)
    },
    hold: async () => E.right(null),
    recorded: async () => {
      const seen = unseen
      unseen = []
      return E.right(seen)
    },
    tickDue: () => null,
    tick: async () => E.right(null),
  }
}
