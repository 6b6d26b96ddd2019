import { isDeepStrictEqual } from 'node:util'
import type { StoredEvent } from './event.ts'
import type { HoldKey } from './suspect.ts'
import { instantOf } from './time.ts'

/** What services are asked not to act on. Instants are those of recording, in ms since the epoch. */
export type Hold = {
  readonly holdId: string
  readonly key: HoldKey
  readonly by: string
  readonly reason: string
  /** The alarm that asked for it; null: a person did. */
  readonly alarmId: string | null
  readonly since: number
  /** null: it stands. */
  readonly lifted: { readonly at: number; readonly by: string; readonly reason: string } | null
}

type HoldEvent = StoredEvent<'hold.requested.v1' | 'hold.lifted.v1'>

/** The holds that events ask for and lift, in the order of the ledger. Of an id, the first request and the first end count. */
export const holdsOf = (events: ReadonlyArray<HoldEvent>): ReadonlyArray<Hold> => {
  const holds = new Map<string, Hold>()
  for (const event of events) {
    const at = instantOf(event.recordedat)
    const { holdId, by, reason } = event.data
    const hold = holds.get(holdId)
    if (event.type === 'hold.requested.v1') {
      const { key, alarmId = null } = event.data
      if (hold === undefined) holds.set(holdId, { holdId, key, by, reason, alarmId, since: at, lifted: null })
    } else if (hold?.lifted === null) {
      holds.set(holdId, { ...hold, lifted: { at, by, reason } })
    }
  }
  return [...holds.values()]
}

/** The hold that stands on exactly this. */
export const standingOn = (holds: ReadonlyArray<Hold>, key: HoldKey): Hold | undefined =>
  holds.find((hold) => hold.lifted === null && isDeepStrictEqual(hold.key, key))

/** What of a flag a hold can be about. */
export type HeldGround = {
  readonly rule?: { readonly id: string }
  readonly ruleset?: NamedVersion
  readonly detector: NamedVersion
}
type NamedVersion = { readonly id: string; readonly version: string }

/** What of a decision a hold can be about; `at`: when it was made, in ms. `grounds`: the flags of it that are on record. */
export type HeldDecision = {
  readonly at: number
  readonly decidedBy: { readonly kind: string; readonly id: string }
  readonly ruleset?: NamedVersion
  readonly grounds: ReadonlyArray<HeldGround>
}

/** What is on hold, and when. */
export type HoldSpan = Pick<Hold, 'key' | 'since'> & { readonly lifted: { readonly at: number } | null }

/** The holds under which a decision was made, although services were asked not to act. People may act under a hold. */
export const holdsOver = <H extends HoldSpan>(
  holds: ReadonlyArray<H>,
  decision: HeldDecision,
): ReadonlyArray<H> =>
  holds.filter(
    ({ key, since, lifted }) =>
      decision.decidedBy.kind !== 'human' &&
      since <= decision.at &&
      (lifted === null || decision.at < lifted.at) &&
      fits(key, decision),
  )

/** Of a rule or a detector one ground must fit all that is named; of a ruleset alone, the decision may name it itself. */
const fits = (key: HoldKey, { decidedBy, ruleset, grounds }: HeldDecision): boolean => {
  const { decidedBy: decider, rule, detector } = key
  if (decider !== undefined && (decider.kind !== decidedBy.kind || decider.id !== decidedBy.id)) return false
  if (rule === undefined && detector === undefined && isOf(key, ruleset)) return true
  return grounds.some(
    (ground) =>
      isOf(key, ground.ruleset) &&
      (rule === undefined || rule === ground.rule?.id) &&
      (detector === undefined || detector.id === ground.detector.id) &&
      (detector?.version === undefined || detector.version === ground.detector.version),
  )
}

const isOf = (key: HoldKey, ruleset: HeldDecision['ruleset']): boolean =>
  (key.ruleset === undefined || key.ruleset === ruleset?.id) &&
  (key.version === undefined || key.version === ruleset?.version)
