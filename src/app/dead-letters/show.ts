import * as E from '#fp/Either'
import type { DeadLetter, LetterBody } from '../../ingest/dead-letters/letter.ts'
import type { AppError } from '../error.ts'
import { readingDeadLetters } from '../stores.ts'
import { bodyOf, bytesOf, oneLetter } from './one-letter.ts'

type ShowOptions = {
  readonly data: string
  /** Ms since the epoch. */
  readonly clock: () => number
  /** The hash, or the first digits of it. */
  readonly hash: string
}

/** One dead letter, and what can be read of its bytes. */
export const showDeadLetter = ({
  data,
  clock,
  hash,
}: ShowOptions): Promise<E.Either<AppError, { readonly letter: DeadLetter; readonly body: LetterBody }>> =>
  readingDeadLetters(data, clock, (letters) => {
    const letter = oneLetter(letters, hash)
    if (E.isLeft(letter)) return letter
    return E.map((body: LetterBody) => ({ letter: letter.right, body }))(bodyOf(letters, letter.right))
  })

/** The bytes of one dead letter as received; an error if they cannot be read. */
export const deadLetterBytes = ({
  data,
  clock,
  hash,
}: ShowOptions): Promise<E.Either<AppError, Uint8Array>> =>
  readingDeadLetters(data, clock, (letters) =>
    E.chain((letter: DeadLetter) => bytesOf(letters, letter))(oneLetter(letters, hash)),
  )
