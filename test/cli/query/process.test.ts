import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PATIENCE } from '../../patience.ts'
import { publish } from '../../projection/published-file.ts'

const main = join(import.meta.dirname, '../../../src/cli/main.ts')
const dir = mkdtempSync(join(tmpdir(), 'redress-query-process-'))
const data = join(dir, 'data')
beforeAll(() => publish(data))
afterAll(() => rmSync(dir, { recursive: true }))

const query = (sql: string, ...options: ReadonlyArray<string>) => {
  const started = performance.now()
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [main, 'query', sql, '--data', data, ...options],
    { encoding: 'utf8' },
  )
  // As of when the answer is, unless the time was over before that was known.
  const lines = stderr
    .trimEnd()
    .split('\n')
    .filter((line) => !line.startsWith('As of sequence '))
  return { status, stdout, lines, ms: performance.now() - started }
}
const MORE_MEMORY = /^redress: the query ran out of memory/
const LATE = /^redress: the query was stopped after 2 s/

describe('given SQL with one value larger than all memory', () => {
  // What DuckDB does not count: it built 18.8 GB and 5.9 GB of these under a limit of 500 MB.
  test
    .runIf(process.platform === 'linux')
    .each(["SELECT repeat('x', 3000000000)", 'SELECT range(300000000)'])(
    'when %s runs, then it ends with one line at the limit that the system enforces',
    (sql) => {
      const { status, stdout, lines } = query(sql, '--memory', '300MB', '--timeout', '200')
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
      expect(lines).toEqual([expect.stringMatching(MORE_MEMORY)])
    },
  )
})

describe('given SQL that takes too long', () => {
  test.each([
    ['in the database', 'SELECT count(*) FROM range(1000000000000) t(i) WHERE i % 7 = 3'],
    ['in processing its rows', 'SELECT range(100000000)'],
  ])('when that is %s, then it ends at its time limit with one line', (_, sql) => {
    const { status, lines, ms } = query(sql, '--memory', '12GB', '--timeout', '2')
    expect(status).toBe(2)
    expect(lines).toEqual([expect.stringMatching(LATE)])
    // A loaded machine takes seconds to start both processes; without a limit these take minutes.
    expect(ms).toBeLessThan(60_000)
  })

  test('when it writes a file, then the file is unchanged, and nothing is left next to it', () => {
    const out = join(dir, 'out')
    for (const ending of ['csv', 'parquet']) {
      const file = join(dir, `kept.${ending}`)
      writeFileSync(file, 'as it was')
      const sql = 'SELECT i FROM range(1000000000000) t(i) WHERE hash(i) = 0'
      expect(query(sql, '--timeout', '1', '--out', file).status).toBe(2)
      expect(readFileSync(file, 'utf8')).toBe('as it was')
    }
    expect(existsSync(out)).toBe(false)
    expect(readdirSync(dir).filter((name) => name.startsWith('.'))).toEqual([])
  })
})

test.runIf(process.platform === 'linux')(
  'given a query, then the parent process never loads DuckDB: no SQL runs in it, and it starts sooner',
  () => {
    const command = join(import.meta.dirname, '../../../src/cli/query/command.ts')
    const loaded = `await import(${JSON.stringify(command)})
      console.log(process.report.getReport().sharedObjects.join('\\n'))`
    const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', loaded], {
      encoding: 'utf8',
    })
    expect(status).toBe(0)
    expect(stdout).toContain('libc')
    expect(stdout).not.toContain('duckdb')
  },
)

test('given projections that do not answer, then the time limit ends that too', () => {
  const folder = join(dir, 'stalled')
  mkdirSync(folder)
  spawnSync('mkfifo', [join(folder, 'projections.duckdb')])
  const { status, stderr } = spawnSync(
    process.execPath,
    [main, 'query', 'SELECT 1', '--data', folder, '--timeout', '2'],
    { encoding: 'utf8' },
  )
  expect(status).toBe(2)
  expect(stderr.trimEnd().split('\n')).toEqual([expect.stringMatching(LATE)])
})

test('given SQL on which DuckDB crashes, then one line says so, and does not blame memory', () => {
  const { status, lines } = query("SELECT json_structure(repeat('[', 300000) || repeat(']', 300000))")
  expect(status).toBe(2)
  expect(lines).toEqual([expect.stringMatching(/^redress: DuckDB crashed on this query \(SIG/)])
})

describe('given the process that a query runs in', () => {
  test('then it has no environment', () => {
    process.env.REDRESS_TEST_SECRET = 'hunter2'
    expect(query("SELECT getenv('REDRESS_TEST_SECRET')").status).toBe(2)
    const child = spawn(
      process.execPath,
      [main, 'query', 'SELECT count(*) FROM range(1000000000000) t(i) WHERE hash(i) = 0', '--data', data],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    )
    return new Promise<void>((resolve, reject) => {
      child.stderr.once('data', () => {
        try {
          const children = spawnSync('pgrep', ['-P', String(child.pid)], { encoding: 'utf8' }).stdout
          const [own = ''] = children.trim().split('\n')
          expect(own).toMatch(/^\d+$/)
          expect(readFileSync(`/proc/${own}/environ`, 'utf8')).not.toContain('hunter2')
          // Whoever asked may be killed while it is too busy to notice: its processor time ends it then.
          expect(readFileSync(`/proc/${own}/limits`, 'utf8')).toMatch(/^Max cpu time +\d+ +\d+ +seconds/m)
          resolve()
        } catch (error) {
          reject(error)
        } finally {
          child.kill('SIGKILL')
        }
      })
    })
  })

  test('when its parent is killed, then it ends too', async () => {
    const child = spawn(
      process.execPath,
      [main, 'query', 'SELECT i FROM range(1000000000000) t(i) WHERE hash(i) = 0', '--data', data],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    )
    await new Promise((resolve) => child.stderr.once('data', resolve))
    const own = Number(spawnSync('pgrep', ['-P', String(child.pid)], { encoding: 'utf8' }).stdout.trim())
    expect(own).toBeGreaterThan(0)
    child.kill('SIGKILL')
    await expect
      .poll(() => existsSync(`/proc/${own}/status`), { timeout: PATIENCE, interval: 100 })
      .toBe(false)
  })

  test('when it is stopped twice, then it ends at once, even if DuckDB ignores the interrupt', async () => {
    const child = spawn(
      process.execPath,
      [
        ...[main, 'query', 'SELECT json_structure(range(100000000)::VARCHAR) IS NULL', '--data', data],
        ...['--memory', '16GB', '--timeout', '200'],
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    )
    const exit = new Promise((resolve) => child.on('exit', resolve))
    await new Promise((resolve) => child.stderr.once('data', resolve))
    const own = Number(spawnSync('pgrep', ['-P', String(child.pid)], { encoding: 'utf8' }).stdout.trim())
    expect(own).toBeGreaterThan(0)
    child.kill('SIGINT')
    await new Promise((resolve) => setTimeout(resolve, 200))
    child.kill('SIGINT')
    expect(await exit).toBe(130)
    expect(existsSync(`/proc/${own}/status`)).toBe(false)
  })

  test('when a signal stops the query, then the exit code says which', async () => {
    for (const [signal, code] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
      ['SIGHUP', 129],
    ] as const) {
      const child = spawn(
        process.execPath,
        [main, 'query', 'SELECT i FROM range(1000000000000) t(i) WHERE hash(i) = 0', '--data', data],
        { stdio: ['ignore', 'ignore', 'pipe'] },
      )
      await new Promise((resolve) => child.stderr.once('data', resolve))
      child.kill(signal)
      expect(await new Promise((resolve) => child.on('exit', resolve))).toBe(code)
    }
  })
})
