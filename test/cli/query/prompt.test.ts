import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { isComplete } from '../../../src/cli/query/prompt.ts'
import { publish } from '../../projection/published-file.ts'

describe('a statement ends with its semicolon', () => {
  test.each([
    ['SELECT 1;', true],
    ['SELECT 1; \n', true],
    ['SELECT 1', false],
    ["SELECT ';\n", false],
    ["SELECT 'it''s';", true],
    ['SELECT ";\n', false],
    ['SELECT 1 -- ;\n', false],
    ["SELECT 1; -- it's done\n", true],
    ['SELECT /* ;\n', false],
    ['SELECT $$;\n', false],
    ['SELECT $$ ; $$;\n', true],
  ])('%j: %s', (typed, expected) => {
    expect(isComplete(typed)).toBe(expected)
  })
})

const hasTerminal = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux')

describe.skipIf(!hasTerminal)('on a terminal', () => {
  const main = join(import.meta.dirname, '../../../src/cli/main.ts')
  const dir = mkdtempSync(join(tmpdir(), 'redress-prompt-'))
  const data = join(dir, 'data')
  const big = "CREATE TABLE big AS SELECT range AS i, 'name ' || range AS s FROM range(3000000)"
  beforeAll(() => publish(data, { more: [big] }))
  afterAll(() => rmSync(dir, { recursive: true }))

  const ends: Array<() => void> = []
  afterEach(() => {
    for (const end of ends.splice(0)) end()
  })

  /** Starts the prompt in a pseudo-terminal: types, and waits for what shows since. */
  const start = (state: string, columns = 80) => {
    const command = `stty cols ${columns}; exec ${process.execPath} ${main} query --data ${data}`
    const child = spawn('script', ['-qec', command, '/dev/null'], {
      env: { ...process.env, XDG_STATE_HOME: join(dir, state), TERM: 'xterm' },
    })
    ends.push(() => void child.kill('SIGKILL'))
    let seen = ''
    let look = (): void => {}
    child.stdout.on('data', (chunk: Buffer) => {
      seen += chunk
      look()
    })
    const exit = new Promise<number | null>((resolve) => child.on('exit', resolve))
    const shows = (what: string): Promise<string> =>
      new Promise((resolve, reject) => {
        const late = setTimeout(
          () => reject(new Error(`never showed ${what}, but ${JSON.stringify(seen)}`)),
          20_000,
        )
        look = () => {
          const at = seen.indexOf(what)
          if (at < 0) return
          clearTimeout(late)
          look = () => {}
          const before = seen.slice(0, at)
          seen = seen.slice(at + what.length)
          resolve(before)
        }
        look()
      })
    return { shows, exit, type: (text: string) => void child.stdin.write(text) }
  }

  test('statements of several lines, commands, Ctrl-C on a line, Ctrl-D', async () => {
    const { shows, type, exit } = start('typing')
    await shows('As of sequence 6')
    await shows('redress> ')
    type('SELECT count(*) AS n\r')
    await shows('...> ')
    type('FROM events;\r')
    await shows('1 row')
    await shows('redress> ')
    type('SELECT gar\u0003')
    await shows('redress> ')
    type('SELECT nope;\r')
    await shows('Binder Error')
    type('.tables\r')
    await shows('appeals_at(as_of)')
    type('.schema accounts\r')
    await shows('strike points that stand')
    type('.schema nope\r')
    await shows('no such table: nope')
    type('.nope\r')
    await shows('unknown command .nope; .help lists the commands')
    type("SELECT 'later' AS w;\r")
    await shows('later\r\n1 row')
    type('\u0004')
    expect(await exit).toBe(0)
  })

  test('Ctrl-C ends a query but not the prompt; a long result is cut, and the next statement works', async () => {
    const { shows, type, exit } = start('stopping')
    await shows('redress> ')
    type('SELECT count(*) FROM big a, big b WHERE a.i + b.i > 3;\r')
    await shows('> 3;')
    await new Promise((resolve) => setTimeout(resolve, 500))
    type('\u0003')
    await shows('stopped by SIGINT')
    type('FROM big;\r')
    await shows('The first 1,000 rows')
    type("SELECT repeat('x', 100) AS s;\r")
    expect(await shows('1 row')).toContain(`\n${'x'.repeat(79)}\u2026`)
    type('.quit\r')
    expect(await exit).toBe(0)
  })

  test('a table fits the terminal: long texts are cut, columns in the middle left out, also in .schema', async () => {
    const { shows, type } = start('fitting', 40)
    await shows('redress> ')
    type("SELECT 'a' AS a, repeat('x', 100) AS b, 12345 AS n;\r")
    expect(await shows('1 row\r\n')).toContain(`\na  ${'x'.repeat(29)}\u2026  12345\r\n`)
    type('SELECT COLUMNS(*)::VARCHAR, COLUMNS(*)::VARCHAR FROM events LIMIT 1;\r')
    expect(await shows('1 row, 2 of 12 columns; to see everything')).toContain(
      'sequence  \u2026  signals\r\n',
    )
    type('.schema accounts\r')
    expect(await shows('strike points')).toContain('accounts  \u2026  ')
  })

  test('given another file published meanwhile, the next statement reads that one', async () => {
    const { shows, type } = start('replacing')
    await shows('redress> ')
    type('SELECT sequence FROM cursor;\r')
    await shows('6\r\n1 row')
    await publish(data, { sequence: 7, more: [big] })
    type('SELECT sequence FROM cursor;\r')
    await shows('newly published')
    await shows('As of sequence 7')
    await shows('7\r\n1 row')
  })

  test('lines are kept for the next time, readable only by the user', async () => {
    const first = start('keeping')
    await first.shows('redress> ')
    first.type("SELECT 'kept' AS k;\r")
    await first.shows('1 row')
    first.type('\u0004')
    await first.exit
    const file = join(dir, 'keeping/redress/query-history')
    expect(readFileSync(file, 'utf8')).toBe("SELECT 'kept' AS k;\n")
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const second = start('keeping')
    await second.shows('redress> ')
    second.type('\u001b[A')
    await second.shows("SELECT 'kept' AS k;")
  })

  test('given no place for them, the prompt still works', async () => {
    mkdirSync(dir, { recursive: true })
    writeFileSync(join(dir, 'file'), '')
    const { shows, type } = start('file')
    await shows('redress> ')
    type('SELECT 42 AS i;\r')
    await shows('42\r\n1 row')
  })
})
