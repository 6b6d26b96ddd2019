import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EventType, publishedTypes, type StoredEvent } from '../../../src/domain/event.ts'
import { rowsOf } from '../../../src/projection/duckdb.ts'
import { publishedFile } from '../../../src/projection/files.ts'
import { openPublished, type Published } from '../../../src/projection/published.ts'
import type { Correction } from '../../../src/replay/correction/correction.ts'
import { collectHistory } from '../../../src/replay/model/collect.ts'
import { indexVersions } from '../../../src/replay/model/versions.ts'
import { evidenceWantedBy } from '../../../src/replay/reference/sightings.ts'
import { type Replay, replay } from '../../../src/replay/result/replay.ts'
import { unwrap } from '../../replay/ledgers.ts'
import { type Generated, generateHistory } from './generate.ts'
import { eventsOf } from './read-back.ts'
import { corrections, faulty, publishedDocuments } from './rulesets.ts'

const EVENTS = 20_000

const dir = mkdtempSync(join(tmpdir(), 'redress-generated-'))
let generated: Generated
let published: Published
let events: ReadonlyArray<StoredEvent>

beforeAll(async () => {
  generated = await generateHistory(publishedFile(dir), { events: EVENTS, seed: 7 })
  published = unwrap(await openPublished(dir, { memory: '512MB' }))
  events = await eventsOf(published.connection)
})
afterAll(() => {
  published.close()
  rmSync(dir, { recursive: true })
})

const replayed = (correction: Correction): Replay => {
  const wanted = evidenceWantedBy(correction)
  const before = collectHistory({ ...wanted, keepsEvaluation: () => false })
  for (const event of events) if (event.type === 'ruleset.published.v1') before.add(event)
  const { versions } = before.finish(publishedDocuments)
  const collection = collectHistory(wanted, indexVersions(versions))
  for (const event of events) collection.add(event)
  return replay(collection.finish(publishedDocuments), correction)
}

/** How many rows are of each kind and class. */
const classesOf = (result: Replay): ReadonlyMap<string, number> =>
  new Map(
    [...Map.groupBy(result.rows, (row) => `${row.kind} ${row.class}`)].map(([name, of]) => [name, of.length]),
  )

describe('given a generated history', () => {
  test('then it has the events that were asked for, of every type but declines, four of five of them evaluations', () => {
    const counts = Map.groupBy(events, ({ type }) => type)
    const countOf = (type: EventType): number => counts.get(type)?.length ?? 0
    expect(events).toHaveLength(EVENTS)
    expect(generated.byType).toEqual(Object.fromEntries([...counts].map(([type, of]) => [type, of.length])))
    // Nothing is asked for in it that could be declined.
    expect(publishedTypes.filter((type) => countOf(type) === 0)).toEqual(['reinstatement.declined.v1'])
    expect(countOf('content.evaluated.v1') / EVENTS).toBeCloseTo(0.8, 1)
    expect(countOf('flag.raised.v1') / EVENTS).toBeCloseTo(0.055, 1)
  })

  test('then the ledger recorded them in the order of their times, some of which are the same', () => {
    const times = events.map(({ time }) => Date.parse(time))
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    expect(new Set(times).size).toBeLessThan(EVENTS)
  })

  test('then no source gives two events one id', () => {
    expect(new Set(events.map(({ source, id }) => `${source} ${id}`)).size).toBe(EVENTS)
  })

  test('then accounts are numbered in the order in which they were first seen, most of them with few events', async () => {
    const { connection } = published
    const numbered = await rowsOf(
      connection,
      `SELECT count(*) FROM (SELECT account_no, account, min(sequence) AS first FROM events WHERE account IS NOT NULL GROUP BY ALL)
        FULL JOIN account_ids USING (account_no, account) WHERE first IS NULL OR account_ids.account IS NULL`,
    )
    expect(Number(numbered[0]?.[0])).toBe(0)
    const [row = []] = await rowsOf(
      connection,
      `SELECT median(n), max(n)::DOUBLE, sum(n)::DOUBLE FROM (SELECT count(*) AS n FROM events GROUP BY account_no)`,
    )
    const [median, most] = row.map(Number)
    expect(median).toBeLessThan(12)
    expect(most).toBeGreaterThan(100)
  })

  test('then the typed columns hold the signals', async () => {
    const { connection } = published
    const columns = await rowsOf(connection, 'FROM signal_columns')
    expect(columns.length).toBeGreaterThan(10)
    for (const table of ['actions', 'evidence']) {
      for (const [signal, , column] of columns) {
        const differing = await rowsOf(
          connection,
          `SELECT count(*) FROM ${table}
            WHERE "${column}"::VARCHAR IS DISTINCT FROM json_extract_string(signals, '/${signal}')`,
        )
        expect([signal, Number(differing[0]?.[0])]).toEqual([signal, 0])
      }
    }
  })

  test('when the faulty condition is corrected, then what was expected falls, and nearly all else was right', () => {
    const result = replayed(corrections.threshold)
    const counts = classesOf(result)
    const of = (name: string): number => counts.get(name) ?? 0
    expect(of('removal wrongful')).toBe(generated.wrongful.removal)
    expect(Math.abs(of('deactivation wrongful') - generated.wrongful.deactivation)).toBeLessThanOrEqual(2)
    expect(of('deactivation wrongful')).toBeGreaterThan(5)
    const wrongful = result.rows
      .all()
      .filter((row) => row.class === 'wrongful' && !row.facts.includes('cascaded'))
    for (const row of wrongful) {
      expect(Date.parse(row.occurredAt)).toBeGreaterThanOrEqual(faulty.from)
      expect(Date.parse(row.occurredAt)).toBeLessThan(faulty.to + 600_000)
    }
    const deactivations = result.rows
      .all()
      .filter((row) => row.kind === 'deactivation' && row.class !== 'missed')
    const unexplained = deactivations.filter((row) => row.class.startsWith('unexplained'))
    expect(unexplained.length / deactivations.length).toBeLessThan(0.02)
    expect(of('deactivation upheld') / deactivations.length).toBeGreaterThan(0.85)
  })

  test('when nine faults are corrected, then there is nearly every class', () => {
    const found = [
      ...classesOf(replayed(corrections.nineFaults)).keys(),
      ...classesOf(replayed(corrections.threshold)).keys(),
    ]
    const classes = new Set(found.map((name) => name.split(' ')[1]))
    for (const one of ['excessive', 'indeterminate', 'missed', 'unexplained_wrongful', 'unreproducible']) {
      expect(classes).toContain(one)
    }
    expect(classes).toContain('wrongful')
  })

  test('when the rules stay as they were, then only what the services themselves did wrong falls', () => {
    const rows = replayed(corrections.asTheyWere).rows.all()
    expect(rows.filter((row) => row.class === 'wrongful')).toEqual([])
    expect(rows.filter((row) => row.class === 'upheld').length / rows.length).toBeGreaterThan(0.95)
  })

  test('when the same seed is given, then it is the same history', async () => {
    const again = join(dir, 'again.duckdb')
    await generateHistory(again, { events: 1000, seed: 7 })
    const other = join(dir, 'other.duckdb')
    await generateHistory(other, { events: 1000, seed: 7 })
    expect(await contentsOf(again)).toEqual(await contentsOf(other))
    await generateHistory(other, { events: 1000, seed: 8 })
    expect(await contentsOf(again)).not.toEqual(await contentsOf(other))
  })
})

const contentsOf = async (file: string): Promise<ReadonlyArray<StoredEvent>> => {
  const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' })
  const connection = await instance.connect()
  try {
    return await eventsOf(connection)
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}
