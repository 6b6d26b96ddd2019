import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { publishedTypes } from '../../src/domain/event.ts'
import { parseInstant } from '../../src/domain/time.ts'
import { calls, formsOf, others } from './extreme/calls.ts'
import { places } from './extreme/events.ts'
import { type ExtremePlace, extremePlace } from './extreme/place.ts'
import { allCommands, redress } from './hostile/run.ts'

const dir = mkdtempSync(join(tmpdir(), 'redress-extreme-'))
afterAll(() => rmSync(dir, { recursive: true }))

const readParquet = async (sql: string) => {
  const instance = await DuckDBInstance.create()
  const connection = await instance.connect()
  try {
    return (await connection.runAndReadAll(sql)).getRowsJson()
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

test('given times before 1678 and after 2262, when they are exported, then every row has its own month and time', async () => {
  const [data, parquet] = [join(dir, 'found'), join(dir, 'found parquet')]
  const found = join(import.meta.dirname, 'extreme/found.ndjson')
  expect(await redress('ingest', found, '--data', data)).toMatchObject({ code: 0 })
  expect(await redress('project', '--data', data)).toMatchObject({ code: 0 })
  expect(await redress('export', 'parquet', parquet, '--data', data)).toMatchObject({ code: 0 })
  expect(
    await readParquet(
      `SELECT id, occurred_at, month, until, content_created_at, effective_from
        FROM read_parquet('${parquet}/events/**/*.parquet', hive_partitioning = true) ORDER BY id`,
    ),
  ).toEqual([
    ['e1', '2025-04-02 00:30:00', '2025-04', '9999-12-31 23:59:59', null, null],
    ['e2', '2025-04-02 00:30:00', '2025-04', '3025-05-01 00:00:00', null, null],
    ['e3', '2025-04-02 00:30:00', '2025-04', '2200-05-01 00:00:00', null, null],
    ['e4', '0001-01-01 00:00:00', '0001-01', null, null, null],
    ['e5', '1600-01-01 00:00:00', '1600-01', null, null, null],
    ['e6', '2025-01-01 00:00:00', '2025-01', null, '0001-01-01 00:00:00', null],
    ['e7', '2025-01-01 00:00:00', '2025-01', null, null, '0001-01-01 00:00:00'],
    ['e8', '2025-01-01 00:00:00', '2025-01', null, null, '9999-01-01 00:00:00'],
  ])
})

test('given a time before 1678, when an analyst queries its month, then the answer is its month', async () => {
  const { code, stdout } = await redress(
    ...['query', "SELECT DISTINCT strftime(occurred_at, '%Y-%m') AS month FROM events ORDER BY 1", '--json'],
    ...['--data', join(dir, 'found')],
  )
  expect(code).toBe(0)
  expect(JSON.parse(stdout.toString()).map(({ month }: { month: string }) => month)).toEqual([
    ...['0001-01', '1600-01', '2025-01', '2025-04'],
  ])
})

const jsonOf = async (...args: ReadonlyArray<string>) => {
  const { code, stdout, stderr } = await redress(...args, '--json')
  expect(code, `${args.join(' ')}: ${stderr}`).toBe(0)
  return JSON.parse(stdout.toString())
}

/** Some decisions cannot be told to the EU: `errors.ndjson` has them. Health finds something if it names a tripwire. */
const codeOf = (name: string, stdout: string): number => {
  if (name === 'report health')
    return /none in the last day of the ledger|"tripwires": ?\[\]/.test(stdout) ? 0 : 1
  return name === 'export statements' ? 1 : 0
}

/** Another one each time; a failure names it. */
const seed = Date.now() % 2 ** 31

describe(`given each extreme value in each field that accepts it, and stories with many at once (seed ${seed})`, () => {
  let place: ExtremePlace
  beforeAll(async () => {
    place = await extremePlace(seed)
  })
  afterAll(() => place.remove())
  const queried = (sql: string) => jsonOf('query', sql, '--data', place.data)

  test('then every type of event has some, and every command is called', async () => {
    expect([...places.keys()]).toEqual(publishedTypes)
    expect([...places.values()].filter((of) => of.length < 10)).toEqual([])
    const commands = (await allCommands()).map(({ path }) => path.join(' '))
    expect([...Object.keys(calls), ...others].toSorted()).toEqual(commands.toSorted())
  })

  test.each(Object.entries(calls))('when redress %s runs, then it succeeds', async (name, argumentsOf) => {
    for (const args of argumentsOf(place)) {
      for (const form of formsOf(name)) {
        const { code, stdout, stderr } = await redress(...name.split(' '), ...args, ...form)
        expect(code, `${name} ${args.join(' ')}: ${stderr}`).toBe(codeOf(name, stdout.toString()))
        expect(stderr.toString()).not.toContain('internal error')
        if (form.includes('--json')) expect(() => JSON.parse(stdout.toString()), args.join(' ')).not.toThrow()
      }
    }
  })

  test('then all of them were ingested, once', async () => {
    const { accepted, duplicate, rejected } = await jsonOf('ingest', place.ndjson, '--data', place.data)
    expect({ accepted, duplicate, rejected }).toEqual({
      accepted: 0,
      duplicate: place.lines.length,
      rejected: 0,
    })
  })

  test('then SQL and Parquet have each at its instant', async () => {
    const sql = 'SELECT source, id, epoch_ms(occurred_at)::DOUBLE AS ms'
    type Row = { readonly source: string; readonly id: string; readonly ms: number }
    const rows: ReadonlyArray<Row> = await queried(`${sql} FROM events WHERE source NOT LIKE '/redress%'`)
    const found = rows.map(({ source, id, ms }) => [source, id, ms])
    const sent = place.lines.map((line) => JSON.parse(line))
    expect(found.toSorted()).toEqual(
      sent.map(({ source, id, time }) => [source, id, parseInstant(time)]).toSorted(),
    )
    const exported = await readParquet(
      `${sql} FROM read_parquet('${place.at('parquet')}/events/**/*.parquet') WHERE source NOT LIKE '/redress%'`,
    )
    expect(exported.toSorted()).toEqual(found.toSorted())
  })

  test('then strikes that are too many for 32 bits are added up, and an appeal may be due in any number of days', async () => {
    const flags = Math.max(...(places.get('flag.raised.v1') ?? []).map(({ values }) => values.length))
    const days = 'epoch_ms(due_at) - epoch_ms(filed_at)'
    const sql = `SELECT (SELECT max(strike_points) FROM accounts_at('2025-06-01')) AS strikes, min(${days}) AS least,
      max(${days}) AS most FROM appeals_at('9999-12-31', 30)`
    const ms = 30 * 86_400_000
    expect(await queried(sql)).toEqual([{ strikes: flags * 1_000_000_000, least: ms, most: ms }])
  })

  test('then no prototype was modified', () => {
    const inherited: string[] = []
    for (const name in Object(1)) inherited.push(name)
    expect([...inherited, ...Object.keys(Object)]).toEqual([])
  })

  test('then a replay is the same from the ledger, the projections, and a backup of it in a cluster', async () => {
    const digestOf = async (...args: ReadonlyArray<string>) => {
      const out = place.at('replayed')
      const { digest, engine } = await jsonOf('replay', '--ruleset', place.ruleset, '--out', out, ...args)
      return { digest, engine }
    }
    const { digest, engine } = await digestOf('--data', place.data)
    expect(digest).toMatch(/^[0-9a-f]{64}$/)
    expect(engine).toBe('columnar')
    const reference = ['--engine', 'reference']
    for (const of of [
      ['--data', place.data],
      ['--data', place.at('backup'), '--ledger', place.cluster],
    ]) {
      expect(await digestOf(...of, ...reference)).toEqual({ digest, engine: 'reference' })
    }
  })

  test('then every decision is in a statement, or in the errors', async () => {
    const rows: ReadonlyArray<{ readonly id: string }> = await queried(
      'SELECT DISTINCT decision_id AS id FROM decisions',
    )
    const textOf = (file: string): string => readFileSync(join(place.at('statements'), file), 'utf8')
    const stated: ReadonlyArray<string> = readdirSync(place.at('statements'))
      .filter((file) => /^batch-\d+\.json$/.test(file))
      .flatMap((file) => JSON.parse(textOf(file)).statements)
      .map(({ puid }) => puid)
    const failed = textOf('errors.ndjson')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).decisionId)
    expect(stated.length).toBeGreaterThan(500)
    expect(new Set(stated).size).toBe(stated.length)
    const accountedFor = new Set([...stated, ...failed])
    expect(rows.map(({ id }) => id).filter((id) => !accountedFor.has(id))).toEqual([])
  })
})
