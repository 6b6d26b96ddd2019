import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventTypes, publishedTypes } from '../../../src/domain/event.ts'
import { sampleEvent } from '../../../src/domain/sample.ts'

const main = join(import.meta.dirname, '../../../src/cli/main.ts')
const schemas = join(import.meta.dirname, '../../../infra/schemas')
let dir = ''
const at = (name: string): string => join(dir, name)
/** The folder for temporary files is its own, to see what is left there. */
const redress = (args: ReadonlyArray<string>, { input = '', tmp = at('tmp') } = {}) =>
  spawnSync(process.execPath, [main, ...args], {
    encoding: 'utf8',
    cwd: dir,
    input,
    env: { ...process.env, TMPDIR: tmp },
  })
const jsonOf = ({ stdout }: { readonly stdout: string }) => JSON.parse(stdout)

const flag = sampleEvent('flag.raised.v1')
const data = Object(flag.data)
const written = (...events: ReadonlyArray<unknown>): string =>
  events.map((event) => `${typeof event === 'string' ? event : JSON.stringify(event)}\n`).join('')

/** One line of each fate: taken, the same again in other words, another under its id, and two that are none. */
const mixed = written(
  flag,
  { ...flag, time: '2025-04-29T02:00:00+02:00' },
  { ...flag, data: { ...data, category: 'other' } },
  { ...flag, id: 'x', type: 'flag.raise.v1' },
  'nonsense',
)

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'redress-events-'))
  mkdirSync(at('tmp'))
  writeFileSync(at('mixed.ndjson'), mixed)
  writeFileSync(at('good.ndjson'), written(...publishedTypes.map(sampleEvent)))
})
afterAll(() => rmSync(dir, { recursive: true }))

describe('redress events list', () => {
  test('names every type, and what it records', () => {
    const { status, stdout } = redress(['events', 'list'])
    expect(status).toBe(0)
    expect(stdout.match(/^\S+/gm)).toEqual(eventTypes)
    expect(jsonOf(redress(['events', 'list', '--json']))).toContainEqual({
      type: 'content.removed.v1',
      says: 'Content was taken down.',
      publishedByServices: true,
    })
  })
})

describe('redress events schema', () => {
  test('prints the published schema of a type', () => {
    const file = readFileSync(join(schemas, 'notice.sent.v1.json'), 'utf8')
    expect(jsonOf(redress(['events', 'schema', 'notice.sent.v1']))).toEqual(JSON.parse(file))
  })
})

describe('redress events sample', () => {
  test('prints one line that check accepts, with personal text as it is published', () => {
    const { status, stdout } = redress(['events', 'sample', 'appeal.filed.v1'])
    expect(status).toBe(0)
    expect(stdout).toMatch(/^\{.*\}\n$/)
    expect(JSON.parse(stdout).data.personal).toEqual({ text: 'It is a quilt.' })
    expect(redress(['events', 'check', '-'], { input: stdout }).status).toBe(0)
  })
})

test.each(['schema', 'sample'])(
  'redress events %s of an unknown type suggests the one that was meant',
  (name) => {
    const { status, stdout, stderr } = redress(['events', name, 'flag.raised'])
    expect({ status, stdout }).toEqual({ status: 64, stdout: '' })
    expect(stderr).toBe(
      "redress: 'flag.raised' is not an event type that services publish; did you mean flag.raised.v1?\n" +
        'List all types with: redress events list\n',
    )
  },
)

test('given a type that only Redress records, then it says so', () => {
  for (const command of ['schema', 'sample']) {
    const { status, stderr } = redress(['events', command, 'incident.opened.v1'])
    expect(status).toBe(64)
    expect(stderr).toBe(
      'redress: only Redress itself records incident.opened.v1: services do not publish it\n',
    )
  }
})

describe('redress events check', () => {
  test('given a sample of every type, then all would be ingested', () => {
    const { status, stdout, stderr } = redress(['events', 'check', 'good.ndjson'])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toContain(`good.ndjson: ${publishedTypes.length} lines checked\n`)
  })

  test('given a file with all kinds of lines, then it reports about each what ingest reports', () => {
    const checked = redress(['events', 'check', 'mixed.ndjson', '--json'])
    const ingested = redress(['ingest', 'mixed.ndjson', '--data', 'data', '--json'])
    const { files, lines, ...said } = jsonOf(checked)
    expect({ files, lines }).toEqual({ files: ['mixed.ndjson'], lines: 5 })
    expect(said).toMatchObject({ accepted: 1, duplicate: 1, rejected: 3 })
    expect(jsonOf(ingested)).toMatchObject(said)
    expect(checked.status).toBe(1)
    expect(checked.stderr).toContain(
      'mixed.ndjson:3: data.category differs from what was recorded under the same source and id\n',
    )
    expect(ingested.stderr).toContain(checked.stderr)
  })

  test('given several files, then duplicates are found across them', () => {
    const { status, stdout } = redress(['events', 'check', 'good.ndjson', 'good.ndjson', '-', '--json'], {
      input: mixed,
    })
    expect(status).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      files: ['good.ndjson', 'good.ndjson', 'stdin'],
      lines: publishedTypes.length * 2 + 5,
      accepted: publishedTypes.length,
      duplicate: publishedTypes.length + 2,
      rejected: 3,
    })
  })

  test('given a file that is not NDJSON, then it says so on one line: that nothing was ingested is no news', () => {
    writeFileSync(at('array.json'), '[\n  {}\n]\n')
    const { status, stderr } = redress(['events', 'check', 'array.json'])
    rmSync(at('array.json'))
    expect(status).toBe(2)
    expect(stderr).toMatch(/^redress: array\.json is not NDJSON: [^\n]+\n$/)
  })

  test('given more faults than it shows, then it counts the others', () => {
    const input = written(...Array.from({ length: 25 }, () => '{"type":1}'))
    const { stderr } = redress(['events', 'check', '-'], { input })
    expect(stderr.trimEnd().split('\n')).toHaveLength(21)
    expect(stderr).toMatch(/and 5 more\n$/)
  })

  test('given a file that does not exist, or is not NDJSON, then exit 2', () => {
    writeFileSync(at('table.csv'), 'a,b\n1,2\n')
    for (const file of ['nowhere.ndjson', 'table.csv']) {
      const { status, stdout, stderr } = redress(['events', 'check', 'good.ndjson', file])
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
      expect(stderr).toMatch(/^redress: .*(no such file|not NDJSON)/)
    }
  })

  test('given personal text, then nothing at all is left behind', () => {
    expect(readdirSync(dir).sort()).toEqual(['data', 'good.ndjson', 'mixed.ndjson', 'table.csv', 'tmp'])
    expect(readdirSync(at('tmp'))).toEqual([])
  })

  test('given no space for temporary files, then exit 2, and what to do', () => {
    const { status, stderr } = redress(['events', 'check', 'good.ndjson'], { tmp: at('missing') })
    expect(status).toBe(2)
    expect(stderr).toMatch(
      /^redress: cannot write temporary files for the check: cannot write .*missing: .*\n/,
    )
  })
})
