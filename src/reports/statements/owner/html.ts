import { escapeHtml } from '../../../foundation/text/html.ts'
import type { Block, OwnerPage } from './page.ts'

/** A page as one HTML file that loads nothing and runs nothing; it works on a phone, in a screen reader and in print. */
export const toHtml = ({ title, about, sections, foot }: OwnerPage): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}: ${escapeHtml(about)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
<p class="about">${escapeHtml(about)}</p>
${sections.map(sectionOf).join('\n')}
</main>
<footer><p>${escapeHtml(foot)}</p></footer>
</body>
</html>
`

const sectionOf = ({ heading, blocks }: OwnerPage['sections'][number], i: number): string =>
  `<section aria-labelledby="s${i}">\n<h2 id="s${i}">${escapeHtml(heading)}</h2>\n${blocks.map(blockOf).join('\n')}\n</section>`

const blockOf = (block: Block): string => {
  switch (block.kind) {
    case 'paragraph':
      return `<p>${lines(block.text)}</p>`
    case 'heading':
      return `<h3>${escapeHtml(block.text)}</h3>`
    case 'list':
      return `<ul>\n${block.items.map(({ text, quote }) => `<li>${escapeHtml(text)}${quote === null ? '' : quotation(quote)}</li>`).join('\n')}\n</ul>`
    case 'quote':
      return quotation(block.text)
    case 'code':
      return `<pre><code>${escapeHtml(block.text.replace(/\s*\n\s*/g, ' '))}</code></pre>`
    case 'table':
      return `<table>\n<caption>${escapeHtml(block.about)}</caption>\n<thead><tr>${block.head
        .map((cell) => `<th scope="col">${escapeHtml(cell)}</th>`)
        .join('')}</tr></thead>\n<tbody>\n${block.rows.map(rowOf).join('\n')}\n</tbody>\n</table>`
  }
}

const rowOf = ([name = '', ...cells]: ReadonlyArray<string>): string =>
  `<tr><th scope="row">${escapeHtml(name)}</th>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`

const lines = (text: string): string =>
  text
    .split(/\r\n|\n|\r/)
    .map(escapeHtml)
    .join('<br>')
/** What somebody wrote may be in any language, in either direction. */
const quotation = (text: string): string => `<blockquote dir="auto">${lines(text)}</blockquote>`

const STYLE = `
:root { color-scheme: light dark; }
body { max-width: 42rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; margin: 0; line-height: 1.2; }
h2 { font-size: 1.2rem; margin: 1.6rem 0 .4rem; padding-top: .5rem; border-top: 1px solid #8886; }
h3 { font-size: 1rem; margin: 1rem 0 .2rem; }
p { margin: .4rem 0; }
.about { font-size: 1.05rem; opacity: .8; }
table { border-collapse: collapse; width: 100%; margin: .6rem 0; font-size: .95rem; }
caption { text-align: left; font-size: .9rem; opacity: .8; padding-bottom: .2rem; }
th, td { text-align: left; vertical-align: top; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid #8884; }
tbody th { font-weight: normal; }
blockquote { margin: .5rem 0; padding: .3rem .9rem; border-inline-start: 3px solid #8888; }
pre { margin: .5rem 0; padding: .5rem .8rem; white-space: pre-wrap; border: 1px solid #8886; font-size: .9rem; }
li { margin: .4rem 0; }
footer { margin-top: 2rem; border-top: 1px solid #8886; font-size: .85rem; opacity: .8; }
@media print {
  :root { color-scheme: light; }
  body { max-width: none; margin: 0; padding: 0; font-size: 10pt; line-height: 1.35; }
  h2 { margin-top: 1rem; break-after: avoid; }
  h3 { break-after: avoid; }
  table, blockquote, li { break-inside: avoid; }
  @page { margin: 18mm; }
}
`
