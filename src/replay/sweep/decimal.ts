/** An exact decimal number: `digits` divided by 10 to the power of `scale`. */
export type Decimal = { readonly digits: bigint; readonly scale: number }

/** A number of at most this many digits is the same after it was a double. */
export const MOST_DIGITS = 15

/** Reads a number such as `0.60` or `-5`; undefined: it is none, or has more than `MOST_DIGITS` digits. */
export const parseDecimal = (text: string): Decimal | undefined => {
  const [, whole, fraction = ''] = /^(-?\d+)(?:\.(\d+))?$/.exec(text) ?? []
  if (whole === undefined || `${whole.replace('-', '')}${fraction}`.length > MOST_DIGITS) return undefined
  return { digits: BigInt(whole + fraction), scale: fraction.length }
}

/** The digits of a number as if it had another scale, which must not be smaller. */
export const digitsAt = ({ digits, scale }: Decimal, wanted: number): bigint =>
  digits * 10n ** BigInt(wanted - scale)

/** Writes all places after the point: `0.60`. */
export const decimalText = ({ digits, scale }: Decimal): string => {
  if (scale === 0) return String(digits)
  const text = String(digits < 0n ? -digits : digits).padStart(scale + 1, '0')
  return `${digits < 0n ? '-' : ''}${text.slice(0, -scale)}.${text.slice(-scale)}`
}
