import { DuckDBInstance } from '@duckdb/node-api'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { DataColumn } from '../../../src/domain/definition/columns.ts'
import { eventTypes, type StoredEvent } from '../../../src/domain/event.ts'
import { nanosWithinMs, parseInstant } from '../../../src/domain/time.ts'
import { openWorkspace, type Workspace } from '../../../src/projection/duckdb.ts'
import {
  actionColumns,
  columnOrder,
  evidenceColumns,
  tableOfType,
} from '../../../src/projection/events/columns.ts'
import { type SignalColumn, signalSql } from '../../../src/projection/events/signals.ts'
import { addSignalColumns, createEventTables } from '../../../src/projection/events/tables.ts'
import { decoded, samples, stored, withValue } from '../../domain/samples.ts'
import { often } from '../../long/often.ts'
import { compiled } from '../../replay/histories.ts'
import { inUtc, kept, occurredInUtc, readEvents, takeEvents } from '../event-tables.ts'

let workspace: Workspace

beforeEach(async () => {
  workspace = await openWorkspace(':memory:')
  await createEventTables(workspace.write)
})
afterEach(() => workspace.close())

const taken = (events: ReadonlyArray<StoredEvent>, signals: ReadonlyArray<SignalColumn> = []) =>
  takeEvents(workspace, events, signals)
const readBack = () => readEvents(workspace)

/** The value at a path of an event's `data`, as its column shows it. */
const shown = (event: StoredEvent, { path, kind }: DataColumn): unknown => {
  const value = path.split('.').reduce<unknown>((at, step) => Object(at)[step], event.data)
  if (value === undefined || value === null) return null
  return kind === 'instant'
    ? inUtc(String(value))
        .replace('T', ' ')
        .replace(/(\.000)?Z$/, '')
    : value
}

test('the order of columns names each of them, and nothing else', () => {
  const names = new Set([...actionColumns, ...evidenceColumns].map(({ name }) => name))
  expect(columnOrder.toSorted()).toEqual([...names].sort())
})

describe('the history keeps every event', () => {
  test.each(eventTypes)('%s, with any of its optional fields', async (type) => {
    const { optional } = samples[type]
    const whole = stored(type)
    const without = (paths: ReadonlyArray<string>) =>
      paths.reduce((event, path) => withValue(event, ['data', ...path.split('.')], undefined), whole)
    const variants = [[], ...optional.map((path) => [path]), optional.filter((path) => !path.includes('.'))]
      .map(without)
      .map((event, i) => decoded({ ...event, id: `e${i}` }))

    await taken(variants)

    expect(await readBack()).toEqual(variants.map(kept))
  })

  test.each(eventTypes)('the columns of %s say what it says', async (type) => {
    const columns = tableOfType(type) === 'evidence' ? evidenceColumns : actionColumns
    const events = [
      stored(type),
      ...samples[type].optional.map((path) =>
        withValue(stored(type), ['data', ...path.split('.')], undefined),
      ),
    ].map((event, i) => decoded({ ...event, id: `e${i}` }))

    await taken(events)

    const rows = await workspace.read.runAndReadAll(
      `SELECT ${columns.map(({ name }) => `"${name}"`).join(', ')} FROM events ORDER BY sequence`,
    )
    expect(rows.getRowsJson()).toEqual(events.map((event) => columns.map((column) => shown(event, column))))
  })

  test('an event has its account and the account\u2019s number; a published ruleset has neither', async () => {
    const types = ['flag.raised.v1', 'content.evaluated.v1', 'ruleset.published.v1'] as const
    const events = types.map((type, i) => decoded({ ...stored(type), id: `e${i}` }))

    await taken(events)

    const rows = await workspace.read.runAndReadAll(
      'SELECT account, account_no IS NULL FROM events ORDER BY sequence',
    )
    expect(rows.getRowsJson()).toEqual([
      [events[0]?.subject, false],
      [events[1]?.subject, false],
      [null, true],
    ])
    for (const table of ['actions', 'evidence']) {
      const columns = await workspace.read.runAndReadAll(
        `SELECT account FROM ${table} WHERE account IS NOT NULL`,
      )
      expect(columns.getRowsJson()).toHaveLength(1)
    }
  })

  test('an end that was lifted differs from one that was not mentioned', async () => {
    const variants = [null, '2025-06-01T00:00:00Z', undefined].map((until, i) =>
      decoded({ ...withValue(stored('decision.changed.v1'), ['data', 'until'], until), id: `e${i}` }),
    )

    await taken(variants)

    const rows = await workspace.read.runAndReadAll('SELECT until_lifted FROM events ORDER BY sequence')
    expect(rows.getRowsJson()).toEqual([[true], [false], [null]])
  })

  test('an empty list differs from a missing one', async () => {
    const events = [
      decoded(withValue(stored('account.reinstated.v1'), ['data', 'flagsVoided'], [])),
      decoded({ ...withValue(stored('flag.raised.v1'), ['data', 'becauseOf'], []), id: 'e2' }),
    ]

    await taken(events)

    expect(await readBack()).toEqual(events.map(kept))
  })
})

const twoDigits = (most: number, least = 0) =>
  fc.integer({ min: least, max: most }).map((n) => String(n).padStart(2, '0'))
const written = fc
  .tuple(
    fc.integer({ min: 1, max: 9998 }).map((year) => String(year).padStart(4, '0')),
    twoDigits(12, 1),
    twoDigits(28, 1),
    fc.constantFrom('T', 't'),
    twoDigits(23),
    twoDigits(59),
    twoDigits(59),
    fc.option(fc.stringMatching(/^\d{1,12}$/)),
    fc.oneof(
      fc.constantFrom('Z', 'z'),
      fc.tuple(fc.constantFrom('+', '-'), twoDigits(23), twoDigits(59)).map(([s, h, m]) => `${s}${h}:${m}`),
    ),
  )
  .map(
    ([y, mo, d, t, h, mi, s, fraction, zone]) =>
      `${y}-${mo}-${d}${t}${h}:${mi}:${s}${fraction === null ? '' : `.${fraction}`}${zone}`,
  )

test('a time is the same instant in the history as in the code, in every notation', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(written, { minLength: 50, maxLength: 100 }), async (times) => {
      const extremes = [
        '0000-01-01T00:00:00Z',
        '9999-12-31T23:59:59.999999999999Z',
        '1969-12-31T23:59:59.9999Z',
      ]
      const events = [...times, ...extremes].map((time, i) =>
        decoded({
          ...stored(i % 2 === 0 ? 'content.evaluated.v1' : 'flag.raised.v1'),
          time,
          id: `e${i}`,
        }),
      )
      await taken(events)
      expect((await readBack()).map(({ time }) => occurredInUtc(time))).toEqual(
        events.map(({ time }) => occurredInUtc(time)),
      )
      const rows = await workspace.read.runAndReadAll(
        'SELECT epoch_ms(occurred_at)::DOUBLE, occurred_ns FROM events ORDER BY sequence',
      )
      expect(rows.getRowsJS()).toEqual(events.map(({ time }) => [parseInstant(time), nanosWithinMs(time)]))
    }),
    { numRuns: often(15, 75), endOnFailure: true },
  )
})

test.each([
  ['2025-04-28T23:00:00Z', 0, '2025-04-28T23:00:00.000Z'],
  ['2025-04-28T23:00:00.123Z', 0, '2025-04-28T23:00:00.123Z'],
  ['2025-04-28T23:00:00.123000Z', 0, '2025-04-28T23:00:00.123Z'],
  ['2025-04-28T23:00:00.123456Z', 456_000, '2025-04-28T23:00:00.123456000Z'],
  ['2025-04-28T23:00:00.1234Z', 400_000, '2025-04-28T23:00:00.123400000Z'],
  ['2025-04-28T23:00:00.123456789Z', 456_789, '2025-04-28T23:00:00.123456789Z'],
  ['2025-04-28T23:00:00.000000001Z', 1, '2025-04-28T23:00:00.000000001Z'],
  ['2025-04-28T23:00:00.123999999999Z', 999_999, '2025-04-28T23:00:00.123999999Z'],
  ['2025-04-28T23:00:00.1+02:00', 0, '2025-04-28T21:00:00.100Z'],
  ['2025-04-28t23:00:00.123456z', 456_000, '2025-04-28T23:00:00.123456000Z'],
  ['2025-04-29T01:00:00.123456789+02:00', 456_789, '2025-04-28T23:00:00.123456789Z'],
])(
  'an evaluation at %s has %i ns after the millisecond, and is read back as %s',
  async (time, nanos, read) => {
    await taken([decoded({ ...stored('content.evaluated.v1'), time })])
    const rows = await workspace.read.runAndReadAll('SELECT occurred_ns FROM events')
    expect(rows.getRowsJS()).toEqual([[nanos]])
    expect((await readBack())[0]?.time).toBe(read)
  },
)

describe('signals have a column for each type that a ruleset declares', () => {
  const value = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.constantFrom(0, -0, 1e16, 2 ** 53, 1e300, 5e-324, -(2 ** 63), 1e19, 1e20),
    fc.boolean(),
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('0.5', 'true', '7', '', '\u0000', '"', 'null'),
  )
  const types = ['int', 'double', 'bool', 'string'] as const

  const valuesOf = async (expressions: ReadonlyArray<string>) =>
    (
      await workspace.read.runAndReadAll(`SELECT ${expressions.join(', ')} FROM evidence ORDER BY sequence`)
    ).getRowsJS()

  test('which has the value exactly if a condition sees it', async () => {
    const columns = await addSignalColumns(
      workspace.write,
      [],
      types.map((type) => ({ signal: 's', type })),
    )
    const sees = types.map(
      (type) =>
        compiled({
          ruleset: 'r',
          version: '1',
          signals: { s: type },
          rules: [{ id: 'a', category: 'c', when: 'has(signals.s)' }],
          deactivations: [],
        }).rules[0],
    )
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 50, maxLength: 100 }), async (values) => {
        const events = values.map((s, i) =>
          decoded({ ...withValue(stored('content.evaluated.v1'), ['data', 'signals'], { s }), id: `e${i}` }),
        )
        await taken(events, columns)
        const selected = columns.map(({ column }) => `"${column}"`)
        const rows = await valuesOf(selected)
        // Without the columns, the same values come from the JSON.
        expect(await valuesOf(types.map((type) => signalSql([])('s', type)))).toEqual(rows)
        expect(types.map((type) => signalSql(columns)('s', type))).toEqual(selected)
        rows.forEach((row, i) => {
          const recorded = values[i]
          const seen = sees.map((rule) =>
            rule?.condition({
              signals: { s: recorded ?? 0 },
              detector: { kind: 'model', id: 'm', version: '1' },
              flag: { category: 'c', source: 'own_initiative' },
              content: null,
            }),
          )
          const expected = types.map((type, k) =>
            seen[k] !== 'true'
              ? null
              : type === 'int'
                ? BigInt(recorded ?? 0)
                : Object.is(recorded, -0)
                  ? 0
                  : recorded,
          )
          expect(row).toEqual(expected)
        })
      }),
      { numRuns: often(15, 75), endOnFailure: true },
    )
  })

  test('names that differ only in case have separate columns', async () => {
    const columns: SignalColumn[] = []
    for (const signal of ['Level', 'level', 'LEVEL'])
      columns.push(...(await addSignalColumns(workspace.write, columns, [{ signal, type: 'int' }])))

    await taken(
      [
        decoded(
          withValue(stored('content.evaluated.v1'), ['data', 'signals'], { Level: 1, level: 2, LEVEL: 3 }),
        ),
      ],
      columns,
    )

    expect(columns.map(({ column }) => column)).toEqual([
      'signal_Level_int',
      'signal_level_int_2',
      'signal_LEVEL_int_3',
    ])
    const rows = await workspace.read.runAndReadAll(
      'SELECT signal_Level_int, signal_level_int_2, signal_LEVEL_int_3 FROM evidence',
    )
    expect(rows.getRowsJS()).toEqual([[1n, 2n, 3n]])
  })

  test('so do names in one ruleset that differ only in case', async () => {
    const declared = ['Level', 'level'].map((signal) => ({ signal, type: 'int' }))
    const columns = await addSignalColumns(workspace.write, [], declared)
    expect(columns.map(({ column }) => column)).toEqual(['signal_Level_int', 'signal_level_int_2'])
  })

  // Few are added to the table, many to a copy of it.
  test.each([[1], [30]])(
    'events recorded before a ruleset with %i signals get their columns filled in',
    async (n) => {
      const signals = { late: 7, other: 'x' }
      await taken([
        decoded(withValue(stored('flag.raised.v1'), ['data', 'signals'], signals)),
        decoded({
          ...withValue(stored('content.evaluated.v1'), ['data', 'signals'], signals),
          id: 'evaluated',
        }),
      ])
      const before = await describedTables()

      const declared = Array.from({ length: n }, (_, i) => ({
        signal: i === 0 ? 'late' : `s${i}`,
        type: 'double',
      }))
      const columns = await addSignalColumns(workspace.write, [], declared)

      const rows = await workspace.read.runAndReadAll('SELECT signal_late_double, signals FROM events')
      expect(rows.getRowsJS()).toEqual([1, 2].map(() => [7, JSON.stringify(signals)]))
      const listed = await workspace.read.runAndReadAll('SELECT column_name FROM signal_columns')
      expect(listed.getRowsJS()).toEqual(columns.map(({ column }) => [column]))
      // Everything else is unchanged: types and descriptions.
      const after = await describedTables()
      expect(after.filter(([, column]) => !String(column).startsWith('signal_'))).toEqual(before)
      expect(after).toHaveLength(before.length + 2 * n)
    },
  )

  const describedTables = async () =>
    (
      await workspace.read.runAndReadAll(
        `SELECT table_name, column_name, data_type, is_nullable, c.comment, t.comment
          FROM duckdb_columns() c JOIN duckdb_tables() t USING (table_name)
          WHERE table_name IN ('actions', 'evidence') ORDER BY ALL`,
      )
    ).getRowsJS()
})

test('the bundled DuckDB reads JSON without downloading anything', async () => {
  const instance = await DuckDBInstance.create(':memory:', { autoinstall_known_extensions: 'false' })
  const connection = await instance.connect()
  expect((await connection.runAndReadAll(`SELECT json_type('{}')`)).getRowsJS()).toEqual([['OBJECT']])
})
