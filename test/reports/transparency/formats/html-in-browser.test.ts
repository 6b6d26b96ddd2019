import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { htmlOf } from '../../../../src/reports/transparency/formats/html.ts'
import { describeInBrowser, launchBrowser, withPage } from '../../../browser/browser.ts'
import { contrast, luminance, type Rgb } from '../../../browser/contrast.ts'
import { happened } from '../../../domain/happenings.ts'
import { reportOn } from '../reporting.ts'

/** The longest allowed name, in the widest letters. */
const NAMES = ['W'.repeat(200), 'm'.repeat(24), '\u7eb8'.repeat(30), `long.${'category_'.repeat(8)}`, 'spam']

const html = htmlOf(
  reportOn('dsa', [
    ...NAMES.map((authority, i) =>
      happened('order.received.v1', { orderId: `o${i}`, authority, kind: 'act' }),
    ),
    happened('content.removed.v1', { decisionId: 'd1', category: 'W'.repeat(24), grounds: [] }, { day: 2 }),
    happened('account.deactivated.v1', { decisionId: 'd2', category: 'spam', grounds: [] }, { day: 2 }),
    happened('account.reinstated.v1', { decisionIds: ['d2'], reason: 'correction' }, { day: 3 }),
  ]),
)

// The code that runs in the page is a string, because Redress is not type-checked against a browser.

const PLACES = `({
  page: document.documentElement.scrollWidth,
  places: [...document.querySelectorAll('.scroll')].map((place) => ({
    shown: place.clientWidth,
    whole: place.scrollWidth,
    overflow: getComputedStyle(place).overflowX,
  })),
})`
type Places = {
  readonly page: number
  readonly places: ReadonlyArray<{
    readonly shown: number
    readonly whole: number
    readonly overflow: string
  }>
}

const LABELS = `[...document.querySelectorAll('svg')].flatMap((svg) => {
  const whole = svg.getBoundingClientRect()
  const labels = [...svg.querySelectorAll('text')]
  const drawn = [...svg.querySelectorAll('path[stroke="Canvas"]'), ...labels]
  return labels.map((label) => {
    const { left, right, top, bottom } = label.getBoundingClientRect()
    // The box of a text is higher than its letters.
    const isOn = (other) => {
      const box = other.getBoundingClientRect()
      return box.left < right && box.right > left && box.top < bottom - 4 && box.bottom > top + 4 && box.width > 0
    }
    return {
      text: label.textContent,
      isClear:
        left >= whole.left && right <= whole.right && top >= whole.top && bottom <= whole.bottom &&
        !drawn.some((other) => other !== label && isOn(other)),
      fontSize: (13 * whole.width) / svg.viewBox.baseVal.width,
    }
  })
})`
type Label = { readonly text: string; readonly isClear: boolean; readonly fontSize: number }

const COLOURS = `(() => {
  const paper = document.createElement('div')
  paper.style.backgroundColor = 'Canvas'
  document.body.append(paper)
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  const onPaper = (...colours) => {
    for (const colour of [getComputedStyle(paper).backgroundColor, ...colours]) {
      canvas.fillStyle = colour
      canvas.fillRect(0, 0, 1, 1)
    }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3)
  }
  const all = (selector, property) =>
    [...document.querySelectorAll(selector)].map((each) => onPaper(getComputedStyle(each)[property]))
  return {
    paper: onPaper(),
    texts: all('h1, h2, p, dd, dt, td, th, a, caption, figcaption, code', 'color'),
    labels: all('svg text', 'fill'),
    rules: all('thead th', 'borderBottomColor'),
    bars: all('svg path[stroke="Canvas"]', 'fill'),
    edges: all('svg path[stroke="Canvas"]', 'stroke'),
  }
})()`
type Colours = { readonly paper: Rgb } & Readonly<
  Record<'texts' | 'labels' | 'rules' | 'bars' | 'edges', ReadonlyArray<Rgb>>
>

describeInBrowser('the HTML report in a browser', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser.close())

  describe.each([320, 400, 800, 1280])('%d pixels wide', (width) => {
    test('the page does not scroll sideways; each table and chart scrolls on its own', async () => {
      const { page, places } = await withPage(browser, html, { width }, (page) =>
        page.evaluate<Places>(PLACES),
      )
      expect(page).toBeLessThanOrEqual(width)
      expect(places.length).toBeGreaterThan(5)
      for (const { shown, overflow } of places) {
        expect(shown).toBeLessThanOrEqual(width)
        expect(overflow).toBe('auto')
      }
      if (width <= 400) for (const { shown, whole } of places) expect(whole).toBeGreaterThan(shown)
    })

    test('every label of a chart is complete, unobstructed and large enough to read, even in a wide font', async () => {
      const labels = await withPage(browser, html, { width }, async (page) => {
        const fonts = '"DejaVu Sans", Verdana, sans-serif'
        await page.addStyleTag({ content: `svg text { font-family: ${fonts} !important; }` })
        return page.evaluate<ReadonlyArray<Label>>(LABELS)
      })
      expect(labels.map(({ text }) => text)).toEqual(
        expect.arrayContaining(['spam', 'Account suspended', 'Overturned correction']),
      )
      expect(labels.filter(({ isClear }) => !isClear)).toEqual([])
      for (const { fontSize } of labels) expect(fontSize).toBeGreaterThan(10)
    })
  })

  test.each(['light', 'dark'] as const)(
    'it is %s where its reader has set so, and all stands out',
    async (colorScheme) => {
      const { paper, texts, labels, rules, bars, edges } = await withPage(
        browser,
        html,
        { width: 800, colorScheme },
        (page) => page.evaluate<Colours>(COLOURS),
      )
      if (colorScheme === 'light') expect(paper).toEqual([255, 255, 255])
      else expect(luminance(paper)).toBeLessThan(0.05)
      for (const found of [texts, labels, rules, bars, edges]) expect(found).not.toHaveLength(0)
      for (const text of [...texts, ...labels]) expect(contrast(text, paper)).toBeGreaterThan(4.5)
      for (const rule of rules) expect(contrast(rule, paper)).toBeGreaterThan(3)
      for (const bar of bars) expect(contrast(bar, paper)).toBeGreaterThan(2)
      for (const edge of edges) expect(edge).toEqual(paper)
    },
  )
})
