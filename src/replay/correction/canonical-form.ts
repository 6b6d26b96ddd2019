import { formatInstant, instantOf } from '../../domain/time.ts'
import { type Canonical, canonical } from '../../foundation/canonical.ts'
import type { CorrectedRules } from './correction.ts'
import { sortedFlags } from './flag-list.ts'
import type { CorrectionShape, WrittenWithdrawal } from './shape.ts'

/** What a document refers to in other files: the rules, and the hashes of lists of flags by the withdrawal's index. */
export type ReferredTo = { readonly rules: CorrectedRules; readonly listHashes: ReadonlyMap<number, string> }

/**
 * A correction's canonical form (RFC 8785) and its hash: the same for the same meaning, however and in however many files
 * it is written. It is a correction's document itself, whose files are named by their hashes.
 */
export const canonicalCorrection = (
  { correction, signals = {}, withdrawals = [], rescored = 'use' }: CorrectionShape,
  { rules, listHashes }: ReferredTo,
): Canonical =>
  canonical({
    correction,
    ruleset: rules.kind === 'corrected' ? rules.ruleset.sha256 : { id: rules.rulesetId },
    signals,
    withdrawals: withdrawals.map((withdrawal, index) =>
      canonicalWithdrawal(withdrawal, listHashes.get(index)),
    ),
    rescored,
  })

const canonicalWithdrawal = (
  { id, where, flags, from, to, truth = 'unknown' }: WrittenWithdrawal,
  listHash: string | undefined,
) => ({
  id,
  ...(where === undefined ? {} : { where }),
  ...(flags === undefined ? {} : { flags: sortedFlags(flags) }),
  ...(listHash === undefined ? {} : { flags_file: listHash }),
  ...(from === undefined ? {} : { from: formatInstant(instantOf(from)) }),
  ...(to === undefined ? {} : { to: formatInstant(instantOf(to)) }),
  truth,
})
