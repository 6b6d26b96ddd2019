import { createHash } from 'node:crypto'
import type { Ruleset } from '../../rulesets/ruleset.ts'
import type { Correction } from '../correction/correction.ts'
import type { RowList } from './row-list.ts'

/**
 * What a remediation approves: SHA-256 (hexadecimal) over lines that end in a newline: the format's name, the
 * corrected ruleset's hash (its id, if the rules were right), the correction document's hash if there is one, the number
 * and the hashes of the published versions of its id (by effectiveFrom, then in order), and each row in canonical form
 * (RFC 8785). If accounts were left out, `without`, their number and their ids come before the rows: a result without
 * them is a different result.
 */
export const digestOf = (
  { document, rules }: Pick<Correction, 'document' | 'rules'>,
  inForce: ReadonlyArray<Pick<Ruleset, 'sha256'>>,
  rows: Pick<RowList, 'lines'>,
  withoutAccounts: ReadonlyArray<string> = [],
): string => {
  const hash = createHash('sha256')
  const corrected = rules.kind === 'corrected' ? rules.ruleset.sha256 : rules.rulesetId
  hash.update(`redress-replay-v1\n${corrected}\n`)
  if (document !== null) hash.update(`${document.sha256}\n`)
  hash.update(`${inForce.length}\n`)
  for (const { sha256 } of inForce) hash.update(`${sha256}\n`)
  if (withoutAccounts.length > 0) {
    hash.update(`without ${withoutAccounts.length}\n`)
    for (const account of withoutAccounts) hash.update(`${account}\n`)
  }
  for (const lines of rows.lines()) hash.update(lines)
  return hash.digest('hex')
}
