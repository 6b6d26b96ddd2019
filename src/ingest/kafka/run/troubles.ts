import type { KafkaRemark } from '../log-entry.ts'

/** Who can be in trouble: requests to the brokers, the consumer, the producer. */
export const PARTIES = ['admin', 'consumer', 'producer'] as const
export type Party = (typeof PARTIES)[number]

/** Reports trouble with Kafka that is retried: each kind once while it lasts, and once that all is over. */
export type Troubles = {
  /** `reason` null: a consequence of one that is reported. */
  readonly hit: (party: Party, reason: string | null) => void
  /** This party works, and has for this many ms. */
  readonly recovered: (party: Party, forMs?: number) => void
  /** For how long there has been trouble, in ms; 0: there is none. */
  readonly duration: () => number
}

export const openTroubles = (
  remark: (remark: KafkaRemark) => void,
  now: () => number = Date.now,
): Troubles => {
  const lastHit = new Map<Party, number>()
  const reported = new Set<string>()
  let since = 0
  return {
    hit: (party, reason) => {
      if (lastHit.size === 0) since = now()
      lastHit.set(party, now())
      if (reason === null || reported.has(reason)) return
      reported.add(reason)
      remark({ level: 'warning', message: `Kafka: ${reason}; retrying` })
    },
    recovered: (party, forMs = 0) => {
      const last = lastHit.get(party)
      if (last === undefined || now() - last < forMs) return
      lastHit.delete(party)
      if (lastHit.size > 0) return
      // If nothing was reported, there is no recovery to report.
      if (reported.size > 0) {
        remark({
          level: 'info',
          message: `Kafka: recovered after ${Math.ceil((now() - since) / 1000)} s`,
        })
      }
      reported.clear()
    },
    duration: () => (lastHit.size === 0 ? 0 : now() - since),
  }
}
