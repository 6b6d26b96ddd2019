import { countOf } from '../../foundation/text/count-of.ts'
import type { Correction } from '../../replay/correction/correction.ts'

/** A correction in one line: its name, its hash, and what it says of the rules. */
export const describeCorrection = ({ document, rules }: Correction): string => {
  const corrected =
    rules.kind === 'corrected'
      ? `the rules as corrected in ${rules.ruleset.id} ${rules.ruleset.version}`
      : `the rules of ${rules.rulesetId} as they were`
  return document === null ? corrected : `${document.id} (sha256 ${document.sha256}): ${corrected}`
}

/** The most ids shown of a list. */
const IDS_SHOWN = 5

/** A warning about the flags that a withdrawal lists and that do not exist. */
export const warnOfUnknownFlags = (withdrawal: string, flagIds: ReadonlyArray<string>): string => {
  const more = flagIds.length > IDS_SHOWN ? ', \u2026' : ''
  return `Warning: the withdrawal ${withdrawal} lists ${countOf(flagIds.length, 'flag that is', 'flags that are')} not in the ledger: ${flagIds.slice(0, IDS_SHOWN).join(', ')}${more}`
}
