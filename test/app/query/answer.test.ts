import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { beforeEach, describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import {
  type AnswerFileOptions,
  type AnswerOptions,
  answerQuery,
  answerToFile,
} from '../../../src/app/query/answer.ts'
import { startQueryProcess } from '../../../src/app/query/process/start.ts'
import { unwrap } from '../../ledger/events.ts'
import { publish } from '../../projection/published-file.ts'
import { errorOf, useCaseFolder } from '../use-case.ts'

const at = useCaseFolder()
const ENDLESS = 'SELECT i FROM range(1000000000000) t(i) WHERE hash(i) = 0'

const limits = { memory: '500MB', timeout: 60 }
const request = () => ({
  ...{ data: at('data'), ...limits, sql: 'SELECT 1' },
  ...{ signal: new AbortController().signal, onStanding: () => {} },
})

/** Answers a query, and gives the rows as one text with the result. */
const answered = async (options: Partial<AnswerOptions>) => {
  let rows = ''
  const result = await answerQuery({
    ...request(),
    format: 'csv',
    terminalWidth: null,
    take: async (pieces) => {
      for await (const piece of pieces) rows += piece
    },
    ...options,
  })
  return { result, rows }
}
const written = (options: Partial<AnswerFileOptions>) =>
  answerToFile({ ...request(), format: 'csv', file: at('out'), ...options })

describe('given published projections', () => {
  beforeEach(() => publish(at('data')))

  test('when they are queried, then the caller gets the rows in their format, and what they are as of', async () => {
    const sequences: number[] = []
    const { result, rows } = await answered({
      sql: 'SELECT account, status FROM accounts ORDER BY ALL',
      onStanding: ({ sequence }) => sequences.push(sequence),
    })
    expect(result).toEqual(E.right(undefined))
    expect({ rows, sequences }).toEqual({
      rows: 'account,status\r\nu0,active\r\nu1,suspended\r\n',
      sequences: [6],
    })
    expect((await answered({ sql: 'SELECT 1 AS i', format: 'json' })).rows).toBe('[\n{"i":1}\n]\n')
  })

  test('when a process was started before, then that one answers', async () => {
    const process = startQueryProcess({ ...limits, format: 'csv' })
    expect((await answered({ sql: 'SELECT 1 AS i', process })).rows).toBe('i\r\n1\r\n')
  })

  test('when the SQL is wrong, then the error gives the place in it', async () => {
    const { result, rows } = await answered({ sql: 'SELECT nope FROM accounts' })
    expect(rows).toBe('')
    expect(errorOf(result)).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('nope'),
      details: expect.arrayContaining(['LINE 1: SELECT nope FROM accounts', '               ^']),
    })
  })

  test('when it takes too long, then the error names the option', async () => {
    expect(errorOf((await answered({ sql: ENDLESS, timeout: 1 })).result)).toEqual({
      kind: 'failed',
      message: 'the query was stopped after 1 s; allow it more time',
      options: ['timeout'],
    })
  })

  test('when its caller stops it, before or while it runs, then the error says so', async () => {
    const stopped = { kind: 'stopped', message: 'the query was stopped' }
    expect(errorOf((await answered({ sql: ENDLESS, signal: AbortSignal.abort() })).result)).toEqual(stopped)
    const stop = new AbortController()
    const onStanding = () => stop.abort()
    expect(errorOf((await answered({ sql: ENDLESS, signal: stop.signal, onStanding })).result)).toEqual(
      stopped,
    )
  })

  test('when the answer goes to a file, then it is there in its format, and nothing is left next to it', async () => {
    unwrap(await written({ sql: 'SELECT 1 AS i' }))
    expect(readFileSync(at('out'), 'utf8')).toBe('i\r\n1\r\n')
    unwrap(await written({ sql: 'SELECT 1 AS i', format: 'parquet', file: at('out.parquet') }))
    expect(readFileSync(at('out.parquet'), 'latin1').slice(0, 4)).toBe('PAR1')
    expect(readdirSync(at('')).sort()).toEqual(['data', 'out', 'out.parquet'])
  })

  test.each(['csv', 'parquet'] as const)(
    'when the query for a %s file fails, then the file is as it was',
    async (format) => {
      writeFileSync(at('out'), 'as it was')
      const failing = "SELECT error('no') FROM range(3)"
      expect(errorOf(await written({ sql: failing, format })).message).toContain('no')
      expect(readFileSync(at('out'), 'utf8')).toBe('as it was')
      expect(readdirSync(at('')).sort()).toEqual(['data', 'out'])
    },
  )

  test.each(['csv', 'parquet'] as const)(
    'when a %s file cannot be written, then that is the error',
    async (format) => {
      expect(errorOf(await written({ format, file: at('none/out') }))).toMatchObject({
        kind: 'failed',
        message: expect.stringContaining(at('none/out')),
      })
    },
  )
})

test('given nothing published, when it is queried, then the error says what to do', async () => {
  expect(errorOf((await answered({})).result)).toMatchObject({
    kind: 'failed',
    message: expect.stringContaining('nothing is projected'),
  })
  expect(existsSync(at('data'))).toBe(false)
})
