import { safeText } from './safe-text.ts'
import { widthOf } from './text-width.ts'

/** A text on one line, safe to show, cut to at most `width` columns with an ellipsis. */
export const cut = (text: string, width: number): string => {
  const line = safeText(text)
  return widthOf(line) <= width ? line : `${broken(line, width - 1)[0]}\u2026`
}

/** A text, safe to show, as lines of at most `width` columns, broken between words if possible. */
export const wrap = (text: string, width: number): ReadonlyArray<string> => {
  const lines: string[] = []
  let line = ''
  for (const word of safeText(text).split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (widthOf(longer) <= width) {
      line = longer
      continue
    }
    if (line !== '') lines.push(line)
    const pieces = broken(word, width)
    lines.push(...pieces.slice(0, -1))
    line = pieces.at(-1) ?? ''
  }
  return line === '' && lines.length > 0 ? lines : [...lines, line]
}

/** A word in pieces of at most `width` columns. */
const broken = (word: string, width: number): ReadonlyArray<string> => {
  const pieces: string[] = []
  let piece = ''
  let columns = 0
  for (const character of word) {
    const more = widthOf(character)
    if (columns + more > width && piece !== '') {
      pieces.push(piece)
      piece = ''
      columns = 0
    }
    piece += character
    columns += more
  }
  return [...pieces, piece]
}
