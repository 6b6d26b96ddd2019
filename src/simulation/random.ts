/** Whole-number randomness that is the same on every machine: no Math.random, no floating-point functions. */
export type Random = {
  /** A whole number from 0 to `n - 1`; `n` up to 2^53. */
  readonly below: (n: number) => number
  /** A whole number from `low` to `high`, both included. */
  readonly between: (low: number, high: number) => number
  /** True in this many of a thousand cases. */
  readonly chance: (perMille: number) => boolean
  readonly pick: <T>(list: ReadonlyArray<T>) => T
}

/** The finalizer of MurmurHash3: mixes 32 bits, one to one. */
export const mix32 = (value: number): number => {
  let x = value | 0
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return (x ^ (x >>> 16)) >>> 0
}

/** Eight hexadecimal digits of a 32-bit number. */
export const hex8 = (value: number): string => value.toString(16).padStart(8, '0')

/** xoshiro128** (Blackman and Vigna), seeded by two numbers: the simulation's seed and its user. */
export const randomFrom = (seed: number, salt: number): Random => {
  let a = mix32(seed ^ 0x9e3779b9)
  let b = mix32(a ^ salt)
  let c = mix32(b ^ Math.floor(seed / 0x100000000))
  let d = mix32(c ^ 0x243f6a88) | 1

  const next = (): number => {
    const scrambled = Math.imul(b, 5)
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0
    const shifted = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = (d << 11) | (d >>> 21)
    return result
  }
  for (let i = 0; i < 8; i++) next()

  // 53 bits are exact in a double; the bias of the remainder is far below what a simulation could show.
  const below = (n: number): number => (n <= 0xffffffff ? next() : next() * 0x200000 + (next() >>> 11)) % n
  return {
    below,
    between: (low, high) => low + below(high - low + 1),
    chance: (perMille) => below(1000) < perMille,
    pick: (list) => {
      const found = list[below(list.length)]
      if (found === undefined) throw new RangeError('nothing to pick from')
      return found
    },
  }
}
