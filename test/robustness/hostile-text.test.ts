import { type Dirent, globSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { reportFailure } from '../../src/cli/failure.ts'
import { publishedTypes } from '../../src/domain/event.ts'
import { calls, usual, writing } from './hostile/calls.ts'
import { expectCsv, expectHtml, expectMarkdown, expectSafe } from './hostile/checks.ts'
import { hostilePlace } from './hostile/place.ts'
import {
  allCommands,
  caught,
  formatsOf,
  type Leaf,
  type Output,
  redress,
  withArguments,
} from './hostile/run.ts'
import { hostileArgument } from './hostile/texts.ts'

const place = hostilePlace()
const { events } = place
const before = process.cwd()
const commands = new Map((await allCommands()).map((leaf) => [leaf.path.join(' '), leaf]))

beforeAll(() => process.chdir(join(place.data, '..')))
afterAll(() => {
  process.chdir(before)
  place.remove()
})

const expectForm = (bytes: Buffer, form: string, what: string): void => {
  const text = form === 'csv' ? expectCsv(bytes, what) : expectSafe(bytes, what)
  if (form === 'html') expectHtml(text, what)
  if (form === 'md') expectMarkdown(text, what)
  const documents = form === 'json' ? [text] : form === 'lines' ? text.trimEnd().split('\n') : []
  for (const json of documents) expect(() => JSON.parse(json), what).not.toThrow()
}

const expectOutput = ({ stdout, stderr }: Output, form: string, args: ReadonlyArray<string>): void => {
  const what = JSON.stringify(args).slice(0, 400)
  expect(expectSafe(stderr, `stderr of ${what}`), what).not.toContain('internal error')
  if (stdout.length > 0) expectForm(stdout, form, `stdout of ${what}`)
}

/** The forms in which a command writes, each with what asks for it. */
const formsOf = (leaf: Leaf): ReadonlyArray<readonly [string, ReadonlyArray<string>]> => [
  [DEFAULTS[leaf.path.join(' ')] ?? 'text', []],
  [LINES.includes(leaf.path.join(' ')) ? 'lines' : 'json', ['--json']],
  ...formatsOf(leaf)
    .filter((format) => format !== 'parquet' && format !== 'dsa')
    .map((format) => [format, ['--format', format]] as const),
]
/** With --json they print one JSON object a line. */
const LINES = ['consume', 'dispatch', 'remediation requests', 'remediation run', 'watch']
const DEFAULTS: Readonly<Record<string, string>> = {
  statement: 'md',
  'report transparency': 'md',
  'report restate': 'md',
}

test('every command of the program is called', () => {
  expect(Object.keys(calls).toSorted()).toEqual([...commands.keys()].toSorted())
})

test('every event type has fields that accept hostile texts, and those of a fixed form accept none', () => {
  for (const free of FREE) expect(events.open).toContain(free)
  expect([...events.closed].filter((key) => / (?:time|type|specversion)$/.test(key))).toHaveLength(
    publishedTypes.length * 3,
  )
})
const FREE = [
  'appeal.filed.v1 data.personal.text',
  'appeal.decided.v1 data.personal.text',
  'notice.sent.v1 data.personal.statement',
  'flag.raised.v1 data.signals.free',
  'flag.raised.v1 datacontenttype',
  'flag.dismissed.v1 data.reason',
  'content.removed.v1 data.territory',
  'account.deactivated.v1 data.basis.reference',
  'order.received.v1 data.authority',
]

/** Of the events that were found: lines that are events, and lines that are refused. */
const FOUND_ACCEPTED = 82
const FOUND_REFUSED = 4

/** Without a server, these only complain. */
const needServer = ['consume', 'copy', 'dispatch']

describe('given a ledger in which every text is hostile', () => {
  test.each(Object.entries(calls))(
    'when redress %s writes, then nothing controls the terminal, hides or injects',
    async (name, argumentsOf) => {
      const leaf = commands.get(name)
      if (leaf === undefined) throw new Error(`no command ${name}`)
      let written = 0
      for (const args of await argumentsOf(place)) {
        for (const [form, asked] of formsOf(leaf)) {
          const line = [...leaf.path, ...args, ...asked]
          const output = await redress(...line)
          expectOutput(output, form, line)
          written += output.stdout.length
        }
      }
      if (!needServer.includes(name)) expect(written).toBeGreaterThan(0)
    },
  )

  test('then everything was ingested except what had to be refused', async () => {
    const { stdout } = await redress('ingest', place.ndjson, '--data', place.data, '--json')
    const { accepted, duplicate, rejected } = JSON.parse(stdout.toString())
    expect({ accepted, duplicate }).toEqual({
      accepted: 0,
      duplicate: FOUND_ACCEPTED + events.accepted.length,
    })
    // And the line that is not UTF-8.
    expect(rejected).toBe(FOUND_REFUSED + events.refused.length + 1)
  })

  test('then no file written for people contains anything that controls a terminal, hides or injects', async () => {
    for (const args of writing(place)) expect((await redress(...args)).code, args[0]).toBe(0)
    const inputs = [place.ndjson, place.ruleset, place.brokenRuleset]
    const files = readdirSync('.', { recursive: true, withFileTypes: true })
      .filter((entry: Dirent) => entry.isFile())
      .map((entry) => join(process.cwd(), entry.parentPath, entry.name))
      .filter((path) => !inputs.includes(path) && /\.(?:json|ndjson|csv|html|md|txt)$/.test(path))
    expect(files.length).toBeGreaterThan(15)
    for (const path of files) expectForm(readFileSync(path), extname(path).slice(1), JSON.stringify(path))
  })
})

describe('given a hostile text', () => {
  test.each([...commands])(
    'when it is any argument or option of redress %s, then it is shown and not obeyed',
    async (name, leaf) => {
      for (const args of withArguments(leaf, hostileArgument, usual[name]))
        expectOutput(await redress(...args), 'text', args)
    },
  )

  test('when it is the name of a command, or an internal error quotes it, then it is shown and not obeyed', async () => {
    expectOutput(await redress(hostileArgument), 'text', [])
    const { stderr } = await caught(async () => reportFailure(new Error(hostileArgument)))
    expect(expectSafe(stderr, 'an internal error')).toContain('internal error')
  })
})

test('only the functions that make text safe write to a terminal', () => {
  const src = join(import.meta.dirname, '../../src')
  const writers = globSync('**/*.{ts,mjs}', { cwd: src }).filter((file) =>
    /\bstd(?:out|err)\b[^\n]*\bwrite\b|\bconsole\.(?:log|error|info|debug)\b/.test(
      readFileSync(join(src, file), 'utf8'),
    ),
  )
  expect(writers.toSorted()).toEqual([
    // Waits for what was written.
    'app/query/process/child.ts',
    'cli/launcher.mjs',
    'cli/output.ts',
    'cli/program.ts',
    'cli/progress.ts',
    // Passes on what the process of a query made safe.
    'cli/query/output.ts',
  ])
})
