import type { Restriction } from '../domain/parts.ts'

/** When an account is deactivated; `within` in days. */
export type SimulatedPolicy = {
  readonly id: string
  readonly atLeast: number
  readonly within: number
  /** Null: all. */
  readonly categories: ReadonlyArray<string> | null
  readonly restriction: Restriction
}

/** The usual ones. */
export const policies = [
  { id: 'three-strikes', atLeast: 3, within: 60, categories: null, restriction: 'suspended' },
  { id: 'repeat-offender', atLeast: 6, within: 60, categories: null, restriction: 'terminated' },
  {
    id: 'zero-tolerance',
    atLeast: 3,
    within: 90,
    categories: ['violent_extremism'],
    restriction: 'terminated',
  },
] as const satisfies ReadonlyArray<SimulatedPolicy>

/** The same, where nobody is terminated. */
export const mildPolicies: ReadonlyArray<SimulatedPolicy> = policies.map((policy) => ({
  ...policy,
  restriction: 'suspended',
}))
