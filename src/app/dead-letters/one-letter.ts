import * as E from '#fp/Either'
import { quoted } from '../../foundation/text/quoted.ts'
import type { DeadLetter, DeadLetters, LetterBody } from '../../ingest/dead-letters/letter.ts'
import { type AppError, failed, invalid, notFound } from '../error.ts'
import { answered } from '../stores.ts'

const PREFIX = /^[0-9a-f]{6,64}$/

/** The one letter whose hash starts with these digits. */
export const oneLetter = (letters: DeadLetters, digits: string): E.Either<AppError, DeadLetter> => {
  const prefix = digits.toLowerCase()
  if (!PREFIX.test(prefix)) {
    return invalid(`${quoted(digits)} is no hash: give at least 6 of its hexadecimal digits`)
  }
  const found = answered(letters.find(prefix))
  if (E.isLeft(found)) return found
  const [letter, other] = found.right
  if (letter === undefined) return notFound(`no dead letter has a hash that starts with ${prefix}`)
  if (other !== undefined) {
    return invalid(`more than one dead letter has a hash that starts with ${prefix}: give more digits`)
  }
  return E.right(letter)
}

/** What can be read of a letter's bytes; one that was purged meanwhile has none. */
export const bodyOf = (letters: DeadLetters, { hash }: DeadLetter): E.Either<AppError, LetterBody> =>
  E.map((body: LetterBody | null): LetterBody => body ?? { kind: 'destroyed' })(answered(letters.body(hash)))

/** The bytes that are kept of a letter; an error where they cannot be read. */
export const bytesOf = (letters: DeadLetters, letter: DeadLetter): E.Either<AppError, Uint8Array> =>
  E.chain((body: LetterBody) =>
    body.kind === 'open'
      ? E.right(body.bytes)
      : failed(`${letter.hash.slice(0, 12)}: ${whyUnreadable(letter, body)}`),
  )(bodyOf(letters, letter))

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
