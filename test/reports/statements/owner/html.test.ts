import { describe, expect, test } from 'vitest'
import { toHtml } from '../../../../src/reports/statements/owner/html.ts'
import { toMarkdown } from '../../../../src/reports/statements/owner/markdown.ts'
import type { OwnerPage } from '../../../../src/reports/statements/owner/page.ts'
import { pageOf } from '../../../../src/reports/statements/owner/words.ts'
import { ban, event, flag, statementOf } from './statements.ts'

const HOSTILE = `</p><script>alert(1)</script><img src=x onerror="a('b')"> & \u202e\u001b[31m [x](http://e) \`c\` | *b*\n# d`

const hostilePage = (): OwnerPage =>
  pageOf(
    statementOf(
      [
        flag({ signals: { 'ocr.text': HOSTILE, adult_score: 0.7 } }),
        ban({ basis: { kind: 'terms', reference: '<b>&"\'' }, territory: '<i>' }),
        event('notice.sent.v1', 3),
        event('appeal.filed.v1', 4),
        event('appeal.decided.v1', 5),
      ],
      {
        texts: {
          'notice.sent.v1-3': { kind: 'open', text: HOSTILE },
          'appeal.filed.v1-4': { kind: 'open', text: HOSTILE },
          'appeal.decided.v1-5': { kind: 'open', text: HOSTILE },
        },
        howToAppeal: HOSTILE,
        when: 'signals.adult_score < 0.9 || signals.is_illustration',
      },
    ),
  )
/** A page every text of which is hostile. */
const allHostile: OwnerPage = {
  title: HOSTILE,
  about: HOSTILE,
  foot: HOSTILE,
  sections: [
    {
      heading: HOSTILE,
      blocks: [
        { kind: 'paragraph', text: HOSTILE },
        { kind: 'heading', text: HOSTILE },
        { kind: 'quote', text: HOSTILE },
        { kind: 'code', text: HOSTILE },
        { kind: 'list', items: [{ text: HOSTILE, quote: HOSTILE }] },
        { kind: 'table', about: HOSTILE, head: [HOSTILE, HOSTILE], rows: [[HOSTILE, HOSTILE]] },
      ],
    },
  ],
}

describe('HTML', () => {
  test.each([
    ['a statement', hostilePage()],
    ['a page', allHostile],
  ])('of %s with hostile texts has no tag, entity or letter of theirs', (_what, page) => {
    const html = toHtml(page)
    const tags = new Set([...html.matchAll(/<\/?([a-z0-9]+)/g)].map(([, tag]) => tag))
    const ours =
      'html head meta title style body main h1 h2 h3 p section table caption thead tbody tr th td blockquote pre code ul li br footer'
    for (const tag of tags) expect(ours.split(' ')).toContain(tag)
    expect(html).not.toMatch(/<(?:script|img|b|i)\b/)
    expect(html).not.toMatch(/\sonerror="/)
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    for (const hidden of ['\u202e', '\u001b']) expect(html).not.toContain(hidden)
    expect(html).not.toMatch(/&(?!(?:amp|lt|gt|quot|#39);)/)
  })

  test('is one file in English that loads nothing', () => {
    const html = toHtml(hostilePage())
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">/)
    expect(html).toContain("default-src 'none'")
    expect(html).not.toMatch(/<link|<script|<[^>]*\s(?:src|href)=|url\(|@import/)
    expect(html).toMatch(/<th scope="col">/)
    expect(html).toMatch(/<th scope="row">/)
    expect(
      [...html.matchAll(/aria-labelledby="(s\d)"/g)].every(([, id]) => html.includes(`<h2 id="${id}">`)),
    ).toBe(true)
  })
})

describe('Markdown', () => {
  test.each([
    ['a statement', hostilePage()],
    ['a page', allHostile],
  ])('of %s with hostile texts keeps them texts', (_what, page) => {
    const markdown = toMarkdown(page)
    const unescaped = markdown
      .split('\n')
      .filter((line) => !line.startsWith('    '))
      .join('\n')
    expect(unescaped).not.toMatch(/(?<!\\)</)
    expect(unescaped).not.toMatch(/(?<!\\)\[x/)
    expect(unescaped).not.toMatch(/^# d/m)
    for (const hidden of ['\u202e', '\u001b']) expect(markdown).not.toContain(hidden)
  })
})
