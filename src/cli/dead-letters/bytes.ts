import type { DeadLetter, DeadLetters, LetterBody } from '../../ingest/dead-letters/letter.ts'
import { orFail } from '../ingest-stores.ts'
import { CliError } from '../output.ts'

/** The bytes that are kept of a letter, or the end of the command where they cannot be read. */
export const bytesOf = (letters: DeadLetters, letter: DeadLetter): Uint8Array => {
  const body = orFail(letters.body(letter.hash)) ?? { kind: 'destroyed' }
  if (body.kind === 'open') return body.bytes
  throw new CliError(`${letter.hash.slice(0, 12)}: ${whyUnreadable(letter, body)}`)
}

/** Why nobody can read a letter's bytes, and what to do. */
export const whyUnreadable = (
  { resolved, erasedAt }: DeadLetter,
  { kind }: Exclude<LetterBody, { readonly kind: 'open' }>,
): string => {
  if (kind === 'locked') {
    return 'its bytes are sealed, and the key that opens them is not in keys.db; put keys.db back from its backup'
  }
  if (resolved !== null)
    return `its bytes were destroyed when the event ${resolved.id} of ${resolved.source} got in`
  return erasedAt === null
    ? 'it was purged meanwhile'
    : "its bytes were destroyed with its account's personal data"
}
