import type { Problem } from '../foundation/documents/problem.ts'
import { safeText } from '../foundation/text/safe-text.ts'
import { widthOf } from '../foundation/text/text-width.ts'

/** The most columns shown of a long line. */
const WIDTH = 100

/**
 * A problem in the format of compilers: `file:line:column: error: message`, the line with a caret below the place, and the
 * hint.
 */
export const problemLines = (file: string, text: string, problem: Problem): ReadonlyArray<string> => {
  const { severity, path, line, column, message, hint } = problem
  const number = String(line ?? 1)
  const margin = ' '.repeat(number.length + 2)
  const { shown, caret } = excerpt(text.split(/\r\n|\r|\n/)[(line ?? 1) - 1] ?? '', (column ?? 1) - 1)
  return [
    `${file}:${number}:${column ?? 1}: ${severity}: ${message}`,
    `  ${number} | ${shown}`.trimEnd(),
    `${margin} | ${' '.repeat(caret)}^`,
    ...(path === '' ? [] : [`${margin} = field: ${path}`]),
    ...(hint === null ? [] : [`${margin} = hint: ${hint}`]),
  ]
}

/** The part of a line around an offset (UTF-16 units from 0), and the column of the caret below it. */
const excerpt = (line: string, offset: number): { readonly shown: string; readonly caret: number } => {
  const inSpaces = line.replaceAll('\t', ' ')
  const before = [...inSpaces.slice(0, offset)]
  const after = [...inSpaces.slice(offset)]
  const from = before.length + after.length <= WIDTH ? 0 : Math.max(0, before.length - WIDTH / 2)
  const left = [...(from > 0 ? '...' : ''), ...before.slice(from)]
  const cut = left.length + after.length > WIDTH + 3
  const right = cut ? [...after.slice(0, Math.max(1, WIDTH - left.length)), ...'...'] : after
  return { shown: safeText([...left, ...right].join('')), caret: widthOf(safeText(left.join(''))) }
}
