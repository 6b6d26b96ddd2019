import type { Expr } from '@bufbuild/cel-spec/cel/expr/syntax_pb.js'
import * as E from '#fp/Either'
import { quoted } from '../../foundation/text/quoted.ts'
import type { Diagnostic } from './diagnostic.ts'
import { wrongEscape } from './escapes.ts'
import { cel } from './library.ts'

/** A condition as `@bufbuild/cel` parses it. */
export type ParsedCondition = {
  readonly text: string
  readonly tree: Expr
  /** The position of each part of the tree in the text (for an operator, near the operator), by the part's id. */
  readonly positions: { readonly [id: string]: number }
}

const LONGEST = 10_000
/** Parser, checker and evaluator are all recursive; no realistic condition comes near this. */
export const DEEPEST = 100

/** Parses a condition. Never throws: what could exhaust the stack is refused beforehand or caught. */
export const parseCondition = (text: string): E.Either<Diagnostic, ParsedCondition> => {
  if (text.length > LONGEST) return refused(0, `longer than ${LONGEST} characters`)
  if (!text.isWellFormed())
    return refused(text.search(/\p{Cs}/u), 'half of a surrogate pair is not valid text')
  const deep = tooDeepAt(text)
  if (deep !== null) return refused(deep, `nested more than ${DEEPEST} levels deep`)
  if (text.trim() === '')
    return refused(0, 'the condition is empty', 'write true for a rule without a condition')
  const wrong = wrongEscape(text)
  if (wrong !== null) return E.left(wrong)
  try {
    const { expr, sourceInfo } = cel().parse(text)
    return E.right({ text, tree: expr, positions: sourceInfo?.positions ?? {} })
  } catch (error) {
    if (error instanceof RangeError) return refused(0, 'the condition is too deeply nested or too long')
    return E.left(syntaxDiagnostic(text, error, FURTHER))
  }
}

const refused = (offset: number, message: string, hint: string | null = null): E.Either<Diagnostic, never> =>
  E.left({ offset, message, hint })

/** Where brackets are nested too deeply. Those inside strings count too: no sensible string has that many. */
const tooDeepAt = (text: string): number | null => {
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charAt(i)
    if (unit === '(' || unit === '[' || unit === '{') depth++
    else if (unit === ')' || unit === ']' || unit === '}') depth--
    if (depth > DEEPEST) return i
  }
  return null
}

/**
 * The parser's own messages list every token that would have been valid where it gave up, so only its position is used;
 * the messages are ours.
 */
const syntaxDiagnostic = (text: string, error: unknown, further: number): Diagnostic => {
  const stopped = stoppedAt(error)
  if (stopped === null) {
    return { offset: 0, message: error instanceof Error ? error.message : String(error), hint: null }
  }
  const { reason } = stopped
  const offset = stopped.offset + (/^\s*/.exec(text.slice(stopped.offset))?.[0].length ?? 0)
  const rest = text.slice(offset)
  const word = /^\w+/.exec(rest)?.[0]
  const diagnostic = (message: string, hint: string | null = null): Diagnostic => ({ offset, message, hint })

  if (reason.startsWith('reserved')) return diagnostic(`${quoted(word ?? '')} is a reserved word in CEL`)
  if (rest === '') {
    const open = unclosed(text)
    return open === null
      ? diagnostic('the condition ends too early')
      : { offset: open, message: `this ${text.charAt(open)} is never closed`, hint: null }
  }
  if (/^["']/.test(rest)) {
    return diagnostic('this string is not closed', 'inside a string, write a quote as \\" or \\\'')
  }
  if (/^=(?!=)/.test(rest)) return diagnostic('a single =', 'write == to compare')
  if (/^&(?!&)/.test(rest)) return diagnostic('a single &', 'write && for "and"')
  if (/^\|(?!\|)/.test(rest)) return diagnostic('a single |', 'write || for "or"')
  const wrong = [word, /(\w+)\s*$/.exec(text.slice(0, offset))?.[1]].find((w) =>
    LOGIC.has(w?.toLowerCase() ?? ''),
  )
  if (wrong !== undefined) {
    return diagnostic(`${quoted(wrong)} is not a CEL operator`, `write ${LOGIC.get(wrong.toLowerCase())}`)
  }
  if (/^[)\]}]/.test(rest)) return diagnostic(`unmatched ${rest.charAt(0)}`)
  if (rest.startsWith('//')) {
    return diagnostic('CEL does not allow a comment here', 'make it a YAML comment')
  }
  const operator = /^(?:[=!<>]=|&&|\|\||[<>+\-*/%?:.]|in\b)/.exec(rest)?.[0]
  const behind = rest.slice(operator?.length ?? 0).trimStart()
  if (/^(?:"[^"]*|'[^']*)$/.test(behind)) {
    return { offset: text.length - behind.length, message: 'this string is not closed', hint: null }
  }
  if (operator !== undefined) {
    const from = offset + operator.length
    const inside = further > 0 ? failureIn(text.slice(from), further - 1) : null
    // An error at its very start: then the operand itself is missing.
    if (inside !== null && text.slice(from, from + inside.offset).trim() !== '') {
      return { ...inside, offset: from + inside.offset }
    }
    return diagnostic(`what follows this ${operator} is incomplete`, 'check what comes after it')
  }
  return diagnostic(`unexpected ${quoted(word ?? String.fromCodePoint(rest.codePointAt(0) ?? 0))}`)
}

/** The parser gives up at an operator whose right side is wrong; how many times to descend into that side. */
const FURTHER = 10

const failureIn = (text: string, further: number): Diagnostic | null => {
  try {
    cel().parse(text)
    return null
  } catch (error) {
    return syntaxDiagnostic(text, error, further)
  }
}

const LOGIC = new Map([
  ['and', '&&'],
  ['or', '||'],
  ['not', '!'],
])

/** The parser's errors carry a location, but their class is not exported. */
const stoppedAt = (error: unknown): { readonly offset: number; readonly reason: string } | null => {
  if (typeof error !== 'object' || error === null || !('location' in error)) return null
  const { location } = error
  if (typeof location !== 'object' || location === null || !('start' in location)) return null
  const { start } = location
  if (typeof start !== 'object' || start === null || !('offset' in start)) return null
  const reason = 'rawMessage' in error && typeof error.rawMessage === 'string' ? error.rawMessage : ''
  return typeof start.offset === 'number' ? { offset: start.offset, reason } : null
}

/** The last bracket that is opened and not closed, strings apart. */
const unclosed = (text: string): number | null => {
  const open: number[] = []
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[()[\]{}]/g)) {
    if ('([{'.includes(token)) open.push(index)
    else if (')]}'.includes(token)) open.pop()
  }
  return open.at(-1) ?? null
}
