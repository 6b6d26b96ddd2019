import { formatInstant } from '../../domain/time.ts'
import type { DeadLetter, LetterBody } from '../../ingest/dead-letters/letter.ts'

/** A letter as JSON: times are RFC 3339. */
export const letterJson = ({
  firstSeen,
  lastSeen,
  resolved,
  erasedAt,
  ...letter
}: DeadLetter): Readonly<Record<string, unknown>> => ({
  ...letter,
  firstSeen: formatInstant(firstSeen),
  lastSeen: formatInstant(lastSeen),
  resolved: resolved === null ? null : { ...resolved, at: formatInstant(resolved.at) },
  erasedAt: erasedAt === null ? null : formatInstant(erasedAt),
})

/** A letter with its bytes, if they can be read. */
export const shownLetterJson = (letter: DeadLetter, body: LetterBody): Readonly<Record<string, unknown>> => ({
  ...letterJson(letter),
  body: body.kind,
  rawBase64: body.kind === 'open' ? Buffer.from(body.bytes).toString('base64') : null,
})
