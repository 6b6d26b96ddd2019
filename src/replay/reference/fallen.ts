import type { Ruleset } from '../../rulesets/ruleset.ts'
import { type AccountHistory, contentKey, isByHuman, type PlacedFlag } from '../model/history.ts'
import { isOnContent, isVoidedFor } from './evidence.ts'
import { isWrongful, type JudgementSoFar } from './judge.ts'
import { type JudgingContext, readCorrectedFor } from './judging-context.ts'
import type { Read } from './reading.ts'
import { type Timeline, timelineOf } from './timeline.ts'
import { isCounted, isInTime, lifetimeIn } from './verdict.ts'

/** Whether a replay reports why a decision fell: no human made it, and it must be reversed or softened. */
export const isBlamed = ({ decision, class: cls }: JudgementSoFar): boolean =>
  !isByHuman(decision) && (isWrongful(cls) || cls === 'excessive')

/**
 * The flags that carried a blamed decision of an account and are not true under B. Judgements must be passed in order. Linear
 * in the account's flags and decisions, plus the flags that fell.
 */
export const fallenIn = (
  account: AccountHistory,
  context: JudgingContext,
): ((judgement: JudgementSoFar) => ReadonlyArray<PlacedFlag>) => {
  let carriers: Map<Ruleset, Carriers> | undefined
  return (judgement) => {
    const { decision, versionOfTheDay: own } = judgement
    if (!isBlamed(judgement) || judgement.original.verdict !== 'act' || own === undefined) return nothing
    // B's ruleset is the same for all decisions that A judges by one version.
    const carrying =
      carriers?.get(own) ?? carriersOf(account, own, context, readCorrectedFor(context, decision))
    carriers = (carriers ?? new Map()).set(own, carrying)
    return decision.kind === 'removal' ? carrying.removal(judgement) : carrying.deactivation(judgement)
  }
}

const nothing: ReadonlyArray<PlacedFlag> = []

/** The fallen flags of an account's decisions, which must be queried in order. */
type Carriers = {
  readonly deactivation: (judgement: JudgementSoFar) => ReadonlyArray<PlacedFlag>
  readonly removal: (judgement: JudgementSoFar) => ReadonlyArray<PlacedFlag>
}

/** For decisions that were made under one version. */
const carriersOf = (
  account: AccountHistory,
  own: Ruleset,
  context: JudgingContext,
  readCorrected: Read,
): Carriers => {
  const { voidedAt } = context.history
  const read = context.readOfTheDay(own)
  const fell = (flag: PlacedFlag): boolean =>
    read(flag).truth === 'true' && readCorrected(flag).truth !== 'true'
  const fallen = account.flags.filter(fell)
  const until = (flag: PlacedFlag): number | null => longest(own, read, flag)
  const standing = timelineOf(
    fallen,
    (flag, moment) => isVoidedFor(flag, moment, voidedAt) || !isInTime(until(flag), flag.place.at, moment.at),
  )
  const onContent = new Map<string, Timeline<PlacedFlag>>()
  const byContent = Map.groupBy(fallen, ({ data }) =>
    data.content === undefined ? '' : contentKey(data.content),
  )
  const standingOn = (content: string): Timeline<PlacedFlag> => {
    const timeline =
      onContent.get(content) ??
      timelineOf(byContent.get(content) ?? [], (flag, moment) => isVoidedFor(flag, moment, voidedAt))
    onContent.set(content, timeline)
    return timeline
  }
  return {
    deactivation: ({ decision, evidence, actedOfTheDay }) =>
      [...standing.at(decision.place), ...evidence.lateGrounds.filter(fell)].filter((flag) =>
        actedOfTheDay.some((policy) => {
          const reading = read(flag)
          return (
            isCounted(policy, reading) &&
            isInTime(lifetimeIn(policy, reading), flag.place.at, decision.place.at)
          )
        }),
      ),
    removal: ({ decision, evidence }) => {
      if (decision.kind !== 'removal') return []
      const grounds = new Set<string>(decision.data.grounds)
      return [
        ...standingOn(contentKey(decision.data.content)).at(decision.place),
        ...evidence.lateGrounds.filter((flag) => isOnContent(flag, decision) && fell(flag)),
      ].filter(
        (flag) =>
          read(flag).rule?.removesContent === true ||
          (flag.data.detector.kind === 'human' && grounds.has(flag.data.flagId)),
      )
    },
  }
}

/** How long a flag can bear on any policy of a ruleset, in ms; 0: on none, null: forever. */
const longest = (own: Ruleset, read: Read, flag: PlacedFlag): number | null => {
  const reading = read(flag)
  let most = 0
  for (const policy of own.policies) {
    if (!isCounted(policy, reading)) continue
    const lifetime = lifetimeIn(policy, reading)
    if (lifetime === null) return null
    most = Math.max(most, lifetime)
  }
  return most
}
