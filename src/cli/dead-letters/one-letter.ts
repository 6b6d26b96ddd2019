import { quoted } from '../../foundation/quoted.ts'
import type { DeadLetter, DeadLetters } from '../../ingest/dead-letters/letter.ts'
import { orFail } from '../ingest-stores.ts'
import { CliError } from '../output.ts'

const PREFIX = /^[0-9a-f]{6,64}$/

/** The one letter whose hash starts with what a person typed. */
export const oneLetter = (letters: DeadLetters, hash: string): DeadLetter => {
  const prefix = hash.toLowerCase()
  if (!PREFIX.test(prefix)) {
    throw new CliError(`${quoted(hash)} is no hash: give at least 6 of its hexadecimal digits`)
  }
  const [letter, other] = orFail(letters.find(prefix))
  if (letter === undefined) throw new CliError(`no dead letter has a hash that starts with ${prefix}`)
  if (other !== undefined) {
    throw new CliError(`more than one dead letter has a hash that starts with ${prefix}: give more digits`)
  }
  return letter
}
