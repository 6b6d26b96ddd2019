import type { Agent, PlannedPublication, PlannedStep } from '../agent.ts'
import { MINUTE } from '../calendar.ts'
import type { SimulatedRelease } from '../rulesets.ts'

/** How long it takes to decide what to do about a refusal. */
const DELIBERATION = 4 * MINUTE

type PolicyTeam = {
  readonly releases: ReadonlyArray<SimulatedRelease>
  /** It believes that nothing changes, and does not look at what a rehearsal says. */
  readonly isCareless: boolean
}

/**
 * Publishes each version at its time. When one is refused, it publishes it all the same: it states as expected what the
 * rehearsal found, because it wanted that; or, if careless, does without a rehearsal.
 */
export const policyTeam = ({ releases, isCareless }: PolicyTeam): Agent => {
  const answering: Agent = ({ now, refused }) => ({
    plans: refused.map(({ release, newlyFired }) =>
      isCareless
        ? publicationAt(now + DELIBERATION, release, { unrehearsed: 'only wording changes' })
        : publicationAt(now + DELIBERATION, release, { expected: newlyFired }),
    ),
    next: answering,
  })
  return () => ({
    plans: releases.map((release) => publicationAt(release.publishedAt, release)),
    next: answering,
  })
}

const publicationAt = (
  at: number,
  release: SimulatedRelease,
  { expected = new Map(), unrehearsed = null }: Partial<PlannedPublication> = {},
): PlannedStep => ({ at, kind: 'publish', release, expected, unrehearsed })
