import type { DuckDBConnection } from '@duckdb/node-api'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { compileCondition } from '../../../src/rulesets/cel/condition.ts'
import type { Evidence, SignalType, Truth } from '../../../src/rulesets/ruleset.ts'
import { conditionSql } from '../../../src/rulesets/sql/condition-sql.ts'
import { often } from '../../long/often.ts'
import { conditions, declared, evidences } from '../cel/generate.ts'
import { createEvidenceTable, evidenceTableColumns, openDuckdb } from './evidence-table.ts'

let connection: DuckDBConnection
beforeAll(async () => {
  connection = await openDuckdb()
})

const all = [...declared].map(([signal, type]) => ({ signal, type }))
/** One signal of each type has a column, the other is taken from the JSON. */
const columns = evidenceTableColumns(all.filter(({ signal }) => signal.endsWith('1')))
/** The names of signals instead of their columns. */
const named = { ...columns, signal: (name: string) => name }

const right = <T>(either: E.Either<unknown, T>): T => {
  if (E.isLeft(either)) throw new Error(JSON.stringify(either.left))
  return either.right
}
const sqlOf = (text: string): string => right(conditionSql(text, declared, columns))
const rowsOf = async (query: string) => (await connection.runAndReadAll(query)).getRowsJS()

const truthIn = (value: unknown): Truth => (value === null ? 'unknown' : value === true ? 'true' : 'false')

/** The conditions for which DuckDB and CEL disagree about some evidence, and that evidence. */
const disagreements = async (
  texts: ReadonlyArray<string>,
  cases: ReadonlyArray<Evidence>,
): Promise<ReadonlyArray<unknown>> => {
  await createEvidenceTable(connection, cases, all)
  const expressions = texts.map(sqlOf)
  const rows = await rowsOf(`SELECT ${expressions.join(', ')} FROM evidence ORDER BY n`)
  expect(rows).toHaveLength(cases.length)
  const disagreeing: unknown[] = []
  const holds: number[] = []
  const fails: number[] = []
  texts.forEach((text, k) => {
    const { evaluate } = right(compileCondition(text, declared))
    const truths = cases.map(evaluate)
    truths.forEach((cel, n) => {
      const sql = truthIn(rows[n]?.[k])
      if (sql !== cel) disagreeing.push({ text, sql: expressions[k], evidence: cases[n], found: sql, cel })
    })
    holds.push(truths.filter((truth) => truth === 'true').length)
    fails.push(truths.filter((truth) => truth === 'false').length)
  })
  // In WHERE, DuckDB optimizes conditions differently.
  const counted = (wrap: (sql: string) => string) =>
    rowsOf(
      expressions
        .map((sql, k) => `SELECT ${k} AS k, count(*)::INTEGER AS rows FROM evidence WHERE ${wrap(sql)}`)
        .join(' UNION ALL ')
        .concat(' ORDER BY k'),
    )
  const byWhere = await counted((sql) => sql)
  const byNot = await counted((sql) => `NOT (${sql})`)
  texts.forEach((text, k) => {
    if (byWhere[k]?.[1] !== holds[k]) disagreeing.push({ text, where: byWhere[k]?.[1], cel: holds[k] })
    if (byNot[k]?.[1] !== fails[k]) disagreeing.push({ text, whereNot: byNot[k]?.[1], cel: fails[k] })
  })
  return disagreeing
}

const nothing: Evidence = {
  signals: {},
  detector: { kind: 'model', id: 'scanner', version: '4.2.0' },
  flag: { category: 'spam', source: 'own_initiative' },
  content: { id: 'p1', kind: 'pin' },
}

describe('given any condition and any evidence', () => {
  test('then DuckDB finds the truth that CEL finds', async () => {
    await fc.assert(
      // A seed, because a failure would print all conditions and all evidence.
      fc.asyncProperty(fc.integer(), async (seed) => {
        const texts = fc.sample(conditions, { seed, numRuns: 40 }).map(({ text }) => text)
        const cases = fc.sample(evidences, { seed, numRuns: 250 })
        expect((await disagreements(texts, cases)).slice(0, 3)).toEqual([])
      }),
      { numRuns: often(15, 500), endOnFailure: true },
    )
  })
})

/** What evidence can make of each signal. */
const edges: ReadonlyArray<Evidence> = [
  {},
  { d1: 1e308, d2: 1e308, i1: 2 ** 53 - 1, i2: 2 ** 53 - 1, s1: 'NaN', s2: '' },
  { d1: -1e308, d2: 1e308, i1: -(2 ** 53) + 1, i2: 2 ** 53 - 1, s1: '\u{ff61}', s2: '\u{1f600}' },
  { d1: 1e308, d2: 0, i1: 2, i2: 0, s1: 'a\0', s2: 'a' },
  { d1: 1e308, i1: 2, s1: "it's" },
  { d2: 1e308, i2: 2, s2: "it's" },
  { d1: -0, d2: 0, i1: -0, i2: 0, b1: true, b2: false },
  { d1: 'NaN', d2: true, i1: 2 ** 53, i2: 0.5, b1: 1, b2: 'true', s1: 1, s2: false },
].map((signals) => ({ ...nothing, signals, content: 'd1' in signals ? nothing.content : null }))

describe('given what DuckDB and CEL do differently', () => {
  test.each([
    ['an int overflows', 'signals.i1 * 9223372036854775807 > 0'],
    ['an int overflows to the least', 'signals.i1 * signals.i2 * 1024 < 0'],
    ['an int overflows before it comes back', 'signals.i1 * signals.i2 * 1024 - signals.i1 != 0'],
    ['literals overflow', '9223372036854775807 + 1 > 0 || signals.i1 > 0'],
    ['literals overflow 32 bits', '2147483647 + 1 > signals.i1 && 65536 * 65536 > 1'],
    ['the least int', 'signals.i1 > -9223372036854775808 && -9223372036854775808 - 1 < 0'],
    ['the least int is negated', 'signals.i1 in [2, -(-9223372036854775808)]'],
    ['the least int is compared with a product', '-9223372036854775808 <= -1 * (-2 * signals.i1)'],
    ['an overflow in a list', 'signals.i1 * 9223372036854775807 in [0, 9223372036854775807, 5]'],
    ['a product could be reordered', '3 * signals.i2 * (-9223372036854775808 * 0) != 9007199254740991'],
    ['an overflow in a list of one', 'signals.i1 * 9223372036854775807 in [0]'],
    ['a product in a list', '-1 * (-2 * signals.i1) in [-9223372036854775808, 9223372036854775807]'],
    ['an infinity is a number', 'signals.d1 * 10.0 > 1.0'],
    ...['==', '!=', '<', '<=', '>', '>='].flatMap((operator) => [
      [`NaN on the left of ${operator}`, `signals.d1 * 10.0 - signals.d1 * 10.0 ${operator} signals.d2`],
      [`NaN on the right of ${operator}`, `signals.d2 ${operator} signals.d1 * 10.0 * 0.0`],
      [`NaN on both sides of ${operator}`, `signals.d1 * 10.0 * 0.0 ${operator} signals.d2 * 10.0 * 0.0`],
    ]),
    ['zero times infinity', '0.0 * (signals.d1 * 10.0) > -1.0 || signals.d2 * (signals.d1 * 10.0) > -1.0'],
    ['infinity times zero', 'signals.d1 * 10.0 * 0.0 > -1.0 || signals.d1 * 10.0 * signals.d2 > -1.0'],
    ['NaN in a list', 'signals.d1 * 10.0 * signals.d2 in [1.0, 0.0]'],
    ['NaN in arithmetic', '(signals.d1 * 10.0 * signals.d2 + 1.0) * 2.0 > 1.0'],
    ['minus zero', 'signals.d1 == 0.0 && -0.0 == signals.d2 && !(signals.d1 < signals.d2)'],
    ['minus zero in a long list', `signals.d1 in [${[...Array(20).keys()].map((n) => `${n}.0`)}]`],
    ['text in code points', 'signals.s1 < signals.s2'],
    ['null characters', 'signals.s1 == "a\\x00" || signals.s1.endsWith("\\0001") || signals.s1 > "a"'],
    ['a null character in a list', 'signals.s1 in ["b", "a\\x00"]'],
    [
      'null characters are joined',
      '"a\\x00" + signals.s2 == signals.s1 + "a" || "\\x00" + "\\x00" > signals.s1',
    ],
    ['quotes', `signals.s1 == "it's" || signals.s2 + "'" == "it's'"`],
    [
      'every text starts with, ends with and contains none',
      'signals.s1.contains("") && signals.s1.startsWith(signals.s2)',
    ],
    ['bools are ordered', 'signals.b1 > signals.b2 && false < true'],
    ['an unknown part that does not matter', 'signals.d1 > 5.0 || signals.i2 > 0 || signals.b1'],
    ['a comparison of conditions', '(signals.d1 > 0.0) == (signals.i1 > 0 && signals.b1)'],
    ['a condition that reads nothing', 'true && !(1 > 2)'],
    ['a constant that is unknown', '9223372036854775807 * 2 == 0'],
  ])('when %s, then both agree', async (_, text) => {
    expect(await disagreements([text], edges)).toEqual([])
  })
})

describe('given a condition as large as one can be', () => {
  test.each([
    ['a chain of ||', Array(1_600).fill('1>2').join('||')],
    ['a chain of &&', Array(800).fill('signals.b1').join('&&')],
    ['a long list', `signals.i1 in [${[...Array(2_000).keys()]}]`],
    ['nested parentheses', `${'('.repeat(100)}signals.b1${')'.repeat(100)}`],
    ['nested negations', `${'!(false || '.repeat(44)}signals.b1${')'.repeat(44)}`],
    [
      'a sum that overflows at every level',
      `${'(9223372036854775807 + '.repeat(48)}signals.i1${')'.repeat(48)} > 0`,
    ],
    [
      'a product that overflows at every level',
      `${'(signals.d1 * '.repeat(48)}signals.d2${')'.repeat(48)} > 0.0`,
    ],
    [
      'a difference that can be NaN at every level',
      `${'(signals.d1 - 2.0 * '.repeat(30)}signals.d2${')'.repeat(30)} > 0.0`,
    ],
    ['a long text', `signals.s1 == "${'x'.repeat(9_900)}"`],
  ])('when it is %s, then DuckDB evaluates it', async (_, text) => {
    expect(await disagreements([text], edges)).toEqual([])
  })
})

describe('given a condition whose numbers can neither overflow nor be NaN', () => {
  test.each([
    ['signals.d1 >= 0.8 && signals.i1 > 40', 'd1 >= 0.8e0 AND i1 > 40'],
    ['!signals.b1 || has(signals.d1)', 'NOT b1 OR d1 IS NOT NULL'],
    ['signals.b1 && (signals.d1 < 0.5 || !(signals.b2 && true))', 'b1 AND (d1 < 0.5e0 OR NOT (b2 AND TRUE))'],
    ['signals.i1 * 2 - 1 < -3', 'xor(xor(i1 * CAST(2 AS BIGINT), 0) - CAST(1 AS BIGINT), 0) < -3'],
    ['signals.d1 * 2.0 + 1.0 > signals.d2', '((d1 * 2e0) + 1e0) > d2'],
    ['signals.s1 in ["de", "it\'s"]', "s1 IN ('de', 'it''s')"],
    ['content.kind.startsWith("p")', "starts_with(content_kind, 'p')"],
  ])('when %s is compiled, then the SQL is as plain', (text, sql) => {
    expect(right(conditionSql(text, declared, named))).toBe(sql)
  })
})

describe('given an expression for a column that is not a name', () => {
  test('then its parts stay together', () => {
    const signal = () => 'a OR b'
    const sql = conditionSql('signals.b && true', new Map([['b', 'bool' as SignalType]]), {
      ...columns,
      signal,
    })
    expect(sql).toEqual(E.right('(a OR b) AND TRUE'))
  })
})

describe('given a condition that is not accepted', () => {
  test.each([['signals.i1 >'], ['signals.unknown > 1'], ['signals.i1 > 1.5'], ['size(signals.s1) > 1']])(
    'when %s is compiled, then the first problem is the reason',
    (text) => {
      const refused = compileCondition(text, declared)
      expect(conditionSql(text, declared, columns)).toEqual(
        E.left(E.isLeft(refused) ? refused.left[0]?.message : ''),
      )
    },
  )
})
