import { escapeMarkdown, markdownCode } from '../../../foundation/text/markdown.ts'
import type { Block, OwnerPage } from './page.ts'

/** A page as Markdown (CommonMark with GitHub's tables). */
export const toMarkdown = ({ title, about, sections, foot }: OwnerPage): string =>
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
      return markdownCode(block.text.replace(/\s*\n\s*/g, ' '))
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
