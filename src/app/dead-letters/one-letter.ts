import * as E from '#fp/Either'
import { quoted } from '../../foundation/text/quoted.ts'
import type { DeadLetter, DeadLetters, LetterBody } from '../../ingest/dead-letters/letter.ts'
import { type AppError, failed, invalid, notFound } from '../error.ts'
import { lettersResult } from '../results.ts'

const PREFIX = /^[0-9a-f]{6,64}$/

/** The one letter whose hash starts with these digits. */
export const oneLetter = (letters: DeadLetters, digits: string): E.Either<AppError, DeadLetter> => {
  const prefix = digits.toLowerCase()
  if (!PREFIX.test(prefix)) {
    return invalid(`${quoted(digits)} is not a hash: give at least its first 6 hexadecimal digits`)
  }
  const found = lettersResult(letters.find(prefix))
  if (E.isLeft(found)) return found
  const [letter, other] = found.right
  if (letter === undefined)
    return notFound(
      `no dead letter has a hash that starts with ${prefix}; list them with redress dead-letters`,
    )
  if (other !== undefined) {
    return invalid(`more than one dead letter has a hash that starts with ${prefix}: give more digits`)
  }
  return E.right(letter)
}

/** What can be read of a letter's bytes; none if it was purged meanwhile. */
export const bodyOf = (letters: DeadLetters, { hash }: DeadLetter): E.Either<AppError, LetterBody> =>
  E.map((body: LetterBody | null): LetterBody => body ?? { kind: 'destroyed' })(
    lettersResult(letters.body(hash)),
  )

/** The stored bytes of a letter; an error if they cannot be read. */
export const bytesOf = (letters: DeadLetters, letter: DeadLetter): E.Either<AppError, Uint8Array> =>
  E.chain((body: LetterBody) =>
    body.kind === 'open'
      ? E.right(body.bytes)
      : failed(`${letter.hash.slice(0, 12)}: ${whyUnreadable(letter, body)}`),
  )(bodyOf(letters, letter))

/** Why a letter's bytes cannot be read, and what to do. */
export const whyUnreadable = (
  { resolved, erasedAt }: DeadLetter,
  { kind }: Exclude<LetterBody, { readonly kind: 'open' }>,
): string => {
  if (kind === 'locked') {
    return 'its bytes are sealed, and their key is not in keys.db; restore keys.db from its backup'
  }
  if (resolved !== null)
    return `its bytes were destroyed when the event ${resolved.id} of ${resolved.source} was accepted`
  return erasedAt === null
    ? 'it was purged in the meantime'
    : "its bytes were destroyed with its account's personal data"
}
