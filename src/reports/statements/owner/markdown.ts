import { visible } from '../../../domain/visible.ts'
import type { Block, Page } from './page.ts'

/**
 * What Markdown could take for a mark, escaped; and what would steer a terminal, or show a text other than it is, made
 * visible. One line.
 */
export const escapeMarkdown = (text: string): string =>
  visible(text)
    .replace(/[\\`*_{}[\]<>#|~&!]/g, '\\$&')
    .replace(/^(\s*)([-+=])(?=\s|[-+=]|$)/, '$1\\$2')
    .replace(/^(\s*\d+)([.)])(?=\s|$)/, '$1\\$2')

/** A page as Markdown (CommonMark, and GitHub's tables). */
export const toMarkdown = ({ title, about, sections, foot }: Page): string =>
  `${[
    `# ${escapeMarkdown(title)}`,
    `**${escapeMarkdown(about)}**`,
    ...sections.flatMap(({ heading, blocks }) => [`## ${escapeMarkdown(heading)}`, ...blocks.map(blockOf)]),
    `---`,
    escapeMarkdown(foot),
  ].join('\n\n')}\n`

const blockOf = (block: Block): string => {
  switch (block.kind) {
    case 'paragraph':
      return lines(block.text).join('\\\n')
    case 'heading':
      return `### ${escapeMarkdown(block.text)}`
    case 'list':
      return block.items
        .map(({ text, quote }) => {
          const quoted = quote === null ? '' : `\n\n${quotation(quote).replace(/^/gm, '  ')}\n`
          return `- ${escapeMarkdown(text)}${quoted}`
        })
        .join('\n')
    case 'quote':
      return quotation(block.text)
    case 'code':
      return `    ${visible(block.text.replace(/\s*\n\s*/g, ' '))}`
    case 'table':
      return [block.head, block.head.map(() => '---'), ...block.rows]
        .map((row) => `| ${row.map((cell) => (cell === '---' ? cell : escapeMarkdown(cell))).join(' | ')} |`)
        .join('\n')
  }
}

const lines = (text: string): ReadonlyArray<string> => text.split(/\r\n|\n|\r/).map(escapeMarkdown)
const quotation = (text: string): string =>
  lines(text)
    .map((line) => `> ${line}`.trimEnd())
    .join('\n')
