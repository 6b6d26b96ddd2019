import { parseInstant } from '../../../domain/time.ts'
import type { OwnerWords } from './codec.ts'
import { type Block, paragraph } from './page.ts'

const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
)

/** An RFC 3339 time as `28 April 2025, 10:19 UTC`. */
export const moment = (time: string): string => {
  const date = new Date(parseInstant(time) ?? 0)
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}, ${date.toISOString().slice(11, 16)} UTC`
}

/** One of the platform's codes as words: `adult_content` becomes `adult content`. */
export const plain = (code: string): string => code.replaceAll('_', ' ')

/** What somebody wrote, or why it cannot be shown. */
export const inQuotes = (words: OwnerWords, what: string): Block =>
  words.status === 'open' && words.text !== null
    ? { kind: 'quote', text: words.text }
    : paragraph(
        words.status === 'erased'
          ? `${what} was erased. Nobody can read it any more.`
          : `Our record does not contain ${what.toLowerCase()}.`,
      )
