import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Plain, plainValue, valueText } from '../../../src/app/query/values.ts'

describe('given a value of DuckDB', () => {
  let instance: DuckDBInstance
  beforeAll(async () => {
    instance = await DuckDBInstance.create(':memory:')
  })
  afterAll(() => instance.closeSync())

  const plainOf = async (sql: string): Promise<Plain> => {
    const connection = await instance.connect()
    try {
      await connection.run("SET TimeZone = 'Asia/Tokyo'")
      const [row] = (await connection.runAndReadAll(`SELECT ${sql}`)).getRows()
      const value = row?.[0]
      if (value === undefined) throw new Error('no value')
      return plainValue(value)
    } finally {
      connection.closeSync()
    }
  }

  test.each<readonly [string, Plain]>([
    ['NULL', null],
    ['true', true],
    ["'text'", 'text'],
    ['7', 7],
    ['1.5::DOUBLE', 1.5],
    ['12.50::DECIMAL(9, 2)', 12.5],
  ])('when it is %s, then it is %j', async (sql, expected) => {
    expect(await plainOf(sql)).toEqual(expected)
  })

  test.each<readonly [string, Plain]>([
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', '9007199254740992'],
    ['-9007199254740991', -9007199254740991],
    ['-9007199254740992', '-9007199254740992'],
    ['170141183460469231731687303715884105727::HUGEINT', '170141183460469231731687303715884105727'],
    ['90071992547409.91::DECIMAL(18, 2)', 90071992547409.91],
    ['90071992547409.92::DECIMAL(18, 2)', '90071992547409.92'],
  ])('when it is the number %s, then no digit changes: %j', async (sql, expected) => {
    expect(await plainOf(sql)).toEqual(expected)
  })

  test.each([
    ["'inf'", 'Infinity'],
    ["'-inf'", '-Infinity'],
    ["'nan'", 'NaN'],
  ])('when it is %s::DOUBLE, which JSON lacks, then it is its name', async (sql, expected) => {
    expect(await plainOf(`${sql}::DOUBLE`)).toBe(expected)
  })

  test.each([
    ["TIMESTAMPTZ '2025-04-28 10:19:43.8+00'", '2025-04-28T10:19:43.800Z'],
    ["TIMESTAMPTZ '2025-04-28 10:19:43+02'", '2025-04-28T08:19:43.000Z'],
    ["TIMESTAMP '2025-04-28 10:19:43.123456'", '2025-04-28T10:19:43.123456Z'],
    ["TIMESTAMP_S '2025-04-28 10:19:43'", '2025-04-28T10:19:43.000Z'],
    ["TIMESTAMP_MS '2025-04-28 10:19:43.5'", '2025-04-28T10:19:43.500Z'],
    ["TIMESTAMP_NS '2025-04-28 10:19:43.123456789'", '2025-04-28T10:19:43.123456789Z'],
    ["TIMESTAMP 'infinity'", 'infinity'],
  ])(
    'when it is the instant %s, then it is in UTC, whatever the time zone of the session',
    async (sql, expected) => {
      expect(await plainOf(sql)).toBe(expected)
    },
  )

  test.each<readonly [string, Plain]>([
    ['[1, NULL, 3]', [1, null, 3]],
    ['[1, 2]::INTEGER[2]', [1, 2]],
    ["{'a': 1, 'b': ['x']}", { a: 1, b: ['x'] }],
    ["MAP {'a': 1, 'b': 2}", { a: 1, b: 2 }],
    ['MAP {1: true}', { '1': true }],
    ['union_value(number := 5)', 5],
  ])('when it is %s, then it is nested: %j', async (sql, expected) => {
    expect(await plainOf(sql)).toEqual(expected)
  })

  test('when a key is called __proto__, then it is a key as any other', async () => {
    const value = await plainOf("MAP {'__proto__': 1}")
    expect(JSON.stringify(value)).toBe('{"__proto__":1}')
  })

  test('when JSON has no such type, then it is the text that DuckDB shows', async () => {
    expect(await plainOf("DATE '2025-04-28'")).toBe('2025-04-28')
    expect(await plainOf("INTERVAL '3 days'")).toBe('3 days')
  })
})

describe('given a plain value in a cell', () => {
  test.each<readonly [Plain, string]>([
    [null, ''],
    ['', ''],
    ['text', 'text'],
    [0, '0'],
    [false, 'false'],
    [['a', 1], '["a",1]'],
    [{ a: null }, '{"a":null}'],
  ])('when it is %j, then its text is %j', (value, expected) => {
    expect(valueText(value)).toBe(expected)
  })
})
