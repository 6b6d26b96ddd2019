import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type HostileEvents, hostileEvents } from './events.ts'
import { hostileArgument, hostileName, hostileTexts } from './texts.ts'

/** A folder of files to call commands with; every name in it, and every text that may be, is hostile. */
export type Place = {
  readonly events: HostileEvents
  readonly data: string
  readonly ndjson: string
  /** A ruleset with a hostile condition, and one that is hostile in every text and name. */
  readonly ruleset: string
  readonly brokenRuleset: string
  readonly mapping: string
  readonly brokenMapping: string
  /** A correction by that ruleset which withdraws every flag, and one that is hostile in every text and name. */
  readonly correction: string
  readonly brokenCorrection: string
  /** A path in it for something to be written, another each time. */
  readonly written: (ending: string) => string
  readonly remove: () => void
}

const given = (name: string): string => join(import.meta.dirname, name)

/** The files of events that were found to attack; kept as they came. */
const FOUND = ['escapes.ndjson', 'injections.ndjson', 'personal.ndjson']

const inCel = (hostileTexts.line ?? '').replace(/["\\]/g, '')

const document = {
  ruleset: 'x1',
  version: '2',
  signals: { score: 'double', free: 'string' },
  rules: [
    {
      id: 'r1',
      category: 'spam',
      when: `signals.score > 0.9 &&\t signals.free != "${inCel}\u009b31m"`,
      strikes: 1,
      removes_content: true,
    },
  ],
}

/** The same value with every text and every name hostile. */
const allHostile = (value: unknown): unknown => {
  if (typeof value === 'string') return hostileTexts.everything
  if (Array.isArray(value)) return value.map(allHostile)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([name, inner]) => [name, allHostile(inner)])
  return Object.fromEntries([...entries, [hostileTexts.everything, 1]])
}

export const hostilePlace = (): Place => {
  const dir = mkdtempSync(join(tmpdir(), 'redress-hostile-'))
  const at = (ending: string): string => join(dir, `${hostileName}${ending}`)
  const events = hostileEvents()
  const found = FOUND.map((name) => readFileSync(given(name), 'utf8').trimEnd())
  const lines = [...found, ...events.accepted, ...events.refused]
  writeFileSync(
    at('.ndjson'),
    Buffer.concat([Buffer.from(`${lines.join('\n')}\n`), Buffer.of(0x9b, 0xff, 0x0a)]),
  )
  writeFileSync(at('.json'), JSON.stringify(document))
  writeFileSync(at(' broken.json'), JSON.stringify(allHostile(document), null, '\t'))
  const mapping = readFileSync(join(import.meta.dirname, '../../reports/statements/mapping.yaml'), 'utf8')
  writeFileSync(at('.yaml'), `${mapping}  ${JSON.stringify(hostileArgument)}: {category: ""}\n`)
  const correction = {
    correction: 'c',
    ruleset: at('.json'),
    withdrawals: [{ id: 'all', where: 'detector.id != ""' }],
  }
  writeFileSync(at(' correction.yaml'), JSON.stringify(correction))
  writeFileSync(at(' broken correction.yaml'), JSON.stringify(allHostile(correction)))
  let n = 0
  return {
    events,
    data: at(' data'),
    ndjson: at('.ndjson'),
    ruleset: at('.json'),
    brokenRuleset: at(' broken.json'),
    correction: at(' correction.yaml'),
    brokenCorrection: at(' broken correction.yaml'),
    mapping: join(import.meta.dirname, '../../reports/statements/mapping.yaml'),
    brokenMapping: at('.yaml'),
    written: (ending) => at(`${n++}${ending}`),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  }
}

/** A corrected ruleset for the events that were found. */
export const foundRuleset = given('corrected.yaml')
