import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import { describe } from 'vitest'

/** Where a Chromium may be; CHROMIUM names another. */
const PLACES = [
  process.env.CHROMIUM ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/** The browser of this machine; undefined: there is none. */
const installedBrowser: string | undefined = PLACES.find((path) => path !== '' && existsSync(path))

const MISSING = 'no Chromium is installed; CHROMIUM names one that is elsewhere'

/** Tests in a real browser. Skipped, with the reason, where there is none; with REQUIRE_BROWSER=1 the run fails instead. */
export const describeInBrowser = (name: string, body: () => void): void => {
  if (installedBrowser !== undefined) return void describe(name, body)
  if (process.env.REQUIRE_BROWSER === '1') throw new Error(`REQUIRE_BROWSER=1 and no browser: ${MISSING}`)
  process.stderr.write(`SKIPPED: ${name}: ${MISSING}\n`)
  describe.skip(`${name} (SKIPPED: ${MISSING})`, body)
}

export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({
    ...(installedBrowser === undefined ? {} : { executablePath: installedBrowser }),
    // Root has no sandbox, and the pages are our own and run no script.
    chromiumSandbox: false,
  })

type Look = { readonly width: number; readonly colorScheme?: 'light' | 'dark' }

/** Shows a page of HTML as wide as is said, and closes it after. */
export const withPage = async <A>(
  browser: Browser,
  html: string,
  { width, colorScheme = 'light' }: Look,
  use: (page: Page) => Promise<A>,
): Promise<A> => {
  const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme })
  try {
    const page = await context.newPage()
    await page.setContent(html)
    return await use(page)
  } finally {
    await context.close()
  }
}
