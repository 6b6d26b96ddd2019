import type { Flag } from './history.ts'
import { type Bench, isByHuman, isWrongful, type Judgement, versionFor } from './judge.ts'
import { flagsForRemoval, type PolicySum, sumPolicies } from './verdict.ts'

/** What made the rules of the day act: the policies that acted (of a deactivation) and the flags that carried them. */
export type Cause = { readonly policies: ReadonlyArray<PolicySum>; readonly flags: ReadonlyArray<Flag> }

const nothing: Cause = { policies: [], flags: [] }

/** Whether a replay names what a decision's downfall was: it was not a human's, and it is taken back or softened. */
export const isBlamed = ({ decision, class: cls }: Judgement): boolean =>
  !isByHuman(decision) && (isWrongful(cls) || cls === 'excessive')

/** The cause of an act under A; nothing where A is not an act. */
export const causeOfTheDay = (judgement: Judgement, bench: Bench): Cause => {
  const { decision, evidence } = judgement
  const own = versionFor(decision, bench.versions)
  if (own === undefined || judgement.original.verdict !== 'act') return nothing
  const read = bench.readOfTheDay(own)
  if (decision.kind === 'removal') {
    const flags = flagsForRemoval(decision, evidence, read).filter((flag) => read(flag).truth === 'true')
    return { policies: [], flags }
  }
  const policies = sumPolicies(own.policies, evidence, read, decision.place).filter(
    ({ acts }) => acts === 'true',
  )
  const flags = policies.flatMap(({ counted }) =>
    counted.filter(({ truth }) => truth === 'true').map(({ flag }) => flag),
  )
  return { policies, flags: [...new Set(flags)] }
}

/** The flags that carried a blamed decision and are not true under the corrected ruleset. */
export const fallenFlags = (judgement: Judgement, bench: Bench): ReadonlyArray<Flag> =>
  isBlamed(judgement)
    ? causeOfTheDay(judgement, bench).flags.filter((flag) => bench.readCorrected(flag).truth !== 'true')
    : []
