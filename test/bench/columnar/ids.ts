import { sqlText } from '../../../src/foundation/sql.ts'

const hex = (n: number): string => n.toString(16).padStart(8, '0')

/** The id of a story's flag. */
export const flagIdOf = (story: number, nth: number): string => `f-${hex(story)}-${nth}`

/** Draws of a seed in SQL: the same for the same index and salt, independent between indexes and between salts. */
export type Draws = {
  /** 64 random bits. */
  readonly bits: (index: string, salt: number) => string
  /** A whole number from 0 to `n` - 1. */
  readonly below: (index: string, salt: number, n: number | string) => string
  /** A number from 0 to 1, exclusive. */
  readonly share: (index: string, salt: number) => string
  /** True in so many cases of a thousand. */
  readonly chance: (index: string, salt: number, thousandths: number) => string
  /** One of the texts. */
  readonly pick: (index: string, salt: number, texts: ReadonlyArray<string>) => string
}

const SALTS = 128

export const drawsOf = (seed: number): Draws => {
  // One number is hashed: DuckDB combines hashes of several so that their low bits depend on each other.
  const draw = (index: string, salt: number): string => {
    if (salt >= SALTS) throw new RangeError(`at most ${SALTS} salts`)
    return `hash((${index})::BIGINT * ${SALTS} + ${salt} + ${seed % 1_000_000} * 1000000000000)`
  }
  const below: Draws['below'] = (index, salt, n) => `(${draw(index, salt)} % (${n})::UBIGINT)::BIGINT`
  return {
    bits: draw,
    below,
    share: (index, salt) => `(${below(index, salt, 1_000_000)} / 1000000.0::DOUBLE)`,
    chance: (index, salt, thousandths) => `(${below(index, salt, 1_000)} < ${thousandths})`,
    pick: (index, salt, texts) =>
      `[${texts.map(sqlText).join(', ')}][${below(index, salt, texts.length)} + 1]`,
  }
}

/** A number as hexadecimal digits, for ids. */
export const hexSql = (n: string): string => `lower(lpad(hex((${n})::BIGINT), 8, '0'))`

/** The name of an account, which does not sort by its number. */
export const accountSql = (accountNo: string): string =>
  `('u' || (${accountNo})::BIGINT * 2654435761 % 4294967296)`
