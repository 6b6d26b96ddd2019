import { safeText } from './safe-text.ts'

/** What Markdown takes for markup inside a line; an underscore inside a word is none. */
const MARKUP = /[\\`*{}[\]|~$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g

/** What GitHub's Markdown makes a link of by itself. */
const AUTOLINK = /:(?=\/\/)|@|(?<=\bwww)\./gi

/** What begins a heading, a quotation, a list, a rule or a table at the start of a line. */
const BLOCK = /^(?:[#>]|[-+=](?=[-+=\s]|$)|:(?=-))|(?<=^\d{1,9})[.)](?=\s|$)/

/**
 * A text of one line as Markdown (CommonMark and GitHub's) that shows it as it is, wherever on a line it stands: no
 * markup, HTML, link, image or cell of a table comes of it.
 */
export const escapeMarkdown = (text: string): string =>
  safeText(text)
    .trimStart()
    .replace(MARKUP, '\\$&')
    .replace(AUTOLINK, '\\$&')
    .replace(BLOCK, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')

/** A text of one line as a block of code. */
export const markdownCode = (text: string): string => `    ${safeText(text)}`
