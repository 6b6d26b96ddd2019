import { safeText } from './safe-text.ts'

/** What Markdown treats as markup inside a line; an underscore inside a word is not markup. */
const MARKUP = /[\\`*{}[\]|~$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g

/** What GitHub's Markdown turns into a link automatically. */
const AUTOLINK = /:(?=\/\/)|@|(?<=\bwww)\./gi

/** What starts a heading, a quotation, a list, a rule or a table at the start of a line. */
const BLOCK = /^(?:[#>]|[-+=](?=[-+=\s]|$)|:(?=-))|(?<=^\d{1,9})[.)](?=\s|$)/

/**
 * A text of one line as Markdown (CommonMark and GitHub's) that displays it literally, anywhere on a line: without
 * markup, HTML, links, images or table cells.
 */
export const escapeMarkdown = (text: string): string =>
  safeText(text)
    .trimStart()
    .replace(MARKUP, '\\$&')
    .replace(AUTOLINK, '\\$&')
    .replace(BLOCK, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')

/** A text of one line as a code block. */
export const markdownCode = (text: string): string => `    ${safeText(text)}`
