import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mixed } from '../../src/simulation/scenarios/mixed.ts'
import { simulate } from '../../src/simulation/simulate.ts'

const main = join(import.meta.dirname, '../../src/cli/main.ts')
const shim = join(import.meta.dirname, 'failing-read.c')

const canCompile = process.platform === 'linux' && spawnSync('gcc', ['--version']).status === 0
if (!canCompile) {
  process.stderr.write(
    'SKIPPED: failing reads are injected by a library that gcc compiles on Linux, and it is not here\n',
  )
}

describe.skipIf(!canCompile)('given a data folder on a disk where one read fails', () => {
  let dir = ''
  const at = (name: string): string => join(dir, name)
  const redress = (args: ReadonlyArray<string>, env: Readonly<Record<string, string>> = {}) =>
    spawnSync(process.execPath, [main, ...args], {
      encoding: 'utf8',
      cwd: dir,
      env: { ...process.env, ...env },
    })

  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'redress-eio-'))
    const { status } = spawnSync('gcc', ['-shared', '-fPIC', '-o', at('shim.so'), shim, '-ldl'])
    expect(status).toBe(0)
    const lines = [...simulate({ scenario: mixed, seed: 5, accounts: 1500 }).lines()]
    writeFileSync(at('events.ndjson'), `${lines.join('\n')}\nno event\n`)
    expect(redress(['ingest', 'events.ndjson', '--data', 'data']).status).toBe(1)
    expect(redress(['project', '--data', 'data']).status).toBe(0)
    const personal = lines.filter((line) => line.includes('"personal"'))
    writeFileSync(at('few.ndjson'), `${personal.slice(0, 50).join('\n')}\n`)
  })
  afterAll(() => rmSync(dir, { recursive: true }))

  let copies = 0
  const cases: ReadonlyArray<readonly [string, string, ReadonlyArray<string>]> = [
    ['a whole reading', '/ledger.db', ['project', '--data', 'data', '--rebuild']],
    ['taking events in', '/ledger.db', ['ingest', 'few.ndjson', '--data', 'data']],
    ['taking events in', '/vault.db', ['ingest', 'few.ndjson', '--data', 'data']],
    ['taking events in', '/keys.db', ['ingest', 'few.ndjson', '--data', 'data']],
    ['listing dead letters', '/dead-letters.db', ['dead-letters', 'list', '--data', 'data']],
    ['a backup', '/ledger.db', ['backup', 'COPY', '--data', 'data']],
    ['checking the copy', '.db.partial', ['backup', 'COPY', '--data', 'data']],
    // `query` reads in a process with an empty environment, which the library does not reach.
    ['an export', '/projections.duckdb', ['export', 'parquet', 'OUT', '--data', 'data']],
  ]
  for (const [what, file, args] of cases) {
    test(`when it is of ${file} in ${what}, then the failure is reported, and nothing is called damaged`, () => {
      let failed = 0
      for (const n of [1, 2, 3, 4, 6, 10, 25]) {
        const run = redress(
          args.map((arg) => (arg === 'COPY' || arg === 'OUT' ? `${arg}-${copies++}` : arg)),
          { LD_PRELOAD: at('shim.so'), FAIL_FILE: file, FAIL_AT: String(n) },
        )
        if (!run.stderr.includes('EIO injected')) break
        expect(run.stderr).not.toMatch(/damaged|internal error|bug in redress|\n {4}at /)
        // SQLite asks again for some parts, and gets them.
        if (run.status === 0 || run.status === 1) continue
        failed++
        expect(run.status).toBe(2)
        expect(run.stderr).toMatch(/^redress: .*(fails|failed|could not read|error)/im)
      }
      expect(failed).toBeGreaterThan(0)
    })
  }

  test('when it is read again, then everything is as it was', () => {
    expect(redress(['project', '--data', 'data', '--rebuild']).status).toBe(0)
    expect(redress(['ingest', 'few.ndjson', '--data', 'data']).status).toBe(0)
  })
})
