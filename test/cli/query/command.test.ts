import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { poisoned, publish } from '../../projection/published-file.ts'

const main = join(import.meta.dirname, '../../../src/cli/main.ts')
const dir = mkdtempSync(join(tmpdir(), 'redress-query-'))
const data = join(dir, 'data')
beforeAll(() =>
  publish(data, {
    more: [
      'CREATE TABLE evidence (sequence BIGINT, signal_seen_bool BOOLEAN)',
      "CREATE TABLE big AS SELECT range AS i, 'name ' || range AS s FROM range(3000000)",
    ],
  }),
)
afterAll(() => rmSync(dir, { recursive: true }))

const env = { ...process.env, REDRESS_DATA: data }
const query = (args: ReadonlyArray<string>, input = '', more: Readonly<Record<string, string>> = {}) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'query', ...args], {
    cwd: dir,
    encoding: 'utf8',
    input,
    env: { ...env, ...more },
    maxBuffer: 1 << 30,
  })
  return { status, stdout, stderr }
}
/** A query that never ends by itself. */
const ENDLESS = 'SELECT count(*) FROM big a, big b WHERE a.i + b.i > 3'

describe('tables', () => {
  test('columns are aligned, numbers to the right, NULL differs from a text of that name', () => {
    const { status, stdout, stderr } = query([
      "FROM (VALUES (1, 'a', 1.5), (-20, NULL, 10), (NULL, 'NULL', NULL)) t (n, text, x)",
    ])
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: [
        '   n  text       x',
        '----  ------  ----',
        '   1  a        1.5',
        ' -20  NULL      10',
        "NULL  'NULL'  NULL",
        '3 rows',
        '',
      ].join('\n'),
    })
    expect(stderr).toBe('As of sequence 6, recorded 2025-05-19T09:30:00.123Z.\n')
  })

  test('control characters are escaped, and wide characters take two columns', () => {
    const { stdout } = query([`SELECT chr(27) || '[31m' AS "a${'\u202e'}", '\u7eb8' AS w, 'x' AS y`])
    expect(stdout).toBe(
      'a\\u{202e}    w   y\n-----------  --  -\n\\u{1b}[31m  \u7eb8  x\n1 row\n'
        .replace('a\\u{202e}    w', 'a\\u{202e}   w')
        .replace('-----------', '----------'),
    )
  })

  test('given no rows, the columns are still shown', () => {
    expect(query(['FROM events WHERE false']).stdout).toMatch(/^sequence {2}account .*\n-+.*\n0 rows\n$/)
  })

  test('if the output is not a terminal, nothing is cut', () => {
    const { stdout } = query(["SELECT repeat('x', 300) AS s FROM range(1500)"])
    expect(stdout.split('\n').filter((line) => line === 'x'.repeat(300))).toHaveLength(1_500)
    expect(stdout).toContain('\n1,500 rows\n')
  })
})

describe('DESCRIBE', () => {
  test.each(['DESCRIBE accounts; -- as it is', 'SHOW accounts', 'DESCRIBE FROM Accounts'])(
    '%s shows name, type and description of each column',
    (sql) => {
      expect(query([sql]).stdout.split('\n')).toEqual([
        'name     type                         description',
        '-------  ---------------------------  ------------------------',
        'account  VARCHAR',
        "status   ENUM('active', 'suspended')",
        'strikes  INTEGER                      strike points that stand',
        '3 rows',
        '',
      ])
    },
  )

  test('what a query renames, or creates, is not described as its origin', () => {
    expect(query(["DESCRIBE SELECT strikes, 'it''s' AS \"it's\" FROM accounts", '--json']).stdout).toBe(
      '[\n{"name":"strikes","type":"INTEGER","description":""},\n{"name":"it\'s","type":"VARCHAR","description":""}\n]\n',
    )
  })

  test('the column of a declared signal is described by the list of them', () => {
    expect(query(['DESCRIBE evidence']).stdout.split('\n').slice(2, 5)).toEqual([
      'sequence          BIGINT',
      'signal_seen_bool  BOOLEAN  the signal seen where it was recorded as bool',
      '2 rows',
    ])
  })

  test('an error in what is to be described shows where it is', () => {
    expect(query(['DESCRIBE SELECT nope FROM events']).stderr).toMatch(
      /nope.*\n\n?(?:.*\n)*LINE 1: DESCRIBE SELECT nope FROM events\n {24}\^/,
    )
  })
})

test('CSV is RFC 4180: quotes where they are needed, NULL empty, an empty text not', () => {
  const { stdout } = query([
    `SELECT 'a,b' AS "x""y", 'say "hi"' AS q, e'two\\nlines' AS l, NULL AS n, '' AS e, TIMESTAMP_MS '2025-04-28 10:19:43.8' AS t, [1, NULL] AS i`,
    '--format',
    'csv',
  ])
  expect(stdout).toBe(
    '"x""y",q,l,n,e,t,i\r\n"a,b","say ""hi""","two\nlines",,"",2025-04-28T10:19:43.800Z,"[1,null]"\r\n',
  )
})

describe('JSON', () => {
  test('numbers are exact, times RFC 3339 in UTC, lists and structs nested', () => {
    const { stdout } = query(
      [
        `SELECT 9007199254740991 AS safe, 9007199254740992 AS big, -(2::HUGEINT ** 100)::HUGEINT AS huge, sum(1) AS sum,
          1.10::DECIMAL(4, 2) AS small, 12345678901234567.89::DECIMAL(19, 2) AS bigdec, 'nan'::DOUBLE AS nan, 0.1 + 0.2::DOUBLE AS double,
          TIMESTAMP_MS '2025-04-28 10:19:43' AS ms, TIMESTAMP '2025-04-28 10:19:43.123456' AS us, TIMESTAMPTZ '2025-04-28 10:19:43+02' AS tz,
          'infinity'::TIMESTAMP AS never, DATE '2025-04-28' AS d, TIME '10:19' AS t, INTERVAL 3 DAYS AS i,
          {'a': [{'b': NULL, 'c': 1}]} AS nested, MAP {'k': 1} AS m, '{"x":1}'::JSON AS j, 'A'::BLOB AS blob`,
        '--json',
      ],
      '',
      { TZ: 'Asia/Tokyo' },
    )
    expect(stdout.split('\n')).toHaveLength(4)
    expect(stdout).toContain('"nested":{"a":[{"b":null,"c":1}]}')
    expect(JSON.parse(stdout)[0]).toMatchObject({
      safe: 9007199254740991,
      big: '9007199254740992',
      huge: '-1267650600228229401496703205376',
      sum: 1,
      small: 1.1,
      bigdec: '12345678901234567.89',
      nan: 'NaN',
      ms: '2025-04-28T10:19:43.000Z',
      us: '2025-04-28T10:19:43.123456Z',
      tz: '2025-04-28T08:19:43.000Z',
      never: 'infinity',
      d: '2025-04-28',
      t: '10:19:00',
      i: '3 days',
      m: { k: 1 },
      j: '{"x":1}',
      blob: 'A',
    })
  })

  test.each([0, 1, 5_000])('%i rows are an array of as many objects', (rows) => {
    const { stdout } = query([`SELECT range AS i, range AS i FROM range(${rows})`, '--format', 'json'])
    expect(JSON.parse(stdout)).toEqual(Array.from({ length: rows }, (_, i) => ({ i, 'i:1': i })))
  })
})

describe('statements', () => {
  test.each([
    'SELECT 42 AS i; -- done',
    'FROM events LIMIT 1;',
    'WITH a AS (SELECT 1) FROM a',
    'DESCRIBE events',
    'SHOW TABLES',
    'SUMMARIZE events',
    'EXPLAIN SELECT 1',
    'EXPLAIN ANALYZE SELECT 1',
    'PIVOT events ON account IN (u0, u1) USING count(*) GROUP BY type',
    'FROM appeals_at(now()::TIMESTAMP)',
  ])('%s is answered', (sql) => {
    expect(query([sql])).toMatchObject({ status: 0, stdout: expect.stringMatching(/\d+ rows?\n$/) })
  })

  test.each([
    ['SELECT 1; SELECT 2', 'one statement at a time'],
    ['PIVOT events ON account USING count(*)', 'must list its values'],
    ['', 'no SQL'],
    [' ; -- nothing', 'no SQL'],
    ['SELECT ?', 'parameter'],
    ['CREATE TEMP TABLE t (i INTEGER)', 'only statements that read are allowed'],
    ['SET VARIABLE x = 1', 'only statements that read are allowed'],
    ['CALL enable_logging()', 'only statements that read are allowed'],
    ['CHECKPOINT', 'only statements that read are allowed'],
    ['BEGIN', 'only statements that read are allowed'],
    ["COPY events TO 'x.csv'", 'only statements that read are allowed'],
    ["FROM read_text('/etc/passwd')", 'read_text() cannot be used'],
  ])('given %j, it says why not: exit 2', (sql, reason) => {
    const { status, stdout, stderr } = query([sql])
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain(reason)
    expect(stderr).not.toContain('internal error')
  })

  test('given an error in the SQL, DuckDB shows where, safe to print', () => {
    const { status, stderr } = query(['SELECT 1,\n  nope FROM events -- \u001b[31m'])
    expect(status).toBe(2)
    expect(stderr).toContain('redress: Binder Error: Referenced column "nope" not found')
    expect(stderr).toMatch(/LINE 2:.*nope.*\n +\^/)
    expect(stderr).not.toContain('\u001b')
  })

  test('a tab is shown as a space, and the caret is under the position, in the SQL as it was given', () => {
    const { stderr } = query(["SELECT\t'\u7eb8',\tnope\tFROM events"])
    expect(stderr.split('\n').slice(-3)).toEqual([
      "LINE 1: SELECT '\u7eb8', nope FROM events",
      `${' '.repeat("LINE 1: SELECT '..', ".length)}^`,
      '',
    ])
  })

  test('given a column that is elsewhere, it says where, instead of what DuckDB guesses', () => {
    const { status, stderr } = query(['SELECT grounds\nFROM accounts'])
    expect(status).toBe(2)
    expect(stderr.split('\n').slice(1)).toEqual([
      'redress: there is no column grounds here; these have one: events',
      'LINE 1: SELECT grounds',
      '               ^',
      '',
    ])
  })

  test.each([['-'], []])('SQL can also come from standard input: %j', (...args) => {
    expect(query([...args, '--json'], 'SELECT 42 AS i').stdout).toBe('[\n{"i":42}\n]\n')
  })

  test('an error part-way is not mistaken for the end of the rows', () => {
    const { status, stderr } = query([
      "SELECT (CASE WHEN i > 2900000 THEN s ELSE '1' END)::INTEGER AS n FROM big",
    ])
    expect(status).toBe(2)
    expect(stderr).toContain("Could not convert string 'name 29")
  })

  test('a UNION of joins, on which DuckDB would hang, is answered', () => {
    const half = 'SELECT a.s FROM big a, big b WHERE a.i = b.i'
    const { status, stdout } = query([`${half} UNION ALL ${half}`, '--format', 'csv'])
    expect({ status, lines: stdout.split('\r\n').length }).toEqual({ status: 0, lines: 6_000_002 })
  })
})

describe('as of', () => {
  test('a projection that stopped is reported, with the event and what to do', async () => {
    await publish(join(dir, 'poisoned'), { more: [poisoned] })
    const { status, stdout, stderr } = query(['SELECT 1', '--data', join(dir, 'poisoned'), '--json'])
    expect({ status, stdout }).toEqual({ status: 0, stdout: '[\n{"1":1}\n]\n' })
    expect(stderr).toMatch(
      /warning: appeals is halted at sequence 4, and is as of 3: .*\/services\/appeals a-4: no such appeal\\u\{1b\}\[31m\n.*report/,
    )
  })

  test('given nothing projected, it says what to run: exit 2', () => {
    const { status, stderr } = query(['SELECT 1', '--data', join(dir, 'none')])
    expect(status).toBe(2)
    expect(stderr).toMatch(/^redress: nothing is projected in .*: run redress project, .*\n$/)
  })
})

describe('files', () => {
  test('a file is written completely; an error leaves the earlier one', () => {
    const out = join(dir, 'out.csv')
    writeFileSync(out, 'before')
    expect(query(["SELECT error('x')", '--out', out]).status).toBe(2)
    expect(
      query([`SELECT (CASE WHEN i > 2900000 THEN s ELSE '1' END)::INTEGER FROM big`, '--out', out]).status,
    ).toBe(2)
    expect(readFileSync(out, 'utf8')).toBe('before')
    expect(query(['SELECT 1 AS a', '--out', out])).toMatchObject({ status: 0, stdout: '' })
    expect(readFileSync(out, 'utf8')).toBe('a\r\n1\r\n')
    expect(readdirSync(dir).filter((name) => name.includes('partial'))).toEqual([])
  })

  test('Parquet has types that every engine reads', async () => {
    const out = join(dir, 'out.parquet')
    const sql =
      'SELECT account, type, sum(sequence) AS total, max(occurred_at) AS last, list(type) AS types FROM events GROUP BY ALL ORDER BY 1; -- x'
    expect(query([sql, '--out', out])).toMatchObject({ status: 0, stdout: '' })
    const connection = await (await DuckDBInstance.create()).connect()
    const read = await connection.runAndReadAll(`FROM '${out}'`)
    expect(read.columnTypes().map(String)).toEqual(['VARCHAR', 'VARCHAR', 'BIGINT', 'TIMESTAMP', 'VARCHAR[]'])
    expect(read.getRowsJson()).toEqual([
      ['u0', 'flag.raised', '6', '2025-05-11 00:00:00', Array(3).fill('flag.raised')],
      ['u1', 'appeal.filed', '9', '2025-05-21 00:00:00', Array(3).fill('appeal.filed')],
    ])
  })

  test.each([
    ['CREATE TEMP TABLE x (i INTEGER)', 'only statements that read'],
    ["SELECT 1) TO '/tmp/x'; --", 'Parser Error'],
    [`FROM enable_profiling(format = 'json', save_location = '${dir}/profile.json')`, 'enable_profiling()'],
    ['SELECT 9223372036854775808 AS h', 'out of range'],
    ['FROM nope', 'no table nope'],
  ])('given %s, no Parquet file is written', (sql, reason) => {
    const { status, stderr } = query([sql, '--out', join(dir, 'no.parquet')])
    expect(status).toBe(2)
    expect(stderr).toContain(reason)
    expect(existsSync(join(dir, 'no.parquet'))).toBe(false)
  })

  test.each([
    [['--format', 'parquet'], 64, '--out'],
    [['--json', '--format', 'csv'], 64, '--json cannot be used with --format csv'],
    [['--memory', 'lots'], 64, '512MB'],
    [['--timeout', '0'], 64, 'whole number'],
    [['--out', '/nowhere/x.csv'], 2, 'its folder does not exist'],
  ])('given %j: exit %i', (args, code, reason) => {
    const { status, stderr } = query(['SELECT 1', ...args])
    expect(status).toBe(code)
    expect(stderr).toContain(reason)
  })
})

describe('limits', () => {
  test('given a query that exceeds its time limit, it ends: exit 2', () => {
    const { status, stderr } = query([ENDLESS, '--timeout', '1'])
    expect(status).toBe(2)
    expect(stderr).toContain('stopped after 1 s')
  })

  test('given a query that exceeds its memory limit, it ends: exit 2', () => {
    const { status, stderr } = query(['FROM big ORDER BY s', '--memory', '60MB'])
    expect(status).toBe(2)
    expect(stderr).toMatch(/ran out of memory; .* such as 8GB \(--memory\)\n$/)
  })

  test.each([
    ['SIGINT', 130, ['-']],
    ['SIGTERM', 143, ['--out', 'stopped.csv', '-']],
    ['SIGINT', 130, ['--out', 'stopped.parquet', '-']],
  ] as const)('%s ends a query: exit %i, with %j', async (signal, code, args) => {
    const child = spawn(process.execPath, [main, 'query', ...args], { cwd: dir, env })
    child.stdin.end(ENDLESS)
    await once(child.stderr, 'data')
    await pause(300)
    child.kill(signal)
    expect(await once(child, 'exit')).toEqual([code, null])
    expect(readdirSync(dir).filter((name) => /stopped|partial/.test(name))).toEqual([])
  })

  test('a reader that closes its input early ends it quietly', () => {
    const { stdout, stderr } = spawnSync(
      'bash',
      [
        '-c',
        `"$0" "$1" query "FROM range(100000000000)" --format csv | head -n 2; echo "\${PIPESTATUS[0]}"`,
        process.execPath,
        main,
      ],
      { encoding: 'utf8', env },
    )
    expect(stdout).toBe('range\r\n0\r\n0\n')
    expect(stderr).toMatch(/^As of [^\n]*\n$/)
  })

  test.skipIf(process.platform !== 'linux')(
    'a large result takes little memory, however slow its reader',
    async () => {
      const child = spawn(process.execPath, [main, 'query', 'FROM range(5000000)', '--json'], { env })
      let bytes = 0
      let most = 0
      const look = setInterval(() => {
        const status = existsSync(`/proc/${child.pid}/status`)
          ? readFileSync(`/proc/${child.pid}/status`, 'utf8')
          : ''
        most = Math.max(most, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0))
      }, 50)
      child.stdout.on('data', (chunk: Buffer) => {
        const isFirst = bytes === 0
        bytes += chunk.length
        if (!isFirst) return
        child.stdout.pause()
        setTimeout(() => child.stdout.resume(), 1_500)
      })
      expect(await once(child, 'close')).toEqual([0, null])
      clearInterval(look)
      expect(bytes).toBeGreaterThan(80_000_000)
      expect(most).toBeLessThan(700_000)
    },
  )
})
