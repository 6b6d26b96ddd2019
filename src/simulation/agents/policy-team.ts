import type { Agent } from '../agent.ts'
import type { SimulatedRelease } from '../rulesets.ts'

/** Publishes each version at its time. */
export const policyTeam =
  (releases: ReadonlyArray<SimulatedRelease>): Agent =>
  () => ({
    plans: releases.map((release) => ({ at: release.publishedAt, kind: 'publish', release })),
    next: idle,
  })

const idle: Agent = () => ({ plans: [], next: idle })
