import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import type { Ruleset } from '../../rulesets/ruleset.ts'
import type { Row } from './rows.ts'

/**
 * What a remediation approves: SHA-256 (hexadecimal) over lines that end in a newline: the format's name, the
 * corrected ruleset's hash, the number and the hashes of the published versions of its id (by effectiveFrom, then in
 * order), and each row in canonical form (RFC 8785). If accounts were left out, `without`, their number and their ids
 * come before the rows: a result without them is a different result.
 */
export const digestOf = (
  corrected: Pick<Ruleset, 'sha256'>,
  inForce: ReadonlyArray<Pick<Ruleset, 'sha256'>>,
  rows: Iterable<Row>,
  withoutAccounts: ReadonlyArray<string> = [],
): string => {
  const hash = createHash('sha256')
  hash.update(`redress-replay-v1\n${corrected.sha256}\n${inForce.length}\n`)
  for (const { sha256 } of inForce) hash.update(`${sha256}\n`)
  if (withoutAccounts.length > 0) {
    hash.update(`without ${withoutAccounts.length}\n`)
    for (const account of withoutAccounts) hash.update(`${account}\n`)
  }
  for (const row of rows) hash.update(`${canonicalize(row)}\n`)
  return hash.digest('hex')
}
