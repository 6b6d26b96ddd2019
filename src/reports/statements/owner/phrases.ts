import { parseInstant } from '../../../domain/time.ts'
import type { OwnerWords } from './codec.ts'
import { type Block, paragraph } from './page.ts'

const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
)

/** `28 April 2025, 10:19 UTC` of an RFC 3339 time. */
export const moment = (time: string): string => {
  const date = new Date(parseInstant(time) ?? 0)
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}, ${date.toISOString().slice(11, 16)} UTC`
}

/** A code of the platform's as words: `adult_content` is `adult content`. */
export const plain = (code: string): string => code.replaceAll('_', ' ')

/** What somebody wrote, or why it can't be shown. */
export const inQuotes = (words: OwnerWords, what: string): Block =>
  words.status === 'open' && words.text !== null
    ? { kind: 'quote', text: words.text }
    : paragraph(
        words.status === 'erased'
          ? `${what} was erased. Nobody can read it any more.`
          : `Our record does not hold ${what.toLowerCase()}.`,
      )
