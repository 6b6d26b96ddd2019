/** The known word that a person most likely meant, for a hint; null if none is close. */
export const nearest = (word: string, known: Iterable<string>): string | null => {
  let best: string | null = null
  // One wrong letter in three: closer words are typos, others are different words.
  let least = Math.floor(word.length / 3) + 1
  for (const candidate of known) {
    if (Math.abs(candidate.length - word.length) >= least) continue
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase())
    if (distance < least) {
      best = candidate
      least = distance
    }
  }
  return best
}

/** `did you mean …?`, or null. */
export const didYouMean = (word: string, known: Iterable<string>): string | null => {
  const found = nearest(word, known)
  return found === null ? null : `did you mean ${found}?`
}

/** Levenshtein distance: how many letters to insert, delete or change. */
const editDistance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
