import { execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  globSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { exampleFile } from '../reports/statements/mappings.ts'
import { redress } from '../robustness/hostile/run.ts'

const dir = mkdtempSync(join(tmpdir(), 'redress-paths-'))
const at = (...names: ReadonlyArray<string>): string => join(dir, ...names)
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const PERIOD = ['--from', '2025-01-01', '--to', '2026-01-01', '--data', at('data')]
const SIMULATED = ['--accounts', '300', '--scenario', 'retired-rule']

const done = async (...args: ReadonlyArray<string>): Promise<void> => {
  const { code, stderr } = await redress(...args)
  if (code !== 0) throw new Error(`${args.join(' ')}: ${stderr}`)
}

// Each command listens for signals until the process ends, and here many run in one.
process.setMaxListeners(0)

beforeAll(async () => {
  await done(
    ...['simulate', ...SIMULATED, '--out', at('e.ndjson'), '--truth', at('t.json')],
    ...['--ruleset', at('corrected.yaml')],
  )
  await redress('ingest', at('e.ndjson'), '--data', at('data'))
  writeFileSync(
    at('correction.yaml'),
    'correction: c\nruleset: { id: community-guidelines }\nwithdrawals:\n  - id: w\n    where: detector.kind != "human"\n',
  )
  await done('project', '--data', at('data'))
  await done('report', 'transparency', ...PERIOD, '--out', at('report.json'))
  const led = ['--title', 't', '--suspect', 'rule=r', '--by', 'ana', '--json', '--data', at('data')]
  const { stdout } = await redress('incident', 'open', ...led)
  const { incidentId } = JSON.parse(stdout.toString())
  remediation = `${incidentId}-1`
  const plan = ['--incident', incidentId, '--ruleset', at('corrected.yaml'), '--by', 'ana']
  await done('remediation', 'plan', ...plan, '--data', at('data'))
})
let remediation = ''
beforeEach(() => mkdirSync(at('to')))
afterEach(() => rmSync(at('to'), { recursive: true, force: true }))

/** The lines on stderr but for those that say as of when the answer is. */
const saidIn = (stderr: Buffer): ReadonlyArray<string> =>
  stderr
    .toString()
    .split('\n')
    .filter((line) => !/^As of sequence|^$/.test(line))

/** Every option by which a command writes a file, as a command line with that file. */
const fileWriters: Readonly<Record<string, (file: string) => ReadonlyArray<string>>> = {
  'ruleset impact --out': (file) => [
    ...['ruleset', 'impact', at('corrected.yaml'), '--since', '2025-01-01'],
    ...['--out', file, '--data', at('data')],
  ],
  'remediation show --out': (file) => [
    'remediation',
    'show',
    remediation,
    '--out',
    file,
    '--data',
    at('data'),
  ],
  'simulate --out': (file) => ['simulate', ...SIMULATED, '--out', file, '--truth', at('to', 'other')],
  'simulate --truth': (file) => ['simulate', ...SIMULATED, '--truth', file, '--out', at('to', 'other')],
  'simulate --ruleset': (file) => [
    ...['simulate', ...SIMULATED, '--ruleset', file],
    ...['--out', at('to', 'other'), '--truth', at('to', 'another')],
  ],
  'simulate --correction': (file) => [
    ...['simulate', ...SIMULATED, '--scenario', 'vendor-error', '--correction', file],
    ...['--out', at('to', 'other'), '--truth', at('to', 'another')],
  ],
  'correction rescore-list --out': (file) => [
    ...['correction', 'rescore-list', at('correction.yaml'), '--data', at('data'), '--out', file],
  ],
  'report transparency --out': (file) => ['report', 'transparency', ...PERIOD, '--out', file],
  'report restate --out': (file) => [
    'report',
    'restate',
    at('report.json'),
    '--data',
    at('data'),
    '--out',
    file,
  ],
  'query --format csv --out': (file) => [
    ...[
      'query',
      'SELECT type, sequence FROM events ORDER BY sequence',
      '--format',
      'csv',
      '--data',
      at('data'),
      '--out',
      file,
    ],
  ],
  'query --format parquet --out': (file) => [
    ...[
      'query',
      'SELECT type, sequence FROM events ORDER BY sequence',
      '--format',
      'parquet',
      '--data',
      at('data'),
      '--out',
      file,
    ],
  ],
}
describe.each(Object.entries(fileWriters))('given redress %s', (_, command) => {
  test('when the file is a device, a FIFO or a link, then it is written to, not replaced', async () => {
    await done(...command(at('to', 'plain')))
    const plain = readFileSync(at('to', 'plain'))
    const clean = (): void => {
      for (const other of ['other', 'another']) rmSync(at('to', other), { force: true })
    }
    expect(plain.length).toBeGreaterThan(10)

    const before = statSync('/dev/null')
    clean()
    await done(...command('/dev/null'))
    expect(statSync('/dev/null')).toMatchObject({ ino: before.ino, mode: before.mode, rdev: before.rdev })

    execFileSync('mkfifo', [at('to', 'fifo')])
    const reader = spawn('cat', [at('to', 'fifo')])
    clean()
    const [read] = await Promise.all([buffer(reader.stdout), done(...command(at('to', 'fifo')))])
    expect(read.equals(plain)).toBe(true)
    expect(lstatSync(at('to', 'fifo')).isFIFO()).toBe(true)

    mkdirSync(at('to', 'else'))
    symlinkSync('else/target', at('to', 'link'))
    clean()
    await done(...command(at('to', 'link')))
    expect(readlinkSync(at('to', 'link'))).toBe('else/target')
    expect(readFileSync(at('to', 'else', 'target')).equals(plain)).toBe(true)
    expect(readdirSync(at('to', 'else'))).toEqual(['target'])
    expect(globSync('**/.redress*', { cwd: at('to') })).toEqual([])
  })

  test('when the file cannot be written, then one line says why and what to do, and the exit code is 2', async () => {
    writeFileSync(at('to', 'file'), '')
    for (const [file, message] of [
      [at('to'), 'it is a folder; name a file'],
      [at('to', 'none', 'x'), 'its folder does not exist (ENOENT); create the folder first'],
      [at('to', 'file', 'x'), 'a part of its path is a file, not a folder (ENOTDIR); check the path'],
      [at('to', 'n'.repeat(300)), 'its name is too long (ENAMETOOLONG); give a shorter one'],
      ['/dev/full', 'there is no space left (ENOSPC); free some space, then run it again'],
    ] as const) {
      for (const other of ['other', 'another']) rmSync(at('to', other), { force: true })
      const { code, stderr } = await redress(...command(file))
      const problem = saidIn(stderr)
      expect(problem).toEqual([`redress: cannot write ${file}: ${message}`])
      expect(code).toBe(2)
    }
    expect(globSync('**/.redress*', { cwd: at('to') })).toEqual([])
  })
})

/** The simulator writes over no file. */
const replacing = Object.entries(fileWriters).filter(([name]) => !name.startsWith('simulate'))

test.each(replacing)('given redress %s, when the file exists, then it keeps its mode', async (_, command) => {
  writeFileSync(at('to', 'old'), 'old')
  chmodSync(at('to', 'old'), 0o640)

  await done(...command(at('to', 'old')))

  expect(statSync(at('to', 'old')).mode & 0o777).toBe(0o640)
  expect(statSync(at('to', 'old')).size).toBeGreaterThan(10)
})

/** Every way by which a command writes a folder, and a file that is in it then. */
const folderWriters: Readonly<Record<string, readonly [string, (folder: string) => ReadonlyArray<string>]>> =
  {
    'replay --out': [
      'summary.json',
      (folder) => ['replay', '--ruleset', at('corrected.yaml'), '--data', at('data'), '--out', folder],
    ],
    'replay --sweep --out': [
      'sweep.json',
      (folder) => [
        ...['replay', '--sweep', 'adult.explicit: signals.adult_score >= 0.9..0.99 step 0.01'],
        ...['--ruleset', at('corrected.yaml'), '--data', at('data'), '--out', folder],
      ],
    ],
    'export parquet': ['manifest.json', (folder) => ['export', 'parquet', folder, '--data', at('data')]],
    'export statements': [
      'cursor.json',
      (folder) => ['export', 'statements', folder, '--mapping', exampleFile, '--data', at('data')],
    ],
    backup: ['ledger.db', (folder) => ['backup', folder, '--data', at('data')]],
    'backup --keys': [
      'keys.db',
      (folder) => ['backup', at('to', 'copy'), '--keys', folder, '--data', at('data')],
    ],
    'simulate --data': [
      'ledger.db',
      (folder) => ['simulate', ...SIMULATED, '--data', folder, '--truth', at('to', 'truth')],
    ],
    'demo --out': ['truth.json', (folder) => ['demo', '--accounts', '1000', '--out', folder]],
  }

describe.each(Object.entries(folderWriters))('given redress %s', (_, [inside, command]) => {
  test('when the folder is a link to one, then it is followed', async () => {
    mkdirSync(at('to', 'folder'), { mode: 0o750 })
    symlinkSync('folder', at('to', 'link'))

    expect((await redress(...command(at('to', 'link')))).code).toBeLessThan(2)

    expect(readlinkSync(at('to', 'link'))).toBe('folder')
    expect(existsSync(at('to', 'folder', inside))).toBe(true)
    expect(statSync(at('to', 'folder')).mode & 0o777).toBe(0o750)
  })

  test('when a file is in its place or above it, or its name is too long, then one line says so', async () => {
    writeFileSync(at('to', 'file'), 'mine')
    for (const [folder, message] of [
      [at('to', 'file'), /(?:it is a file, not a folder; name a folder|not a directory)/],
      [at('to', 'file', 'x'), /(?:a part of its path is a file|does not exist|not a directory)/],
      [at('to', 'n'.repeat(300)), /name is too long/],
    ] as const) {
      rmSync(at('to', 'copy'), { recursive: true, force: true })
      const { code, stderr } = await redress(...command(folder))
      const problem = saidIn(stderr)
      expect(problem).toHaveLength(1)
      expect(problem[0]).toMatch(message)
      expect(problem[0]).toContain(folder)
      expect(code).toBe(2)
    }
    expect(readFileSync(at('to', 'file'), 'utf8')).toBe('mine')
  })
})

test('given a link inside the folder of a result, when replay writes it, then the link is followed', async () => {
  mkdirSync(at('to', 'result'))
  for (const name of ['summary.json', 'decisions.ndjson']) {
    writeFileSync(at('to', name), 'old')
    symlinkSync(join('..', name), at('to', 'result', name))
  }
  await done('replay', '--ruleset', at('corrected.yaml'), '--data', at('data'), '--out', at('to', 'result'))

  expect(lstatSync(at('to', 'result', 'summary.json')).isSymbolicLink()).toBe(true)
  expect(JSON.parse(readFileSync(at('to', 'summary.json'), 'utf8'))).toHaveProperty('digest')
  expect(readFileSync(at('to', 'decisions.ndjson'), 'utf8')).toContain('"decisionId"')
})

test('given a link in an export of statements, when the export is continued, then that is refused, and the link is unchanged', async () => {
  mkdirSync(at('to', 'sor'))
  writeFileSync(at('to', 'mine'), 'mine')
  symlinkSync('../mine', at('to', 'sor', 'errors.ndjson'))

  const { code, stderr } = await redress(...(folderWriters['export statements']?.[1](at('to', 'sor')) ?? []))

  expect(code).toBe(2)
  expect(stderr.toString()).toContain(
    `redress: ${at('to', 'sor', 'errors.ndjson')} is not a regular file, and an export would replace it: move it away`,
  )
  expect(readFileSync(at('to', 'mine'), 'utf8')).toBe('mine')
})

test('given projections.duckdb as a link, when it would be published, then that is refused, and the link is unchanged', async () => {
  const published = at('data', 'projections.duckdb')
  execFileSync('mv', [published, at('to', 'elsewhere.duckdb')])
  symlinkSync(at('to', 'elsewhere.duckdb'), published)
  try {
    const { code, stderr } = await redress('project', '--rebuild', '--data', at('data'))

    expect(code).toBe(2)
    expect(stderr.toString()).toBe(
      `redress: the projections could not be written or read: ${published} is a symbolic link, which publishing would replace: remove it; to keep the projections elsewhere, make the whole data folder a link\n`,
    )
    expect(readlinkSync(published)).toBe(at('to', 'elsewhere.duckdb'))
    expect((await redress('query', 'SELECT 1', '--data', at('data'))).code).toBe(0)
  } finally {
    execFileSync('mv', [at('to', 'elsewhere.duckdb'), published])
  }
})

test('given a rename that fails, when an export would replace another, then the earlier one is there again', async () => {
  await done('export', 'parquet', at('to', 'export'), '--data', at('data'))
  const before = readFileSync(at('to', 'export', 'manifest.json'), 'utf8')
  // Only the second rename fails: of what is finished to where it belongs.
  const preload = at('to', 'fail.mjs')
  writeFileSync(
    preload,
    `import fs from 'node:fs/promises'
     import { syncBuiltinESMExports } from 'node:module'
     const { rename } = fs
     fs.rename = async (from, to) => {
       if (to.endsWith('/export') && !from.endsWith('.old')) throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC', syscall: 'rename' })
       return rename(from, to)
     }
     syncBuiltinESMExports()`,
  )
  const main = join(import.meta.dirname, '../../src/cli/main.ts')
  const run = spawn(process.execPath, [
    ...['--import', preload, main, 'export', 'parquet', at('to', 'export')],
    ...['--overwrite', '--data', at('data')],
  ])
  const stderr = (await buffer(run.stderr)).toString()

  expect(stderr).toContain(
    `redress: cannot write ${at('to', 'export')}: there is no space left (ENOSPC); free some space, then run it again\n`,
  )
  expect(stderr).not.toContain('    at ')
  expect(readFileSync(at('to', 'export', 'manifest.json'), 'utf8')).toBe(before)
  expect(readdirSync(at('to')).sort()).toEqual(['export', 'fail.mjs'])
})

test('given every source file, then files are written only by one function, and by what maintains the data folder', () => {
  const src = join(import.meta.dirname, '../../src')
  const writers = globSync('**/*.{ts,mjs}', { cwd: src }).filter((file) =>
    /import [^;]*?\b(?:writeFile|writeFileSync|appendFile|appendFileSync|createWriteStream|rename|renameSync|copyFile|copyFileSync|open|openSync)\b[^;]*?from 'node:fs(?:\/promises)?'/.test(
      readFileSync(join(src, file), 'utf8'),
    ),
  )
  expect(writers.toSorted()).toEqual([
    'cli/query/history.ts',
    'foundation/files/durable.ts',
    'foundation/files/folder.ts',
    'foundation/files/write-file.ts',
    'foundation/files/write-into.ts',
    'foundation/sqlite/database.ts',
    'foundation/sqlite/read-only.ts',
    'ledger/retire.ts',
    'ledger/sqlite/backup.ts',
    'projection/files.ts',
    'projection/lock.ts',
    'replay/columnar/base/base-file.ts',
    'replay/columnar/base/write-base.ts',
    'reports/statements/folder.ts',
  ])
})
