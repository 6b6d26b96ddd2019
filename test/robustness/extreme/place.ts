import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { startTestServer } from '../../ledger/eventstoredb/server/server.ts'
import { documentOf, type Extremes, oneByOne, storiesAs, storyArbitrary } from './events.ts'

/** How many accounts have a story. */
const STORIES = 25

/** A folder with extreme events to take in, and an empty cluster. */
export type ExtremePlace = Extremes & {
  /** The accounts of stories, and what was decided in them. */
  readonly stories: ReadonlyArray<string>
  readonly decisions: ReadonlyArray<{ readonly decisionId: string; readonly account: string }>
  readonly ndjson: string
  readonly data: string
  readonly ruleset: string
  /** A correction by it, which leaves every flag unknown. */
  readonly correction: string
  readonly mapping: string
  /** The address of a cluster for the ledger to be copied to. */
  readonly cluster: string
  readonly at: (name: string) => string
  readonly remove: () => Promise<void>
}

export const extremePlace = async (seed: number): Promise<ExtremePlace> => {
  const dir = mkdtempSync(join(tmpdir(), 'redress-extreme-'))
  const at = (name: string): string => join(dir, name)
  const server = await startTestServer()
  const alone = oneByOne()
  const withStories = storiesAs(fc.sample(storyArbitrary, { seed, numRuns: STORIES }), alone.lines.length)
  const lines = [...alone.lines, ...withStories.lines]
  writeFileSync(at('events.ndjson'), `${lines.join('\n')}\n`)
  writeFileSync(at('corrected.json'), JSON.stringify(documentOf('x1', 'corrected', 'signals.free == "x1"')))
  const withdrawals = [{ id: 'all', where: 'detector.id != ""' }]
  writeFileSync(
    at('correction.yaml'),
    JSON.stringify({ correction: 'c', ruleset: 'corrected.json', withdrawals }),
  )
  writeFileSync(at('mapping.yaml'), mappingOfX1())
  return {
    lines,
    accounts: [...alone.accounts, ...withStories.accounts],
    stories: withStories.accounts,
    decisions: withStories.lines
      .map((line) => JSON.parse(line))
      .filter(({ type }) => type === 'content.removed.v1' || type === 'account.deactivated.v1')
      .map(({ data, subject }) => ({ decisionId: data.decisionId, account: subject })),
    ndjson: at('events.ndjson'),
    data: at('data'),
    ruleset: at('corrected.json'),
    correction: at('correction.yaml'),
    mapping: at('mapping.yaml'),
    cluster: server.url,
    at,
    remove: async () => {
      await server.close()
      rmSync(dir, { recursive: true })
    },
  }
}

/** The tests' usual mapping, which knows the content and the territory of these events, and waits for no flag. */
const mappingOfX1 = (): string =>
  readFileSync(join(import.meta.dirname, '../../reports/statements/mapping.yaml'), 'utf8')
    .replace(/^content_types:.*$/m, '$&\n  x1: [CONTENT_TYPE_TEXT]')
    .replace('missing_grounds: wait', 'missing_grounds: ignore')
    .replace(/^territories:.*$/m, '$&\n  x1: [DE]')
