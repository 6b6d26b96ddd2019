import { DatabaseSync, StatementSync } from 'node:sqlite'
import { DuckDBConnection } from '@duckdb/node-api'

// What growth tests count, whatever code does the work: the methods that all of it goes through are replaced for a while.

type Method = (this: unknown, ...args: unknown[]) => unknown
type Replacement = (original: Method) => Method

const replacing = async (
  replacements: ReadonlyArray<readonly [on: object, method: string, by: Replacement]>,
  work: () => unknown,
): Promise<void> => {
  const before = replacements.map(([on, method]) => Object.getOwnPropertyDescriptor(on, method))
  for (const [on, method, by] of replacements) {
    // Cast: each that is named below is a method.
    const original = Reflect.get(on, method) as Method
    Object.defineProperty(on, method, { value: by(original), configurable: true, writable: true })
  }
  try {
    await work()
  } finally {
    replacements.forEach(([on, method], i) => {
      Object.defineProperty(on, method, before[i] ?? {})
    })
  }
}

const iterators = [[], new Map(), new Set()].map((collection) =>
  Object.getPrototypeOf(collection[Symbol.iterator]()),
)
const calling = ['map', 'filter', 'flatMap', 'forEach', 'some', 'every', 'find', 'findIndex', 'findLast']
const comparing = ['reduce', 'sort', 'toSorted']
const whole = ['includes', 'indexOf', 'slice', 'concat', 'join', 'toReversed', 'fill']

/**
 * How many elements of arrays, maps and sets are looked at: each step of a loop or of a spread, each call back, each
 * comparison of a sort, and all elements of what is searched or copied as a whole.
 */
export const elementsLookedAt = async (work: () => unknown): Promise<number> => {
  let count = 0
  const counted: Replacement = (original) =>
    function (...args) {
      count++
      return original.apply(this, args)
    }
  const withCountedCall: Replacement = (original) =>
    function (...args) {
      // Cast: what these methods are given first is a function, or nothing.
      if (typeof args[0] === 'function') args[0] = counted(args[0] as Method)
      return original.apply(this, args)
    }
  const countedWhole: Replacement = (original) =>
    function (...args) {
      if (Array.isArray(this)) count += this.length
      return original.apply(this, args)
    }
  await replacing(
    [
      ...iterators.map((iterator) => [iterator, 'next', counted] as const),
      ...[...calling, ...comparing].map((method) => [Array.prototype, method, withCountedCall] as const),
      ...whole.map((method) => [Array.prototype, method, countedWhole] as const),
    ],
    work,
  )
  return count
}

/** How many statements SQLite runs, and how many rows it gives, of all databases of this process. */
export const sqliteWork = async (work: () => unknown): Promise<number> => {
  let count = 0
  const statement: Replacement = (original) =>
    function (...args) {
      count++
      return original.apply(this, args)
    }
  const all: Replacement = (original) =>
    function (...args) {
      const rows = original.apply(this, args)
      count += 1 + (Array.isArray(rows) ? rows.length : 0)
      return rows
    }
  const iterate: Replacement = (original) =>
    function* (...args) {
      count++
      // Cast: that is what `iterate` gives.
      for (const row of original.apply(this, args) as Iterable<unknown>) {
        count++
        yield row
      }
    }
  await replacing(
    [
      [StatementSync.prototype, 'get', statement],
      [StatementSync.prototype, 'run', statement],
      [StatementSync.prototype, 'all', all],
      [StatementSync.prototype, 'iterate', iterate],
      [DatabaseSync.prototype, 'exec', statement],
    ],
    work,
  )
  return count
}

/** The statements that DuckDB is given. */
export const duckdbStatements = async (work: () => unknown): Promise<ReadonlyArray<string>> => {
  const statements: string[] = []
  const noted: Replacement = (original) =>
    function (...args) {
      statements.push(String(args[0]))
      return original.apply(this, args)
    }
  const methods = ['run', 'stream']
  await replacing(
    methods.map((method) => [DuckDBConnection.prototype, method, noted] as const),
    work,
  )
  return statements
}

/**
 * How many times as much work four times as much input makes. Sorting takes a little more than four times the work, a
 * product of the input with itself sixteen times.
 */
export const growthOf = async (work: (n: number) => Promise<number>, n: number): Promise<number> =>
  (await work(4 * n)) / (await work(n))

/** What grows no faster than sorting does. */
export const NEARLY_LINEAR = 5.5
