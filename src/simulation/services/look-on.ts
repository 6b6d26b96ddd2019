import type { Signals } from '../../domain/parts.ts'
import { publish, type Service, type SimulatedAccount, type SimulatedContent } from '../account.ts'
import { MINUTE, SECOND } from '../calendar.ts'
import type { Random } from '../random.ts'
import { retiredAt, type SimulatedDetector } from './detectors.ts'

/** How much of the content a retired version looks at, in thousandths. */
const LOOKED_AT = 30

/** What the live version of a detector has looked at, and what it saw. */
export type LookedAt = {
  readonly service: Service
  readonly detector: SimulatedDetector
  readonly content: SimulatedContent
  readonly signals: Signals
  /** False: only a bad version sees that. */
  readonly isThere: boolean
}

/**
 * Where versions are paired, the one that a detector's live version has replaced looks at some of the same content within
 * minutes, and only records what it sees.
 */
export const lookOn = (account: SimulatedAccount, at: number, looked: LookedAt): void => {
  const { onlooker } = account
  if (onlooker === null) return
  const { service, content } = looked
  const detector = retiredAt(looked.detector, at)
  if (detector === null || !onlooker.random.chance(LOOKED_AT)) return
  publish(
    { ...account, publish: onlooker.publish },
    ...([service, 'content.evaluated.v1', at + onlooker.random.between(SECOND, 10 * MINUTE)] as const),
    { content, detector, signals: seenByRetired(onlooker.random, looked), shadow: true },
  )
}

/** The same, but for what only a bad version of the model sees in a picture. */
const seenByRetired = (random: Random, { detector, signals, isThere }: LookedAt): Signals =>
  detector.id === 'nudity-net' && !isThere ? { nudity_score: random.below(900) / 1000 } : signals
