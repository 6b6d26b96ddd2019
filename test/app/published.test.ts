import { writeFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { invalid } from '../../src/app/error.ts'
import { readingPublished } from '../../src/app/published.ts'
import { rowsOf } from '../../src/projection/duckdb.ts'
import { publishedFile } from '../../src/projection/files.ts'
import { service } from '../replay/histories.ts'
import { unwrap } from '../replay/ledgers.ts'
import { errorOf, quietly, recordAndProject, withTemporaryFolder } from './data-folder.ts'

const MEMORY = '500MB'

describe('reading what is published', () => {
  test('given a projected ledger, then it gives what the reader gives, and closes the file', () =>
    withTemporaryFolder(async (data) => {
      await recordAndProject(data, [service.banned('u1', 24, { decisionId: 'd1' })])

      const read = await quietly(data, () =>
        readingPublished({ data, memory: MEMORY }, async ({ connection, standing }) =>
          E.right([standing.sequence, await rowsOf(connection, 'SELECT decision_id FROM decisions')]),
        ),
      )

      expect(unwrap(read)).toEqual([1, [['d1']]])
    }))

  test('given nothing projected, then the error says what to do, or what its caller says', () =>
    withTemporaryFolder(async (data) => {
      const never = async () => E.right(null)

      expect(errorOf(await readingPublished({ data, memory: MEMORY }, never))).toEqual({
        kind: 'failed',
        message: `nothing is projected in ${data} yet: run redress project, or name another folder with --data`,
      })
      const described = await readingPublished({ data, memory: MEMORY }, never, ({ kind }) => `it is ${kind}`)
      expect(errorOf(described)).toEqual({ kind: 'failed', message: 'it is missing' })
    }))

  test('given a file that is no database, then that is an error', () =>
    withTemporaryFolder(async (data) => {
      await writeFile(publishedFile(data), 'no database')

      const error = errorOf(
        await quietly(data, () => readingPublished({ data, memory: MEMORY }, async () => E.right(null))),
      )

      expect(error).toMatchObject({
        kind: 'failed',
        message: expect.stringMatching(/^can't use the projections in .*; redress project makes them anew$/),
      })
    }))

  test('given a reader that fails, then its own error, DuckDB\u2019s as one, and a bug as it is; the file is closed', () =>
    withTemporaryFolder(async (data) => {
      await recordAndProject(data, [service.banned('u1', 24, { decisionId: 'd1' })])
      const reading = <A>(use: Parameters<typeof readingPublished<A>>[1]) =>
        quietly(data, () => readingPublished({ data, memory: MEMORY }, use))

      expect(errorOf(await reading(async () => invalid('no')))).toEqual({ kind: 'invalid', message: 'no' })

      const sql = await reading(async ({ connection }) => E.right(await rowsOf(connection, 'FROM nothing')))
      expect(errorOf(sql)).toMatchObject({
        kind: 'failed',
        message: expect.stringMatching(/^the projections could not be made or read: Catalog Error: /),
      })

      const bug = quietly(data, () =>
        readingPublished({ data, memory: MEMORY }, async () => {
          throw new TypeError('a bug')
        }).catch((error: unknown) => error),
      )
      expect(await bug).toEqual(new TypeError('a bug'))
    }))
})
