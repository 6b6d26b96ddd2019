import { mkdirSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { invalid, notFound } from '../../src/app/error.ts'
import { readingPublished } from '../../src/app/published.ts'
import { rowsOf } from '../../src/projection/duckdb.ts'
import { publishedFile } from '../../src/projection/files.ts'
import { unwrap } from '../ledger/events.ts'
import { service } from '../replay/histories.ts'
import { errorOf, recordAndProject, useCaseFolder } from './use-case.ts'

const at = useCaseFolder()

/** Reads what is published in a folder of the test. */
const reading = <A>(use: Parameters<typeof readingPublished<A>>[1]) =>
  readingPublished({ data: at('data'), memory: '500MB' }, use)

describe('given a projected ledger', () => {
  const given = () => recordAndProject(at('data'), [service.banned('u1', 24, { decisionId: 'd1' })])

  test('then the result is what the reader gives', async () => {
    await given()
    const read = await reading(async ({ connection, standing }) =>
      E.right([standing.sequence, await rowsOf(connection, 'SELECT decision_id FROM decisions')]),
    )
    expect(unwrap(read)).toEqual([1, [['d1']]])
  })

  test('when the reader fails, then its own error is given, and DuckDB\u2019s as one', async () => {
    await given()
    expect(errorOf(await reading(async () => invalid('no')))).toEqual({ kind: 'invalid', message: 'no' })

    const sql = await reading(async ({ connection }) => E.right(await rowsOf(connection, 'FROM nothing')))
    expect(errorOf(sql)).toMatchObject({
      kind: 'failed',
      message: expect.stringMatching(/^the projections could not be written or read: Catalog Error: /),
    })
  })

  test('when the reader has a bug, then it is rethrown', async () => {
    await given()
    const bug = reading(async () => {
      throw new TypeError('a bug')
    })
    await expect(bug).rejects.toEqual(new TypeError('a bug'))
  })
})

describe('given nothing to read', () => {
  const never = async () => E.right(null)

  test('then the error says what to do, or what its caller makes of it', async () => {
    expect(errorOf(await reading(never))).toEqual({
      kind: 'failed',
      message: `nothing is projected in ${at('data')} yet: run redress project, or name another folder with --data`,
    })
    const place = { data: at('data'), memory: '500MB' }
    expect(
      errorOf(await readingPublished(place, never, ({ kind }) => notFound(`it is ${kind}`, 'data'))),
    ).toEqual({
      kind: 'not_found',
      message: 'it is missing',
      options: ['data'],
    })
  })

  test('when the file is not a database, then that is an error', async () => {
    mkdirSync(at('data'))
    writeFileSync(publishedFile(at('data')), 'no database')
    expect(errorOf(await reading(never))).toMatchObject({
      kind: 'failed',
      message: expect.stringMatching(/^cannot use the projections in /),
    })
  })
})
