import type { Person, SimulatedAccount } from './account.ts'
import type { WrongEvidence } from './corrections.ts'
import type { Mistakes } from './mistakes.ts'
import type { SimulatedPolicy } from './policies.ts'
import type { Random } from './random.ts'
import type { RightChange } from './rulesets.ts'

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

/** What is at fault, by the names that events give it. */
export type Faulty = {
  readonly ruleset?: string
  readonly version?: string
  readonly rule?: string
  /** The id of a detector, and its version if that one is at fault. */
  readonly detector?: string
  readonly detectorVersion?: string
  /** Who decides: `decidedBy.id` of decisions. */
  readonly decidedBy?: string
  /** A service: the `source` of its events. */
  readonly source?: string
  readonly from: string
  /** Exclusive; null: until the end. */
  readonly to: string | null
}

/** One way that enforcement goes wrong, or something that only looks like it. */
export type Scenario = {
  readonly name: string
  /** What happens, for `--help`. */
  readonly says: string
  readonly mistakes: Mistakes
  /** What the version of April 28 rightly changes. */
  readonly change?: RightChange
  /** When that version is published; absent: before it takes effect. */
  readonly publishedLate?: number
  /** When accounts are deactivated; absent: by the usual policies. */
  readonly policies?: ReadonlyArray<SimulatedPolicy>
  /** What was wrong with the evidence; then the rules were right. */
  readonly wrongEvidence?: WrongEvidence
  /** Empty if nothing is. */
  readonly faulty: ReadonlyArray<Faulty>
  readonly personas: ReadonlyArray<Persona>
}

export const noMistakes: Mistakes = { typo: false, badModel: false, patternRule: false }
