/** What a condition requires of one signal, in words. */
export type Requirement = { readonly signal: string; readonly asked: string }

const NAME = '([A-Za-z_][\\w.-]*)'
const LITERAL = '(-?\\d+(?:\\.\\d+)?|true|false|"[^"\\\\&|]*"|\'[^\'\\\\&|]*\')'
const COMPARISON = new RegExp(`^signals\\.${NAME}\\s*(>=|<=|==|!=|>|<)\\s*${LITERAL}$`)
const FLAG = new RegExp(`^(!?)signals\\.${NAME}$`)

const comparisons: Readonly<Record<string, string>> = {
  '>=': 'at least ',
  '<=': 'at most ',
  '>': 'more than ',
  '<': 'less than ',
  '==': '',
  '!=': 'not ',
}

/**
 * A condition (CEL) in words, signal by signal, if it is a conjunction of simple comparisons; null for any other, which
 * is shown as written.
 */
export const inWords = (condition: string): ReadonlyArray<Requirement> | null => {
  const parts = condition.split('&&').map((part) => partInWords(part.trim()))
  const requirements = parts.filter((part) => part !== null)
  return requirements.length === parts.length ? requirements : null
}

const partInWords = (part: string): Requirement | null => {
  const flag = FLAG.exec(part)
  if (flag !== null) return { signal: flag[2] ?? '', asked: flag[1] === '!' ? 'no' : 'yes' }
  const [, signal = '', operator = '', literal = ''] = COMPARISON.exec(part) ?? []
  if (signal === '') return null
  if (literal === 'true' || literal === 'false') {
    if (operator !== '==' && operator !== '!=') return null
    return { signal, asked: (literal === 'true') === (operator === '==') ? 'yes' : 'no' }
  }
  const isNumber = /^-?\d/.test(literal)
  if (!isNumber && operator !== '==' && operator !== '!=') return null
  const value = isNumber ? literal : `\u201c${literal.slice(1, -1)}\u201d`
  return { signal, asked: `${isNumber && operator === '==' ? 'exactly ' : comparisons[operator]}${value}` }
}
