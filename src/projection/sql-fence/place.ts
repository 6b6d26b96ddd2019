import { safeText } from '../../foundation/text/safe-text.ts'
import { widthOf } from '../../foundation/text/text-width.ts'

/** A line of SQL, and a mark under the character at `index`. A tab is shown as a space. */
export const markedLine = (label: string, line: string, index: number): string => {
  const shown = label + line.replaceAll('\t', ' ')
  const before = safeText(shown.slice(0, label.length + index))
  return `${shown}\n${' '.repeat(widthOf(before))}^`
}

/** How DuckDB's errors show a position: `LINE 1: SELECT nope`, and a mark on the line below. */
const PLACE = /^(LINE \d+: )(.*)\n( *)\^ *$/m

/**
 * DuckDB's error without tabs, which are not safe to show. DuckDB counts tabs and other control characters as zero
 * columns, so its mark must be moved too.
 */
export const withoutTabs = (message: string): string =>
  message
    .replace(PLACE, (_, label: string, line: string, blanks: string) =>
      markedLine(label, line, indexAt(line, blanks.length - label.length)),
    )
    .replaceAll('\t', '  ')

const CONTROL = /\p{Cc}/u

/** The index of the character at a column, as DuckDB counts columns. */
const indexAt = (line: string, column: number): number => {
  let index = 0
  let width = 0
  for (const character of line) {
    const own = CONTROL.test(character) ? 0 : widthOf(character)
    if (own > 0 && width >= column) break
    width += own
    index += character.length
  }
  return index
}
