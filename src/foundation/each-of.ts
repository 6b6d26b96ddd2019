/** The words of a union, in the order given here: the compiler checks that none is missing. */
export const eachOf = <W extends string>(words: Readonly<Record<W, true>>): ReadonlyArray<W> =>
  Object.keys(words).filter((word): word is W => Object.hasOwn(words, word))
