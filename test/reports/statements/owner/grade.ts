/** How many years of school it takes to read a text, by Flesch and Kincaid (1975). */
export const gradeOf = (text: string): number => {
  const sentences = text.split(/[.!?:](?:\s|$)/).filter((sentence) => /[a-z]/i.test(sentence)).length
  const words = text.match(/[A-Za-z][A-Za-z'-]*/g) ?? []
  const syllables = words.reduce((sum, word) => sum + syllablesOf(word.toLowerCase()), 0)
  return 0.39 * (words.length / sentences) + 11.8 * (syllables / words.length) - 15.59
}

const syllablesOf = (word: string): number =>
  Math.max(1, (word.replace(/(?:[^laeiouy]es|[^t]ed|[^l]e)$/, '').match(/[aeiouy]{1,2}/g) ?? []).length)
