import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { exportStatementsOfReasons, type StatementExportOptions } from '../../../src/app/export/statements.ts'
import { unwrap } from '../../ledger/events.ts'
import { service } from '../../replay/histories.ts'
import { DAY, at as day } from '../../reports/health/looking.ts'
import { contentsOf, good } from '../../reports/statements/exporting.ts'
import { errorOf, RECORDED, recordAndProject, useCaseFolder } from '../use-case.ts'

const at = useCaseFolder()
const ban = (account: string) => service.banned(account, DAY, { decisionId: `d-${account}` })
const exporting = (options: Partial<StatementExportOptions> = {}) =>
  exportStatementsOfReasons({
    ...{ data: at('data'), dir: at('out'), mapping: good, memory: '500MB' },
    ...{ at: null, from: undefined, to: undefined, onOpen: () => {}, onProgress: () => {} },
    ...options,
  })

describe('given a projected ledger', () => {
  const given = () => recordAndProject(at('data'), [ban('u1'), ban('u2')])

  test('then its decisions are in the folder, and callers get what it is as of, and its progress', async () => {
    await given()
    const progress: unknown[] = []
    const exported = unwrap(
      await exporting({
        onOpen: ({ sequence, recordedAt }) => progress.push({ sequence, recordedAt }),
        onProgress: (done, total) => progress.push([done, total]),
      }),
    )
    expect(exported).toMatchObject({
      cursor: { sequence: 2, statements: 2, unfilled: 0 },
      now: { batches: 1, statements: 2, final: 0 },
    })
    expect((await contentsOf(at('out'))).puids.sort()).toEqual(['d-u1', 'd-u2'])
    expect(progress).toEqual([{ sequence: 2, recordedAt: RECORDED }, [1, 2], [2, 2]])
  })

  test('when it is exported up to a sequence and again, then the second run exports the rest', async () => {
    await given()
    expect(unwrap(await exporting({ at: 1 })).now).toMatchObject({ statements: 1 })
    expect(unwrap(await exporting())).toMatchObject({ cursor: { statements: 2 }, now: { statements: 1 } })
  })

  test('when the projections end before the sequence, then the error says what to do, and nothing is written', async () => {
    await given()
    expect(errorOf(await exporting({ at: 3 }))).toEqual({
      kind: 'failed',
      message: 'the projections end at sequence 2, before 3; run redress project first',
    })
    expect(existsSync(at('out'))).toBe(false)
  })

  test('when the folder has another period, then that is an error', async () => {
    await given()
    unwrap(await exporting({ from: day(1) }))
    expect(errorOf(await exporting({ from: day(2) }))).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('name another folder for another period'),
    })
  })

  test('when a folder is where the cursor would be, then that is an error', async () => {
    await given()
    mkdirSync(at('out/cursor.json'), { recursive: true })
    expect(errorOf(await exporting())).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('cursor.json is not a regular file'),
    })
  })

  test('when a file has the folder’s name, then that is an error', async () => {
    await given()
    writeFileSync(at('out'), '')
    expect(errorOf(await exporting())).toMatchObject({ kind: 'failed' })
  })
})

test('given nothing projected, then that is an error, and nothing is written', async () => {
  expect(errorOf(await exporting())).toMatchObject({
    kind: 'failed',
    message: expect.stringContaining('run redress project'),
  })
  expect(existsSync(at('out'))).toBe(false)
})
