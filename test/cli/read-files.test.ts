import { spawnSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exampleFile } from '../reports/statements/mappings.ts'
import { type Output, redress } from '../robustness/hostile/run.ts'

const main = join(import.meta.dirname, '../../src/cli/main.ts')
const dir = mkdtempSync(join(tmpdir(), 'redress-reading-'))
const at = (name: string): string => join(dir, name)
const DATA = ['--data', at('data')]
afterAll(() => rmSync(dir, { recursive: true, force: true }))
// Each command listens for signals until the process ends, and here many run in one.
process.setMaxListeners(0)

let decision = ''
let letter = ''
let [incident, remediation] = ['', '']

beforeAll(async () => {
  const simulated = ['--accounts', '300', '--scenario', 'retired-rule', '--out', at('e.ndjson')]
  await redress('simulate', ...simulated, '--truth', at('t.json'), '--ruleset', at('ruleset'))
  await redress('ingest', at('e.ndjson'), ...DATA)
  writeFileSync(at('correction'), CORRECTION)
  writeFileSync(at('bad.ndjson'), '{"specversion":"1.0"}\n')
  await redress('ingest', at('bad.ndjson'), ...DATA)
  await redress('project', ...DATA)
  const period = ['--from', '2025-01-01', '--to', '2026-01-01']
  await redress('report', 'transparency', ...period, ...DATA, '--out', at('report.json'))
  const { stdout } = await redress('query', 'SELECT decision_id FROM decisions LIMIT 1', '--json', ...DATA)
  decision = JSON.parse(stdout.toString())[0].decision_id
  const letters = await redress('dead-letters', 'list', '--json', ...DATA)
  letter = JSON.parse(letters.stdout.toString()).letters[0].hash
  writeFileSync(at('except.ndjson'), '{"account":"nobody","reason":"a legal hold"}\n')
  writeFileSync(at('verdicts.ndjson'), '{"decisionId":"nothing","verdict":"agree"}\n')
  writeFileSync(at('answers.ndjson'), '{"decisionId":"nothing-at-all","resolution":"keep"}\n')
  const led = ['--title', 't', '--suspect', 'rule=r', '--by', 'ana', '--json']
  const opened = await redress('incident', 'open', ...led, ...DATA)
  incident = JSON.parse(opened.stdout.toString()).incidentId
  const [, planning] = readers['remediation plan --except'] ?? []
  const planned = await redress(...(planning?.(at('except.ndjson')) ?? []))
  remediation = JSON.parse(planned.stdout.toString()).remediationId
})

const CORRECTION =
  'correction: c\nruleset: { id: community-guidelines }\nwithdrawals:\n  - id: w\n    where: detector.kind == "model"\n'

let n = 0
const fresh = (): string => at(`made-${n++}`)

/** Every way to give a command a text file: a good one, and the command line with another in its place. */
const readers: Readonly<Record<string, readonly [string, (file: string) => ReadonlyArray<string>]>> = {
  'replay --ruleset': [
    'ruleset',
    (file) => ['replay', '--ruleset', file, '--out', fresh(), '--json', ...DATA],
  ],
  'replay --engine reference --ruleset': [
    'ruleset',
    (file) => ['replay', '--engine', 'reference', '--ruleset', file, '--out', fresh(), '--json', ...DATA],
  ],
  'replay --sweep --ruleset': [
    'ruleset',
    (file) => [
      ...['replay', '--sweep', 'spam.link_farm: signals.link_count > 10..50 step 10'],
      ...['--ruleset', file, '--json', ...DATA],
    ],
  ],
  'explain --ruleset': ['ruleset', (file) => ['explain', decision, '--ruleset', file, '--json', ...DATA]],
  'replay --correction': [
    'correction',
    (file) => ['replay', '--correction', file, '--out', fresh(), '--json', ...DATA],
  ],
  'explain --correction': [
    'correction',
    (file) => ['explain', decision, '--correction', file, '--json', ...DATA],
  ],
  'correction check': ['correction', (file) => ['correction', 'check', file, '--json', ...DATA]],
  'correction rescore-list': [
    'correction',
    (file) => ['correction', 'rescore-list', file, '--out', fresh(), '--json', ...DATA],
  ],
  'ruleset check': ['ruleset', (file) => ['ruleset', 'check', file, '--json']],
  'ruleset diff, before': ['ruleset', (file) => ['ruleset', 'diff', file, at('ruleset'), '--json']],
  'ruleset diff, after': ['ruleset', (file) => ['ruleset', 'diff', at('ruleset'), file, '--json']],
  'ruleset impact': [
    'ruleset',
    (file) => ['ruleset', 'impact', file, '--since', '2025-01-01', '--json', ...DATA],
  ],
  'ruleset rehearse': ['ruleset', (file) => ['ruleset', 'rehearse', file, '--json', ...DATA]],
  'ruleset publish': ['ruleset', (file) => ['ruleset', 'publish', file, '--json', '--data', at('other')]],
  'export statements --mapping': [
    'mapping',
    (file) => ['export', 'statements', fresh(), '--mapping', file, '--json', ...DATA],
  ],
  'remediation plan --except': [
    'except.ndjson',
    (file) => [
      ...['remediation', 'plan', '--incident', incident, '--ruleset', at('ruleset'), '--by', 'ana'],
      ...['--except', file, '--allow-unknown', '--json', ...DATA],
    ],
  ],
  'remediation sample --verdicts': [
    'verdicts.ndjson',
    (file) => ['remediation', 'sample', remediation, '--verdicts', file, '--by', 'bo', '--json', ...DATA],
  ],
  'remediation review --answers': [
    'answers.ndjson',
    (file) => ['remediation', 'review', remediation, '--answers', file, '--by', 'bo', '--json', ...DATA],
  ],
  'report restate': ['report.json', (file) => ['report', 'restate', file, '--json', ...DATA]],
}
const goodOf = (name: string): string => (name === 'mapping' ? exampleFile : at(name))

describe.each(Object.entries(readers))('given redress %s', (_, [name, command]) => {
  test('when the file is not UTF-8, then it is refused, and the byte is named', async () => {
    const good = readFileSync(goodOf(name))
    // In a text, where a reader that replaces bytes would find nothing wrong.
    const broken = Buffer.from(good)
    const offset = good.lastIndexOf('a'.charCodeAt(0))
    broken[offset] = 0xe4
    writeFileSync(at('broken'), broken)
    const before = good.subarray(0, offset)
    const line = before.toString('latin1').split('\n').length

    const { code, stdout, stderr } = await redress(...command(at('broken')))

    expect(stderr.toString()).toBe(
      `redress: cannot read ${at('broken')}: it is not UTF-8 text: 0xe4 is byte ${offset - before.lastIndexOf('\n'.charCodeAt(0))} of line ${line} (offset ${offset}); save it as UTF-8\n`,
    )
    expect(stdout.length).toBe(0)
    expect(code).toBe(2)
  })

  test('when it begins with a byte order mark, then it is read as without it', async () => {
    const good = readFileSync(goodOf(name))
    writeFileSync(at('plain'), good)
    writeFileSync(at('marked'), Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), good]))

    const comparable = ({ code, stdout, stderr }: Output): unknown => ({
      code,
      stderr: stderr.toString(),
      // Of the file itself, its name and its hash differ.
      stdout: stdout
        .toString()
        .replaceAll(at('marked'), at('plain'))
        .replace(/made-\d+/g, 'made')
        .replace(/"(?:outcome|sha256|publishedAt|effectiveFrom|id)": "[^"]*"/g, ''),
    })
    const plain = await redress(...command(at('plain')))
    expect(plain.code).toBeLessThan(2)
    const marked = await redress(...command(at('marked')))
    expect(comparable(marked)).toEqual(comparable(plain))
    // The hash of a ruleset is of what it says.
    if (name === 'ruleset') {
      const hashes = (output: Output) => output.stdout.toString().match(/[0-9a-f]{64}/g)
      expect(hashes(plain)).not.toBe(null)
      expect(hashes(marked)).toEqual(hashes(plain))
    }
  })

  test('when it does not exist, then one line says so', async () => {
    const { code, stderr } = await redress(...command(at('none')))
    expect(stderr.toString()).toBe(
      `redress: cannot read ${at('none')}: there is no such file or folder (ENOENT); check the path\n`,
    )
    expect(code).toBe(2)
  })
})

describe('given SQL on standard input', () => {
  const query = (input: Uint8Array) =>
    spawnSync(process.execPath, [main, 'query', '-', '--json', ...DATA], { input, encoding: 'utf8' })

  test('when it is not UTF-8, then it is refused, and the byte is named', () => {
    const { status, stdout, stderr } = query(Buffer.from("SELECT 'caf\xe9' AS x", 'latin1'))
    expect({ status, stdout, stderr }).toEqual({
      status: 2,
      stdout: '',
      stderr:
        'redress: cannot read standard input: it is not UTF-8 text: 0xe9 is byte 12 of line 1 (offset 11); save it as UTF-8\n',
    })
  })

  test('when it begins with a byte order mark, then it is answered', () => {
    expect(query(Buffer.from("\ufeffSELECT 'caf\u00e9' AS x")).stdout).toBe('[\n{"x":"caf\u00e9"}\n]\n')
  })
})

describe('given events', () => {
  test('when their file begins with a byte order mark, then they are duplicates of the earlier ones', async () => {
    writeFileSync(at('marked.ndjson'), `\ufeff${readFileSync(at('e.ndjson'), 'utf8')}`)
    const { stdout } = await redress('ingest', at('marked.ndjson'), '--json', ...DATA)
    expect(JSON.parse(stdout.toString())).toMatchObject({ accepted: 0, rejected: 0 })
  })

  test('when an edited letter begins with one, then it is read as without it', async () => {
    const [first = ''] = readFileSync(at('e.ndjson'), 'utf8').split('\n')
    writeFileSync(
      at('edited.json'),
      `\ufeff${JSON.stringify({ ...JSON.parse(first), id: 'edited' }, null, 2)}`,
    )
    const { code, stdout, stderr } = await redress(
      ...['dead-letters', 'resubmit', letter, '--file', at('edited.json'), '--json', ...DATA],
      ...['--trust-source', JSON.parse(first).source],
    )
    expect(stderr.toString()).toBe('')
    expect(JSON.parse(stdout.toString())).toMatchObject({ accepted: 1, refused: 0 })
    expect(code).toBe(0)
  })
})

test('given every source file, then only one function reads texts that users name', () => {
  const src = join(import.meta.dirname, '../../src')
  const readers = globSync('{cli,app}/**/*.ts', { cwd: src }).filter((file) =>
    /import [^;]*?\b(?:readFile|readFileSync|createReadStream)\b[^;]*?from 'node:fs(?:\/promises)?'/.test(
      readFileSync(join(src, file), 'utf8'),
    ),
  )
  expect(readers.toSorted()).toEqual([
    // NDJSON, of which each line is held to UTF-8 by itself.
    'app/ingest/input.ts',
    // Redress's own.
    'app/query/answer.ts',
    // PEM, which may contain anything besides what is read of it.
    'cli/kafka-options.ts',
    // Redress's own.
    'cli/query/history.ts',
  ])
})
