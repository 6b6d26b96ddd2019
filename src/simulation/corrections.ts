import { rulesetId, type SimulatedRuleset } from './rulesets.ts'

/** Flags that a correction withdraws: those for which `where` is true, or those that it lists. */
type SimulatedWithdrawal = {
  readonly id: string
  readonly where?: string
  readonly flags?: ReadonlyArray<string>
  readonly from?: string
  readonly to?: string
  readonly truth: 'unknown' | 'false'
}

/** A correction's document, ready for JSON or YAML: the rules were right, and the evidence was not. */
export type SimulatedCorrection = {
  readonly correction: string
  readonly ruleset: { readonly id: string }
  readonly signals?: SimulatedRuleset['signals']
  readonly withdrawals: ReadonlyArray<SimulatedWithdrawal>
}

/** What was wrong with a scenario's evidence. A withdrawal without `where` lists the flags whose findings name it. */
export type WrongEvidence = {
  readonly signals?: SimulatedRuleset['signals']
  readonly withdrawals: ReadonlyArray<Omit<SimulatedWithdrawal, 'flags'>>
}

/** The rules were right, and so was the evidence: a replay must find nothing. */
export const nothingWrong: WrongEvidence = { withdrawals: [] }

/** The correction of a scenario's evidence, given the flags that each withdrawal lists. */
export const correctionOf = (
  scenario: string,
  { signals, withdrawals }: WrongEvidence,
  listed: ReadonlyMap<string, ReadonlyArray<string>>,
): SimulatedCorrection => ({
  correction: scenario,
  ruleset: { id: rulesetId },
  ...(signals === undefined ? {} : { signals }),
  withdrawals: withdrawals.map((withdrawal) =>
    withdrawal.where === undefined ? { ...withdrawal, flags: listed.get(withdrawal.id) ?? [] } : withdrawal,
  ),
})
