import { nothingWrong } from './corrections.ts'
import type { Persona, Scenario } from './persona.ts'
import { background, quiet } from './scenarios/background.ts'
import { bannedAgain } from './scenarios/banned-again.ts'
import { calm } from './scenarios/calm.ts'
import { detectorRescored } from './scenarios/detector-rescored.ts'
import { expectedTightening } from './scenarios/expected-tightening.ts'
import { hashListEntry } from './scenarios/hash-list-entry.ts'
import { honestNewRule } from './scenarios/honest-new-rule.ts'
import { latePublication } from './scenarios/late-publication.ts'
import { faults, mixed } from './scenarios/mixed.ts'
import { ownerMismatch } from './scenarios/owner-mismatch.ts'
import { replayedQueue } from './scenarios/replayed-queue.ts'
import { severerThanTheRule } from './scenarios/severer-than-the-rule.ts'
import { spamWaves } from './scenarios/spam-waves.ts'
import { vendorError } from './scenarios/vendor-error.ts'
import { wrongAccountJoin } from './scenarios/wrong-account-join.ts'

/** Every scenario: first those that corrected rules fix, then those that corrected evidence fixes, then the harmless. */
export const scenarios: ReadonlyArray<Scenario> = [
  ...faults,
  mixed,
  severerThanTheRule,
  bannedAgain,
  hashListEntry,
  detectorRescored,
  vendorError,
  wrongAccountJoin,
  ownerMismatch,
  replayedQueue,
  calm,
  expectedTightening,
  honestNewRule,
  latePublication,
  spamWaves,
]

/** Whether no decision is wrong: there is nothing to correct, and whoever sounds an alarm about a decision is mistaken. */
export const isHarmless = ({ wrongEvidence }: Scenario): boolean => wrongEvidence === nothingWrong

/** The fewest accounts with which every scenario has every one of its personas. */
export const leastAccounts = 250

/** A persona, how often it runs, and the fault behind its troubles (null: it has none). */
export type CastMember = { readonly persona: Persona; readonly times: number; readonly fault: string | null }

/**
 * Distributes the accounts: each persona runs at least once, the scenario's own ones `faultShare` as often as usual, and
 * the remaining accounts are quiet. One closes.
 */
export const castOf = (
  scenario: Scenario,
  accounts: number,
  faultShare: number,
): ReadonlyArray<CastMember> => {
  const times = ({ share, accounts: size }: Persona, part = 1): number =>
    Math.max(1, Math.floor((accounts * share * part) / (1000 * size)))
  const parts = [
    ...background.map((persona) => ({ persona, times: times(persona), fault: null })),
    ...scenario.personas.map((persona) => ({
      persona,
      times: times(persona, faultShare),
      fault: faultOf(scenario, persona),
    })),
  ]
  const dealt = parts.reduce((sum, { persona, times: count }) => sum + count * persona.accounts, 1)
  if (dealt > accounts) throw new RangeError(`the scenario needs at least ${leastAccounts} accounts`)
  return [...parts, { persona: quiet, times: accounts - dealt, fault: null }]
}

const faultOf = (scenario: Scenario, { name }: Persona): string | null => {
  if (isHarmless(scenario)) return null
  return scenario === mixed
    ? (faults.find(({ personas }) => personas.some((persona) => persona.name === name))?.name ?? 'mixed')
    : scenario.name
}
