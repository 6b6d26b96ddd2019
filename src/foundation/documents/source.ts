import type { Alias, Document, Node, Scalar } from 'yaml'
import { quoted } from '../text/quoted.ts'
import { type Finding, valueError } from './problem.ts'
import { offsetInScalar } from './scalar-offset.ts'
import { yaml } from './yaml.ts'

/** A position in a text, both from 1; a column is a UTF-16 unit. */
export type TextPlace = { readonly line: number; readonly column: number }

/** A document read from its text. */
export type DocumentSource = {
  /** JSON data, or undefined if `findings` says why it could not be read. */
  readonly value: unknown
  readonly findings: ReadonlyArray<Finding & { readonly place: TextPlace }>
  readonly locate: (finding: Finding) => TextPlace
}

const DEEPEST = 20
const MOST_NODES = 500_000
const MOST_SYNTAX_ERRORS = 10

/**
 * Reads YAML 1.2 (core schema) or JSON, which is a part of it. Refused are duplicate fields, tags, aliases that
 * multiply, and multiple documents, so that the text means the same to every parser.
 */
export const readSource = (text: string): DocumentSource => {
  const { LineCounter, parseDocument } = yaml()
  const lines = new LineCounter()
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    prettyErrors: false,
    // The library compares them pairwise, which takes minutes for many, so it is done here.
    uniqueKeys: false,
    logLevel: 'error',
    lineCounter: lines,
  })
  const placeOf = (offset: number): TextPlace => {
    const { line, col } = lines.linePos(offset)
    return line === 0 ? { line: 1, column: 1 } : { line, column: col }
  }
  const locate = (finding: Finding): TextPlace => placeOf(find(document.contents, finding, text))

  const findings: Array<Finding & { place: TextPlace }> = []
  const report = (offset: number, message: string, hint: string | null = null): void => {
    findings.push({ ...valueError([], message, hint), place: placeOf(offset) })
  }
  for (const { code, message, pos } of document.errors.slice(0, MOST_SYNTAX_ERRORS)) {
    const tooDeep = code === 'RESOURCE_EXHAUSTION'
    // Reported where the text ends, but the mistake is where the quote begins.
    const at = code === 'MISSING_CHAR' && message.endsWith('quote') ? lastQuoted(document) : pos[0]
    report(at, tooDeep ? 'nested too deeply' : `this is not valid YAML: ${message}`, hintAt(text, at))
    if (tooDeep) break
  }
  const version = /^%YAML[ \t]+(\S+)/m.exec(text.slice(0, document.contents?.range?.[0] ?? 0))
  if (version !== null && version[1] !== '1.2') {
    report(
      version.index,
      `this document is YAML ${version[1]}, where numbers and words such as yes mean something else`,
      'remove this line; the document is read as YAML 1.2',
    )
  }
  const value = findings.length > 0 ? undefined : toJson(document.contents, text, report)
  return { value: findings.length > 0 ? undefined : value, findings, locate }
}

type Complain = (offset: number, message: string, hint?: string | null) => void

/** The nodes as JSON data; problems are reported for anything else. */
const toJson = (contents: Node | null, text: string, complain: Complain): unknown => {
  const { isAlias, isMap, isScalar, isSeq } = yaml()
  const anchored = new Map<string, { readonly value: unknown; readonly nodes: number }>()
  let nodes = 0

  const convert = (node: unknown, depth: number): unknown => {
    nodes++
    if (isAlias(node)) return resolve(node)
    if (!isScalar(node) && !isMap(node) && !isSeq(node)) return null
    const start = node.range?.[0] ?? 0
    if (node.tag !== undefined) {
      const written =
        text
          .slice(Math.max(0, start - 40), start)
          .match(/!\S*\s*$/)?.[0]
          .trimEnd() ?? node.tag
      complain(
        Math.max(0, text.lastIndexOf(written, start)),
        `${quoted(written)} is a YAML tag, which is not supported here`,
        hintAt(text, start) ?? 'quote a string that begins with !',
      )
      return null
    }
    if (depth > DEEPEST) {
      complain(start, 'nested too deeply')
      return null
    }
    const unclear = isScalar(node) ? unclearNumber(node) : null
    if (unclear !== null) complain(start, unclear.message, unclear.hint)
    const before = nodes
    const value = isScalar(node)
      ? node.value
      : isSeq(node)
        ? node.items.map((item) => convert(item, depth + 1))
        : fields(node.items, depth)
    if (node.anchor !== undefined) anchored.set(node.anchor, { value, nodes: nodes - before })
    return value
  }

  const resolve = (alias: Alias): unknown => {
    const start = alias.range?.[0] ?? 0
    const target = anchored.get(alias.source)
    nodes += target?.nodes ?? 0
    if (target === undefined)
      complain(start, `*${alias.source} refers to no earlier anchor`, hintAt(text, start))
    else if (nodes > MOST_NODES) complain(start, 'too large once its aliases are expanded')
    return nodes > MOST_NODES ? null : target?.value
  }

  const fields = (items: ReadonlyArray<{ key: unknown; value: unknown }>, depth: number): unknown => {
    const entries = new Map<string, unknown>()
    for (const { key, value } of items) {
      const start = isScalar(key) ? (key.range?.[0] ?? 0) : startOf(key)
      const name = isScalar(key) ? key.value : undefined
      if (typeof name !== 'string') complain(start, "a field's name must be a string", 'write it in quotes')
      else if (entries.has(name)) complain(start, `${quoted(name)} is given twice`, 'keep one')
      else {
        convert(key, depth) // an anchor or a tag on the name itself
        entries.set(name, convert(value, depth + 1))
      }
    }
    // Makes `__proto__` a field like any other.
    return Object.fromEntries(entries)
  }
  return convert(contents, 0)
}

type Unclear = { readonly message: string; readonly hint: string }

/** What is wrong with a number that parsers read differently; null for any other value. */
const unclearNumber = ({ value, source = '', type }: Scalar): Unclear | null => {
  if (typeof value !== 'number' || type !== 'PLAIN') return null
  if (/^[-+]?0[0-9]/.test(source)) {
    return {
      message: `${source} has leading zeros, so other YAML parsers read it as an octal number`,
      hint: `write ${value}, or a string in quotes`,
    }
  }
  if (value === 0 && /^[-+]?[0-9.]*[1-9]/.test(source)) {
    return { message: `${source} is too small for a double`, hint: 'write 0' }
  }
  return null
}

/** Where the last quoted text begins. */
const lastQuoted = (document: Document.Parsed): number => {
  let at = 0
  yaml().visit(document, {
    Scalar: (_, { type, range }) => {
      if (type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE') at = Math.max(at, range?.[0] ?? 0)
    },
  })
  return at
}

const startOf = (node: unknown): number => {
  const { isNode } = yaml()
  return isNode(node) ? (node.range?.[0] ?? 0) : 0
}

/** The position of a finding in the text: as far along its path as the text goes. */
const find = (contents: Node | null, { segments, on, offset }: Finding, text: string): number => {
  const { isMap, isScalar, isSeq } = yaml()
  let node: unknown = contents
  let at = startOf(node)
  for (const [depth, segment] of segments.entries()) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === segment)
      if (pair === undefined) return at
      at = startOf(pair.key)
      if (on === 'name' && depth === segments.length - 1) return at
      node = pair.value
    } else if (isSeq(node) && typeof segment === 'number') node = node.items[segment]
    else return at
    if (startOf(node) > 0) at = startOf(node)
  }
  return offset !== null && isScalar(node) ? offsetInScalar(text, node, offset) : at
}

/**
 * YAML gives `!`, `*`, `"`, `: ` and ` #` in a condition a meaning of its own: the usual cause of errors on such a
 * line.
 */
const hintAt = (text: string, offset: number): string | null => {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset)
  const [, field] = /^\s*(?:-\s+)?(when|where):/.exec(line) ?? []
  return field === undefined
    ? null
    : `put the whole condition in single quotes, or on a line of its own below \`${field}: |\``
}
