export const COMPARISONS: Readonly<Record<string, string>> = {
  '_==_': '==',
  '_!=_': '!=',
  '_<_': '<',
  '_<=_': '<=',
  '_>_': '>',
  '_>=_': '>=',
}
export const ARITHMETIC: Readonly<Record<string, string>> = { '_+_': '+', '_-_': '-', '_*_': '*' }
export const TEXT_METHODS = ['startsWith', 'endsWith', 'contains']
export const MAX_INT = 2n ** 63n - 1n
export const MIN_INT = -(2n ** 63n)

/** Operators and functions of CEL that authors may expect, and what to do instead, whatever a condition reads. */
export const instead: ReadonlyMap<string, string> = new Map([
  ['_/_', 'multiply instead: a > 10.0 * b'],
  ['_?_:_', 'write (condition && a) || (!condition && b)'],
  ['-_', 'a minus is only allowed before a number; write 0 - x'],
  ['matches', 'use startsWith, endsWith or contains'],
])
