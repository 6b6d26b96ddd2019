import { DetectorKind, FlagSource } from '../../domain/parts.ts'

/** What a condition sees besides `signals`; all strings. */
export const fieldsOf: Readonly<Record<string, ReadonlyArray<string>>> = {
  detector: ['kind', 'id', 'version'],
  flag: ['category', 'source'],
  content: ['id', 'kind'],
}
/** Fields for which no other words are ever recorded. */
export const celWordsOf = new Map<string, { readonly name: string; readonly is: (word: string) => boolean }>([
  ['detector.kind', DetectorKind],
  ['flag.source', FlagSource],
])
export const ROOTS = ['signals', ...Object.keys(fieldsOf)]

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

/** CEL functions that authors may expect, and what to do instead. */
export const instead: ReadonlyMap<string, string> = new Map([
  ['_/_', 'multiply instead: a > 10.0 * b'],
  ['_%_', 'there is no remainder; record it as a signal'],
  ['_?_:_', 'write (condition && a) || (!condition && b)'],
  ['_[_]', 'signals are plain values: signals.NAME'],
  ['-_', 'a minus is only allowed before a number; write 0 - x'],
  ['has', 'has() takes signals.NAME, content.id or content.kind'],
  ['matches', 'use startsWith, endsWith or contains'],
  ['size', 'record the length as a signal'],
  ['int', 'declare the signal as int'],
  ['double', 'declare the signal as double'],
  ['string', 'declare the signal as string'],
])
