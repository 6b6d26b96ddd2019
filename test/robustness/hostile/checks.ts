import { lexer, parser } from 'marked'
import { type DefaultTreeAdapterTypes, parse } from 'parse5'
import { expect } from 'vitest'
import { hostileTexts } from './texts.ts'

/**
 * What may be in no output, written down here apart from the sanitizer: controls but for line feeds, and all that cannot
 * be seen or that turns the text around it. The texts of this test have nothing that belongs to an emoji.
 */
const UNSAFE =
  /[^\P{Cc}\n]|[\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\u2800\ufff9-\ufffb]/v

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** The text of an output, in which there is no unsafe character. */
export const expectSafe = (bytes: Uint8Array, what: string): string => {
  const text = utf8.decode(bytes)
  const found = UNSAFE.exec(text)
  const around =
    found === null ? '' : JSON.stringify(text.slice(Math.max(0, found.index - 60), found.index + 20))
  expect(
    found === null ? null : `U+${found[0].codePointAt(0)?.toString(16)} after ${around}`,
    what,
  ).toBeNull()
  return text
}

type Node = DefaultTreeAdapterTypes.Node

const nodesIn = (node: Node): ReadonlyArray<Node> => [
  node,
  ...('childNodes' in node ? node.childNodes.flatMap(nodesIn) : []),
]

/** A page that is well-formed, in which no element, attribute, entity or address comes of a hostile text. */
export const expectHtml = (text: string, what: string): void => {
  const errors: string[] = []
  const page = parse(text, {
    onParseError: ({ code, startLine }) => errors.push(`${code} in line ${startLine}`),
  })
  expect(errors, what).toEqual([])
  expectHarmless(page, what)
}

const expectHarmless = (page: Node, what: string): void => {
  for (const node of nodesIn(page)) {
    expect(node.nodeName, what).not.toMatch(
      /^(?:script|img|iframe|link|object|embed|form|evil-tag|#comment)$/,
    )
    for (const { name, value } of 'attrs' in node ? node.attrs : []) {
      expect(name, what).not.toMatch(/^(?:on|evil|src$|srcset$|action$)/)
      if (name === 'href') expect(value, what).toMatch(/^#/)
      if (name === 'style') expect(value, what).not.toContain('url(')
    }
  }
}

/** Markdown, as GitHub reads it, in which no link, image, heading or HTML comes of a hostile text. */
export const expectMarkdown = (text: string, what: string): void => {
  const page = parse(parser(lexer(text)))
  expectHarmless(page, what)
  for (const node of nodesIn(page)) {
    // A mail address of a text is no link of ours either; none of the texts has one.
    expect(node.nodeName, what).not.toMatch(/^(?:a|em|del)$/)
    if (/^h\d$/.test(node.nodeName)) expect(JSON.stringify(textOf(node)), what).not.toMatch(/^"evil/)
  }
}

const textOf = (node: Node): string =>
  nodesIn(node)
    .map((inner) => ('value' in inner ? inner.value : ''))
    .join('')

/** CSV by RFC 4180 in which no cell is a formula. */
export const expectCsv = (bytes: Uint8Array, what: string): string => {
  const text = expectSafe(Buffer.from(utf8.decode(bytes).replaceAll('\r\n', '\n')), what)
  const cells = [...text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n)/g)]
  expect(cells.map(([whole]) => whole).join('') === text, what).toBe(true)
  expect(cells.length, what).toBeGreaterThan(1)
  for (const [, quoted, plain] of cells) {
    const cell = quoted?.replaceAll('""', '"') ?? plain ?? ''
    // Of the numbers of a query some are negative; of the texts one is written like a number, and is none.
    if (/^-\d/.test(cell) && cell !== hostileTexts['id -']) continue
    expect(cell, what).not.toMatch(/^\s*[=+\-@\uff0b\uff0d\uff1d\uff20]/)
  }
  return text
}
