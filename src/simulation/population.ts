import type { Persona, Scenario } from './persona.ts'
import { background, quiet } from './scenarios/background.ts'
import { detectorRescored } from './scenarios/detector-rescored.ts'
import { hashListEntry } from './scenarios/hash-list-entry.ts'
import { faults, mixed } from './scenarios/mixed.ts'
import { vendorError } from './scenarios/vendor-error.ts'
import { wrongAccountJoin } from './scenarios/wrong-account-join.ts'

/** Every scenario by its name: first those that corrected rules fix. */
export const scenarios: ReadonlyArray<Scenario> = [
  ...faults,
  mixed,
  hashListEntry,
  detectorRescored,
  vendorError,
  wrongAccountJoin,
]

/** The fewest accounts with which every scenario has every one of its personas. */
export const leastAccounts = 250

/** A persona, how often it runs, and the fault behind its troubles (null: it has none). */
export type CastMember = { readonly persona: Persona; readonly times: number; readonly fault: string | null }

/** Distributes the accounts: each persona runs at least once, and the remaining accounts are quiet. One closes. */
export const castOf = (scenario: Scenario, accounts: number): ReadonlyArray<CastMember> => {
  const times = ({ share, accounts: size }: Persona): number =>
    Math.max(1, Math.floor((accounts * share) / (1000 * size)))
  const parts = [
    ...background.map((persona) => ({ persona, times: times(persona), fault: null })),
    ...scenario.personas.map((persona) => ({
      persona,
      times: times(persona),
      fault: faultOf(scenario, persona),
    })),
  ]
  const dealt = parts.reduce((sum, { persona, times: count }) => sum + count * persona.accounts, 1)
  if (dealt > accounts) throw new RangeError(`the scenario needs at least ${leastAccounts} accounts`)
  return [...parts, { persona: quiet, times: accounts - dealt, fault: null }]
}

const faultOf = (scenario: Scenario, { name }: Persona): string =>
  scenario === mixed
    ? (faults.find(({ personas }) => personas.some((persona) => persona.name === name))?.name ?? 'mixed')
    : scenario.name
