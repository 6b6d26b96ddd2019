import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { rowsOf } from '../../../src/projection/duckdb.ts'
import { openPublished, type Published } from '../../../src/projection/published.ts'
import { admitQuery } from '../../../src/projection/sql-fence/fence.ts'
import { allowedFunctions, allowedTableFunctions } from '../../../src/projection/sql-fence/functions.ts'
import { folded } from '../../../src/projection/sql-fence/names.ts'
import { readOurs } from '../../../src/projection/sql-fence/ours.ts'
import { parseSql } from '../../../src/projection/sql-fence/parse.ts'
import { refuseStatement } from '../../../src/projection/sql-fence/walk.ts'
import { publish } from '../published-file.ts'

const dir = mkdtempSync(join(tmpdir(), 'redress-fence-'))
let published: Published
beforeAll(async () => {
  await publish(join(dir, 'data'), { more: ['CREATE MACRO doubled(x) AS 2 * x'] })
  const opened = await openPublished(join(dir, 'data'), { memory: '500MB' })
  if (E.isLeft(opened)) throw new Error(JSON.stringify(opened.left))
  published = opened.right
})
afterAll(() => {
  published.close()
  rmSync(dir, { recursive: true })
})

describe('SQL that reads only published data', () => {
  test.each([
    "SELECT '2020-01-01'::TIMESTAMP_MS, TRY_CAST('a' AS ENUM ('a')), '1'::JSON, 1::DECIMAL(4, 2), [1]::INTEGER[1]",
    'SELECT NULL::STRUCT(a INTEGER, b VARCHAR[]), NULL::UNION(a INTEGER), NULL::MAP(VARCHAR, INTEGER), 1::VARIANT',
    "SELECT list_transform([1], lambda x: x + 1), list_filter([1], x -> x > 1), list_aggregate([1], 'SUM'), [1].list_max()",
    "SELECT [x + 1 FOR x IN [1, 2] IF x > 1], {'a': 1}.a, MAP {'k': 1}['k'], [1, 2][1:2], '{\"a\":1}'::JSON ->> 'a'",
    'SELECT upper(account), account.lower(), events.account.lower(), main.upper(account) FROM events',
    `SELECT count(*) FILTER (WHERE sequence > 1) OVER (PARTITION BY account ORDER BY sequence
      ROWS BETWEEN 1 PRECEDING AND CURRENT ROW EXCLUDE TIES), lag(sequence, 1, 2 IGNORE NULLS) OVER w
      FROM events WINDOW w AS (ORDER BY sequence) QUALIFY row_number() OVER (ORDER BY account) = 1`,
    'WITH RECURSIVE r AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM r WHERE i < 5) FROM r',
    `WITH RECURSIVE r(a, b) USING KEY (a) AS (SELECT 1, 2
      UNION SELECT a + 1, b FROM r WHERE a < 5 AND a NOT IN (SELECT a - 5 FROM recurring.r)) FROM r`,
    'WITH a AS MATERIALIZED (FROM events), B AS (FROM a) SELECT (SELECT count(*) FROM "b") FROM A',
    'WITH events AS (FROM events) FROM events',
    `SELECT COLUMNS(c -> c LIKE 'a%'), * EXCLUDE (account, events.type) REPLACE (sequence + 1 AS sequence)
      RENAME (grounds AS d), COLUMNS('acc.*'), events.* FROM events`,
    'FROM events TABLESAMPLE reservoir(10%) REPEATABLE (3)',
    'FROM events USING SAMPLE 10%',
    'SELECT #1 FROM events',
    "VALUES (1, 'a'), (2, 'b')",
    'FROM events POSITIONAL JOIN accounts',
    'FROM events e ASOF JOIN events f ON e.account = f.account AND e.sequence >= f.sequence, LATERAL (SELECT e.sequence)',
    'FROM events LEFT JOIN accounts USING (account) SEMI JOIN counts USING (account)',
    'FROM range(3) WITH ORDINALITY t(i), generate_series(1, 2), unnest([1])',
    'FROM events, unnest(grounds), json_each(\'{"a":1}\')',
    'UNPIVOT (SELECT 1 AS a, 2 AS b) ON a, (b + 1) AS c INTO NAME n VALUE v',
    'FROM (SELECT 1 AS a, 2 AS b) UNPIVOT INCLUDE NULLS (v FOR n IN (a, b))',
    'PIVOT events ON account IN (u0, u1) USING count(*) GROUP BY type ORDER BY type LIMIT 1',
    'FROM (SELECT 1 AS a, 2 AS b, 3 AS x) PIVOT (sum(x) FOR (a, b) IN ((1, 2), (3, 4) AS z))',
    `SELECT 'a' COLLATE nocase, DATE '2020-01-01', INTERVAL 3 DAY, 1 BETWEEN 1 AND 2, 1 NOT IN (1, 2), 1 = ANY (SELECT 1),
      EXISTS (FROM events), 1 IS NULL, CASE WHEN true THEN 1 END, TIMESTAMP '2020-01-01' AT TIME ZONE 'UTC',
      1 IS DISTINCT FROM 2, 'a' LIKE 'b' ESCAPE 'c', 'a' SIMILAR TO 'b', coalesce(1, 2), nullif(1, 2), (1, 2)`,
    "SELECT extract(year FROM now()), substring('abc' FROM 1 FOR 2), TRY(1 / 0), ARRAY(SELECT 1 ORDER BY 1), 9223372036854775808",
    `SELECT account, grouping(account) FROM events GROUP BY GROUPING SETS ((account), ()), CUBE (type), ROLLUP (sequence)
      HAVING sum(sequence) > 1 ORDER BY 1 NULLS LAST LIMIT 10% OFFSET 2`,
    '(SELECT 1 AS a UNION BY NAME SELECT 2 AS a) EXCEPT ALL SELECT 3 ORDER BY ALL',
    'SELECT DISTINCT ON (account) account FROM events LIMIT (SELECT 3)',
    'FROM (SHOW TABLES), (DESCRIBE events), (SUMMARIZE events)',
    'DESCRIBE events',
    'DESCRIBE TABLE events',
    'DESCRIBE SELECT doubled(1)',
    'DESCRIBE',
    'SHOW TABLES',
    'SHOW TABLES FROM main',
    'SHOW ALL TABLES',
    'SHOW events',
    'SUMMARIZE FROM counts',
    'EXPLAIN FROM events',
    'EXPLAIN(SELECT 1)',
    'explain analyze SELECT 1',
    '/* why */ EXPLAIN (ANALYZE, FORMAT json) FROM events -- because',
    'EXPLAIN DESCRIBE events',
    'FROM Events, main.EVENTS e, projections.main."events" f, projections.events g',
    'FROM appeals_at(as_of := now()::TIMESTAMP), main.appeals_at((SELECT max(occurred_at) FROM events))',
    'TABLE events;',
    "SELECT 'read_csv(''x'')' AS \"FROM query('x')\" -- getenv('x')",
  ])('%s is admitted, and DuckDB runs it', async (sql) => {
    const admitted = await admitQuery(published.connection, sql)
    expect(admitted).toMatchObject({ _tag: 'Right' })
    if (E.isRight(admitted)) await rowsOf(published.connection, admitted.right.sql)
  })
})

describe('anything else is refused, and the refusal names it', () => {
  test.each([
    ["FROM read_csv('/etc/passwd')", 'read_csv()'],
    ["FROM query('SELECT 1')", 'query()'],
    ["FROM system.main.query('SELECT 1')", 'query()'],
    ['FROM "QUERY"(\'SELECT 1\')', 'query()'],
    ["FROM query_table('events')", 'query_table()'],
    ["FROM json_execute_serialized_sql('{}')", 'json_execute_serialized_sql()'],
    ["SELECT json_serialize_plan('SELECT 1')", 'json_serialize_plan()'],
    ['FROM arrow_scan(1::BIGINT, 2::BIGINT, 3::BIGINT)', 'arrow_scan()'],
    ["FROM seq_scan('events')", 'seq_scan()'],
    ["SELECT getenv('HOME')", 'getenv()'],
    ["SELECT current_setting('threads')", 'current_setting()'],
    ["SELECT getvariable('x')", 'getvariable()'],
    ["SELECT nextval('x')", 'nextval()'],
    ['SELECT account.getenv() FROM events', 'getenv()'],
    ["FROM enable_logging('QueryLog')", 'enable_logging()'],
    ['FROM checkpoint()', 'checkpoint()'],
    [
      "FROM 'x.csv'",
      'no table x.csv, and files cannot be read: SHOW TABLES lists the tables, and --out FILE',
    ],
    ["FROM read_csv('x.csv')", 'read_csv() cannot be used here: files cannot be read'],
    ["COPY events TO 'x.csv'", 'to write a result to a file, use --out FILE'],
    ["-- all\n/* of it */ copy (FROM events) TO 'x.csv'", 'use --out FILE'],
    ["EXPORT DATABASE 'x'", 'use --out FILE'],
    ['FROM "https://example.com/x.parquet"', 'no table https://example.com/x.parquet'],
    ["DESCRIBE 'x.csv'", 'no table x.csv'],
    ["SUMMARIZE 'x.csv'", 'no table x.csv'],
    ['FROM other.main.events', 'no table other.main.events'],
    ['FROM temp.events', 'no table temp.events'],
    ['FROM event', 'did you mean events?'],
    ["SELECT uper('x')", 'did you mean upper?'],
    ['FROM duckdb_settings()', 'use DESCRIBE, SHOW TABLES or SUMMARIZE'],
    ['FROM DuckDB_Tables', 'use DESCRIBE, SHOW TABLES or SUMMARIZE'],
    ['FROM information_schema.tables', 'use DESCRIBE, SHOW TABLES or SUMMARIZE'],
    ['FROM system.pg_catalog.pg_class', 'use DESCRIBE, SHOW TABLES or SUMMARIZE'],
    ["FROM pragma_table_info('events')", 'use DESCRIBE, SHOW TABLES or SUMMARIZE'],
    ['SHOW DATABASES', 'databases'],
    ['SHOW VARIABLES', 'variables'],
    ['WITH b AS (FROM a), a AS (SELECT 1) FROM b', 'no table a'],
    ['WITH a AS (FROM a) FROM a', 'no table a'],
    ['FROM (WITH a AS (SELECT 1) FROM a), a', 'no table a'],
    ['WITH RECURSIVE r AS (FROM r UNION ALL SELECT 1) FROM r', 'no table r'],
    ['WITH a AS (SELECT 1) FROM main.a', 'no table main.a'],
    ['WITH a AS (SELECT 1) FROM recurring.a', 'no table recurring.a'],
    ['WITH duckdb_settings AS (SELECT 1) FROM duckdb_settings', 'a WITH cannot have the name'],
    ['WITH "x.csv" AS (SELECT 1) FROM "x.csv"', 'a WITH cannot have the name'],
    // To DuckDB the Kelvin sign is not a k.
    ["SELECT e FROM (SELECT 1 AS e), '\u212a'", 'no table \u212a'],
    ["SELECT list_aggregate([1], 'su' || 'm')", 'needs the name of a function as a string'],
    ["SELECT grounds.list_aggregate('count') FROM events", 'needs the name of a function as a string'],
    ["SELECT list_aggregate([1], 'finalize')", 'finalize()'],
    ['SELECT sum(sequence) EXPORT_STATE FROM events', 'EXPORT_STATE'],
    ["SELECT finalize('x'::BLOB)", 'finalize()'],
    ["SELECT 'x'::POINTER", 'type POINTER'],
    ['SELECT \'x\'::"AGGREGATE_STATE<sum(INTEGER)>"', 'type AGGREGATE_STATE'],
    ["SELECT 'a'::GEOMETRY", 'type GEOMETRY'],
    ['SELECT from_json(\'"abc"\', \'"GEOMETRY"\')', 'type GEOMETRY'],
    ['SELECT json_transform(\'{}\', \'{"a": ["AGGREGATE_STATE"]}\')', 'type AGGREGATE_STATE'],
    ["SELECT from_json_strict('[]', '[\"information_schema.x\"]')", 'type information_schema.x'],
    ["SELECT from_json('1', s) FROM (SELECT '\"INT\"' AS s)", 'needs the types as a string'],
    [
      "SELECT list_aggregate(*COLUMNS(* REPLACE ('nosuch' AS b)), 'sum') FROM (SELECT [1, 1] AS a, 'x' AS b)",
      'needs the name of a function',
    ],
    ["SELECT CAST('x' AS other.mood)", 'type mood'],
    ['FROM events AT (VERSION => 3)', 'AT (...)'],
    ['SELECT DEFAULT', 'DEFAULT'],
    ['SELECT $1', 'parameter'],
    ['SELECT ?', 'parameter'],
    ['PIVOT events ON account USING count(*)', 'must list its values'],
    ['SELECT 1; SELECT 2', 'one statement at a time'],
    ['EXPLAIN SELECT 1; SELECT 2', 'one statement at a time'],
    ["EXPLAIN FROM read_text('/etc/passwd')", 'read_text()'],
    ["EXPLAIN (ANALYZE) FROM read_text('/etc/passwd')", 'read_text()'],
    // DuckDB's comments nest; it would run the second SELECT.
    ["/* /* */ EXPLAIN SELECT 1 -- */ SELECT getenv('x')", 'getenv()'],
    ['EXPLAIN EXPLAIN SELECT 1', 'Parser Error'],
    ['EXPLAIN ANALYZE CREATE TABLE x (i INTEGER)', 'only statements that read are allowed'],
    ['EXPLAIN PIVOT events ON account USING count(*)', 'must list its values'],
    ["SELECT 1\0, getenv('x')", 'NUL'],
    ['SELECT 1,\n  2,, 3', '\n\nLINE 2:   2,, 3\n            ^'],
    ["SELECT '\u00e4', nope nope nope", `\n\nLINE 1: SELECT '\u00e4', nope nope nope\n${' '.repeat(30)}^`],
    ['', 'no SQL'],
    [' ; -- nothing', 'no SQL'],
  ])('%j: %s', async (sql, reason) => {
    expect(await admitQuery(published.connection, sql)).toMatchObject(E.left(expect.stringContaining(reason)))
  })

  test.each([
    'ALTER TABLE events ADD COLUMN x INTEGER',
    'ANALYZE',
    "ATTACH 'x.duckdb'",
    'BEGIN',
    'CALL enable_logging()',
    'CHECKPOINT',
    "COMMENT ON TABLE events IS 'x'",
    "COPY events TO 'x.csv'",
    'CREATE TEMP TABLE x (i INTEGER)',
    'CREATE MACRO x() AS 1',
    'DEALLOCATE x',
    'DELETE FROM events',
    'DETACH projections',
    'DROP TABLE events',
    'EXECUTE x',
    "EXPORT DATABASE 'x'",
    "IMPORT DATABASE 'x'",
    'INSERT INTO events VALUES (1)',
    'INSTALL httpfs',
    'LOAD httpfs',
    'PRAGMA version',
    "PRAGMA json_execute_serialized_sql('{}')",
    'PREPARE x AS SELECT 1',
    'RESET threads',
    'SET threads = 64',
    'SET VARIABLE x = 1',
    'TRUNCATE events',
    'UPDATE events SET sequence = 1',
    'USE temp',
    'VACUUM',
  ])('%s does not read', async (sql) => {
    expect(await admitQuery(published.connection, sql)).toMatchObject(
      E.left(expect.stringContaining('only statements that read are allowed')),
    )
  })
})

/** Every place in a statement where an expression can be. */
const places: ReadonlyArray<(call: string) => string> = [
  (call) => `SELECT ${call}`,
  (call) => `SELECT [1, ${call}][1], {'a': ${call}}, MAP {'k': ${call}}`,
  (call) => `SELECT upper(${call}), ${call} + 1, -${call}, ${call} || 'x'`,
  (call) => `SELECT CASE WHEN ${call} THEN 1 END`,
  (call) => `SELECT CASE 1 WHEN 2 THEN 3 ELSE ${call} END`,
  (call) => `SELECT ${call}::VARCHAR`,
  (call) => `SELECT TRY_CAST(TRY(${call}) AS INTEGER)`,
  (call) => `SELECT ${call} COLLATE nocase`,
  (call) => `SELECT 1 BETWEEN 0 AND ${call}`,
  (call) => `SELECT 1 IN (1, ${call})`,
  (call) => `SELECT ${call} IN (SELECT 1)`,
  (call) => `SELECT 1 IN (SELECT ${call})`,
  (call) => `SELECT EXISTS (SELECT ${call})`,
  (call) => `SELECT 1 WHERE NOT (true AND ${call} IS NULL)`,
  (call) => `SELECT 1 = ANY (SELECT ${call})`,
  (call) => `SELECT list_transform([1], x -> ${call})`,
  (call) => `SELECT list_reduce([1], lambda x, y: ${call})`,
  (call) => `SELECT [x FOR x IN [1] IF ${call}]`,
  (call) => `SELECT doubled(${call})`,
  (call) => `SELECT sum(1) FILTER (WHERE ${call})`,
  (call) => `SELECT list(1 ORDER BY ${call})`,
  (call) => `SELECT mode() WITHIN GROUP (ORDER BY ${call})`,
  (call) => `SELECT sum(${call}) OVER ()`,
  (call) => `SELECT sum(1) OVER (PARTITION BY ${call})`,
  (call) => `SELECT sum(1) OVER (ORDER BY ${call})`,
  (call) => `SELECT sum(1) OVER (ROWS BETWEEN ${call} PRECEDING AND CURRENT ROW)`,
  (call) => `SELECT sum(1) FILTER (WHERE ${call}) OVER ()`,
  (call) => `SELECT first_value(1 ORDER BY ${call}) OVER ()`,
  (call) => `SELECT lag(1, ${call}) OVER (ORDER BY 1)`,
  (call) => `SELECT lag(1, 1, ${call}) OVER (ORDER BY 1)`,
  (call) => `SELECT sum(1) OVER w WINDOW w AS (ORDER BY ${call})`,
  (call) => `SELECT COLUMNS(c -> ${call}) FROM events`,
  (call) => `SELECT * REPLACE (${call} AS account) FROM events`,
  (call) => `SELECT DISTINCT ON (${call}) 1`,
  (call) => `FROM events WHERE ${call}`,
  (call) => `SELECT 1 FROM events GROUP BY ${call}`,
  (call) => `SELECT 1 FROM events GROUP BY GROUPING SETS ((${call}), ())`,
  (call) => `SELECT count(*) FROM events HAVING ${call}`,
  (call) => `FROM events QUALIFY ${call}`,
  (call) => `FROM events ORDER BY ${call}`,
  (call) => `FROM events LIMIT ${call}`,
  (call) => `FROM events LIMIT 1 OFFSET ${call}`,
  (call) => `FROM events JOIN accounts ON ${call}`,
  (call) => `FROM events, LATERAL (SELECT ${call})`,
  (call) => `FROM range(${call})`,
  (call) => `FROM unnest([${call}])`,
  (call) => `FROM appeals_at(${call})`,
  (call) => `FROM appeals_at(as_of := ${call})`,
  (call) => `VALUES (1, 2), (3, ${call})`,
  (call) => `FROM (VALUES (${call})) v(x)`,
  (call) => `SELECT 1 UNION SELECT 2 UNION ALL SELECT ${call}`,
  (call) => `WITH a AS (SELECT ${call}) SELECT 1`,
  (call) => `WITH RECURSIVE a AS (SELECT 1 UNION ALL SELECT ${call} FROM a) FROM a`,
  (call) => `WITH RECURSIVE a(i) USING KEY (i) AS (SELECT ${call} UNION SELECT 2 FROM a) FROM a`,
  (call) => `PIVOT events ON account IN ('u0') USING max(${call})`,
  (call) => `PIVOT (SELECT ${call} AS a) ON a IN ('u0') USING count(*)`,
  (call) => `UNPIVOT (SELECT 1 AS a) ON (${call}) AS b`,
  (call) => `DESCRIBE SELECT ${call}`,
  (call) => `SUMMARIZE SELECT ${call}`,
]

/** Every place where a table can be. */
const tablePlaces: ReadonlyArray<(from: string) => string> = [
  (from) => `FROM ${from}`,
  (from) => `SELECT (SELECT 1 FROM ${from})`,
  (from) => `SELECT 1 WHERE 1 IN (FROM ${from})`,
  (from) => `FROM events, ${from}`,
  (from) => `FROM events CROSS JOIN ${from}`,
  (from) => `FROM events POSITIONAL JOIN ${from}`,
  (from) => `FROM events ASOF JOIN ${from} USING (sequence)`,
  (from) => `FROM events, LATERAL (FROM ${from})`,
  (from) => `FROM ${from} TABLESAMPLE 10%`,
  (from) => `FROM (FROM ${from}) x`,
  (from) => `SELECT 1 UNION ALL BY NAME FROM ${from}`,
  (from) => `WITH x AS (FROM ${from}) FROM x`,
  (from) => `WITH RECURSIVE x AS (SELECT 1 UNION ALL FROM x, ${from}) FROM x`,
  (from) => `FROM appeals_at((FROM ${from}))`,
  (from) => `SELECT list_transform([1], x -> (FROM ${from}))`,
  (from) => `PIVOT ${from} ON a IN ('u0') USING count(*)`,
  (from) => `UNPIVOT ${from} ON a`,
  (from) => `FROM ${from} PIVOT (count(*) FOR a IN (1))`,
  (from) => `DESCRIBE FROM ${from}`,
  (from) => `SUMMARIZE FROM ${from}`,
  (from) => `FROM (DESCRIBE FROM ${from})`,
]

describe('wherever it is in a statement', () => {
  const refusalOf = async (sql: string): Promise<string | null> => {
    const { connection } = published
    const parsed = await parseSql(connection, sql)
    if (E.isLeft(parsed)) throw new Error(`${sql}: ${parsed.left}`)
    const ours = await readOurs(connection)
    return refuseStatement(parsed.right[0], { ours, withs: new Set(), recurring: new Set() })
  }

  test.each(places.map((place) => [place("getenv('x')"), place('upper(NULL)')] as const))(
    'a call in %s',
    async (bad, good) => {
      expect(await refusalOf(bad)).toBe('the function getenv() cannot be used here')
      expect(await refusalOf(good)).toBeNull()
    },
  )

  test.each(
    tablePlaces.flatMap((place) =>
      ["read_text('x')", "'x.csv'", 'duckdb_settings'].map((from) => [place(from), place('events')] as const),
    ),
  )('a table in %s', async (bad, good) => {
    expect(await refusalOf(bad)).toMatch(/cannot be used here|there is no table x\.csv/)
    expect(await refusalOf(good)).toBeNull()
  })

  test('every function of DuckDB that is not on a list, called in every way, is refused', async () => {
    const { connection } = published
    const rows = await rowsOf(
      connection,
      'SELECT DISTINCT function_name FROM duckdb_functions() WHERE internal',
    )
    const names = rows.map(([name]) => String(name))
    const scope = { ours: await readOurs(connection), withs: new Set<string>(), recurring: new Set<string>() }
    const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
    const wrong: string[] = []
    for (const name of names) {
      const calls = [
        `SELECT ${quoted(name)}('x', 'sum')`,
        `SELECT ${quoted(name.toUpperCase())}('x', 'sum')`,
        `SELECT system.main.${quoted(name)}('x', 'sum')`,
        `SELECT ${quoted(name)}('x', 'sum') OVER ()`,
        `FROM ${quoted(name)}('x', 'sum')`,
        `FROM system.main.${quoted(name)}('x', 'sum')`,
      ]
      for (const sql of calls) {
        const parsed = await parseSql(connection, sql)
        if (E.isLeft(parsed)) continue
        const isRefused = refuseStatement(parsed.right[0], scope) !== null
        const allowed = sql.startsWith('FROM') ? allowedTableFunctions : allowedFunctions
        const mayPass = allowed.has(folded(name))
        if (!mayPass && !isRefused) wrong.push(sql)
      }
    }
    expect(names.length).toBeGreaterThan(800)
    expect(wrong).toEqual([])
  })

  test('a call is found at any depth that DuckDB can parse', async () => {
    const nested = (depth: number, call: string): string =>
      `SELECT ${'(SELECT '.repeat(depth)}${call}${')'.repeat(depth)}`
    expect(await refusalOf(nested(300, "getenv('x')"))).toBe('the function getenv() cannot be used here')
    expect(await refusalOf(nested(300, "upper('x')"))).toBeNull()
    expect(await admitQuery(published.connection, nested(2_000, '1'))).toMatchObject(
      E.left(expect.stringContaining('depth limit')),
    )
  })
})
