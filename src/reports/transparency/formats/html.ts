import { escapeHtml } from '../../../foundation/text/html.ts'
import type { Section } from '../figures.ts'
import type { Report, ReportSection } from '../report.ts'
import { styles } from '../styles/index.ts'
import { barsOf, chartSvg } from './charts.ts'
import { aboutLines, commandOf, figureText, NO_FIGURE, tableOf, wordsOf } from './show.ts'

const CSS = `
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; overflow-wrap: break-word; max-width: 70rem; margin: 0 auto; padding: 1rem 1.5rem 4rem; }
h1 { font-size: 1.9rem; line-height: 1.2; }
h2 { font-size: 1.35rem; margin: 2.5rem 0 .5rem; }
h3 { font-size: 1.1rem; }
p, dd, li { max-width: 46rem; }
dl.about { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.25rem; }
dl.about dt { font-weight: 600; }
dl.about dd { margin: 0; overflow-wrap: anywhere; }
code { font-size: .9em; overflow-wrap: anywhere; }
figure { margin: 1rem 0; }
figcaption { font-weight: 600; }
svg { display: block; max-width: 100%; height: auto; }
figure svg { min-width: 36rem; }
.scroll { overflow-x: auto; position: relative; }
.scroll:focus-visible { outline: 3px solid #0072b2; outline-offset: 2px; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding: .25rem 0; }
th, td { padding: .3rem .6rem; border-bottom: 1px solid #888; text-align: right; vertical-align: top; }
thead th { vertical-align: bottom; border-bottom: 2px solid; }
th.key { text-align: left; font-weight: 400; max-width: 16rem; overflow-wrap: break-word; }
thead th.key { font-weight: 600; }
tfoot th.key, tfoot td { font-weight: 600; border-top: 2px solid; }
dt { font-weight: 600; }
.heard { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media print {
  :root { color-scheme: light; }
  @page { size: A4 landscape; margin: 15mm; }
  body { font-size: 10pt; max-width: none; padding: 0; }
  h2, h3, caption, figcaption { break-after: avoid; }
  figure, tr, dl.about { break-inside: avoid; }
  thead { display: table-header-group; }
  tfoot { display: table-row-group; }
  .scroll { overflow: visible; }
  figure svg { min-width: 0; }
  table { font-size: 8pt; }
  th, td { padding: .15rem .3rem; }
  th.key { min-width: 9.5em; overflow-wrap: anywhere; }
  svg { max-width: 15cm; }
  nav { display: none; }
}
`

/** A report as one self-contained page: no script, no network; its charts are already drawn. */
export const htmlOf = (report: Report): string => {
  const charts = new Map(styles[report.style].sections.map(({ id, chart }) => [id, chart]))
  const links = [
    ...report.sections.map(({ id, title }) => [id, title] as const),
    ['rulesets', 'Rulesets'] as const,
    ['not-covered', 'What is not covered'] as const,
    ['definitions', 'Definitions'] as const,
  ]
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(`${report.title}, ${report.period.from} to ${report.period.to}`)}</title>
<style>${CSS}</style>
</head>
<body>
<header>
<h1>${escapeHtml(report.title)}</h1>
<dl class="about">
${aboutLines(report)
  .map(([name, text]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(text)}</dd>`)
  .join('\n')}
</dl>
<p>${escapeHtml(report.period.rule)}</p>
<p>Anyone with the ledger can make the same report: <code>${escapeHtml(commandOf(report, 'html'))}</code></p>
</header>
<nav aria-label="Contents">
<ul>
${links.map(([id, title]) => `<li><a href="#${id}">${escapeHtml(title)}</a></li>`).join('\n')}
</ul>
</nav>
<main>
${report.sections.map((section) => sectionHtml(section, charts.get(section.id))).join('\n')}
${rulesetsHtml(report)}
<section aria-labelledby="not-covered">
<h2 id="not-covered">What is not covered</h2>
<ul>
${report.notCovered.map((text) => `<li>${escapeHtml(text)}</li>`).join('\n')}
</ul>
</section>
${definitionsHtml(report)}
</main>
</body>
</html>
`
}

const sectionHtml = (
  section: ReportSection,
  chart: Section['chart'] | undefined,
): string => `<section aria-labelledby="${section.id}">
<h2 id="${section.id}">${escapeHtml(section.title)}</h2>
<p>${escapeHtml(section.about)}</p>
${section.rows.length === 0 ? '<p>No cases in this period.</p>' : `${chart === undefined ? '' : chartHtml(section, chart)}${tableHtml(section)}`}
</section>`

/** The chart, named by its caption, with its figures in words; the table after it has all of them. */
const chartHtml = (section: ReportSection, chart: Section['chart']): string => {
  const bars = barsOf(section, chart)
  if (bars.bars.every(({ counts }) => counts.every((count) => count === 0))) return ''
  const titleId = `${section.id}-chart`
  const more = bars.leftOut === 0 ? '' : ` The ${bars.leftOut} smallest are in the table only.`
  const measures = chart.measures.map((measure) => wordsOf(measure).toLowerCase())
  const caption = `Chart: ${measures.join(', ')}, by ${wordsOf(chart.by).toLowerCase()}.${more}`
  const description = bars.bars.map(
    ({ name, counts }) =>
      `${name}: ${counts.map((count, i) => `${figureText('count', count)} ${measures[i]}`).join(', ')}`,
  )
  return `<figure>
<figcaption id="${titleId}">${escapeHtml(caption)} The table below has the figures.</figcaption>
<div class="scroll" role="region" aria-labelledby="${titleId}" tabindex="0">
${chartSvg(bars, titleId, escapeHtml(`${description.join('; ')}.`))}
</div>
</figure>
`
}

const tableHtml = (section: ReportSection): string => {
  const { head, keys, rows, total } = tableOf(section)
  const cell = (text: string, i: number): string =>
    i < keys
      ? `<th scope="row" class="key">${escapeHtml(text)}</th>`
      : text === NO_FIGURE
        ? `<td><span aria-hidden="true">${NO_FIGURE}</span><span class="heard">none</span></td>`
        : `<td>${escapeHtml(text)}</td>`
  const totalCells = [
    `<th scope="row" class="key" colspan="${keys}">Total</th>`,
    ...total.slice(keys).map((text) => cell(text, keys)),
  ]
  return `<div class="scroll" role="region" aria-labelledby="${section.id}-table" tabindex="0">
<table>
<caption id="${section.id}-table">${escapeHtml(section.title)}: figures</caption>
<thead><tr>${head.map((text, i) => `<th scope="col"${i < keys ? ' class="key"' : ''}>${escapeHtml(text)}</th>`).join('')}</tr></thead>
<tbody>
${rows.map((cells) => `<tr>${cells.map(cell).join('')}</tr>`).join('\n')}
</tbody>
<tfoot><tr>${totalCells.join('')}</tr></tfoot>
</table>
</div>`
}

const rulesetsHtml = ({ rulesets }: Report): string => `<section aria-labelledby="rulesets">
<h2 id="rulesets">Rulesets</h2>
${
  rulesets.length === 0
    ? '<p>None had been published.</p>'
    : `<div class="scroll" role="region" aria-labelledby="rulesets-table" tabindex="0">
<table>
<caption id="rulesets-table">Versions published up to the sequence</caption>
<thead><tr>${['Ruleset', 'Version', 'Effective from', 'SHA-256'].map((text) => `<th scope="col" class="key">${text}</th>`).join('')}</tr></thead>
<tbody>
${rulesets
  .map(
    ({ id, version, effectiveFrom, sha256 }) =>
      `<tr><th scope="row" class="key">${escapeHtml(id)}</th>${[version, effectiveFrom, sha256].map((text) => `<td><code>${escapeHtml(text)}</code></td>`).join('')}</tr>`,
  )
  .join('\n')}
</tbody>
</table>
</div>`
}
</section>`

const definitionsHtml = ({ definitions, sections }: Report): string => {
  const list = (entries: ReadonlyArray<readonly [string, string]>): string =>
    `<dl>\n${entries.map(([term, meaning]) => `<dt>${escapeHtml(term)}</dt><dd>${escapeHtml(meaning)}</dd>`).join('\n')}\n</dl>`
  return `<section aria-labelledby="definitions">
<h2 id="definitions">Definitions</h2>
${list(definitions.map(({ term, meaning }) => [term, meaning]))}
${sections
  .map(
    ({ title, dimensions, measures }) => `<h3>${escapeHtml(title)}</h3>
${list([
  ...dimensions.map(({ name, about }) => [wordsOf(name), about] as const),
  ...measures.map(({ name, unit, about }) => [wordsOf(name, unit), about] as const),
])}`,
  )
  .join('\n')}
</section>`
}
