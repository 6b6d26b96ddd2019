import type { Person, SimulatedAccount } from './account.ts'
import type { WrongEvidence } from './corrections.ts'
import type { Random } from './random.ts'
import type { Mistakes } from './rulesets.ts'

/** What a persona runs on. */
export type Stage = {
  readonly random: Random
  /** How often this persona ran before: some go through their variants in turn. */
  readonly turn: number
  /** Opens the next of its accounts; what is not given is chosen at random. */
  readonly open: (person?: Partial<Person>) => SimulatedAccount
}

/** A kind of person or group: writes the whole story of its accounts. */
export type Persona = {
  readonly name: string
  /** How many accounts it opens each time. */
  readonly accounts: number
  /** Its share of all accounts, in thousandths. */
  readonly share: number
  readonly play: (stage: Stage) => void
}

/** One way that enforcement goes wrong. */
export type Scenario = {
  readonly name: string
  /** What goes wrong, for `--help`. */
  readonly says: string
  readonly mistakes: Mistakes
  /** What was wrong with the evidence; then the rules were right. */
  readonly wrongEvidence?: WrongEvidence
  readonly personas: ReadonlyArray<Persona>
}

export const noMistakes: Mistakes = { typo: false, badModel: false, patternRule: false }
