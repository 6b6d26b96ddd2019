import { describe, expect, test } from 'vitest'
import { reportTransparency, type TransparencyOptions } from '../../../src/app/report/transparency.ts'
import { unwrap } from '../../ledger/events.ts'
import { service } from '../../replay/histories.ts'
import { DAY, at as day } from '../../reports/health/looking.ts'
import { errorOf, recordAndProject, useCaseFolder } from '../use-case.ts'

const at = useCaseFolder()
const period = { from: day(0), to: day(31) }
const reportOn = (options: Partial<TransparencyOptions> = {}) =>
  reportTransparency({ data: at('data'), style: 'dsa', period, at: null, onProgress: () => {}, ...options })
const ban = (account: string) => service.banned(account, DAY, { decisionId: `d-${account}` })

describe('given a projected ledger', () => {
  const given = () => recordAndProject(at('data'), [ban('u1'), ban('u2')])

  test('then a period is counted, and progress is reported to its end', async () => {
    await given()
    const progress: Array<readonly [number, number]> = []
    const report = unwrap(await reportOn({ onProgress: (done, total) => progress.push([done, total]) }))
    expect(report).toMatchObject({ style: 'dsa', sequence: 2, period: { from: '2025-03-01T00:00:00.000Z' } })
    const means = report.sections.find(({ id }) => id === 'automated_means')
    expect(means?.total).toMatchObject({ decisions: 2 })
    expect(progress.at(-1)).toEqual([2, 2])
  })

  test('then it is counted as known at an earlier sequence', async () => {
    await given()
    const report = unwrap(await reportOn({ at: 1 }))
    expect(report.sequence).toBe(1)
    expect(report.sections.find(({ id }) => id === 'automated_means')?.total).toMatchObject({ decisions: 1 })
  })

  test('when the projections end before the sequence, then the error says what to do', async () => {
    await given()
    expect(errorOf(await reportOn({ at: 3 }))).toEqual({
      kind: 'failed',
      message: 'the projections end at sequence 2, before 3; run redress project first',
    })
  })
})

test('given a period that ends where it begins, then it is invalid', async () => {
  const nothing = { from: day(3), to: day(3) }
  expect(errorOf(await reportOn({ period: nothing }))).toEqual({
    kind: 'invalid',
    message: 'the period must start before it ends',
    options: ['from', 'to'],
  })
})

test('given nothing projected, then that is an error', async () => {
  expect(errorOf(await reportOn())).toMatchObject({
    kind: 'failed',
    message: expect.stringContaining('run redress project'),
  })
})
