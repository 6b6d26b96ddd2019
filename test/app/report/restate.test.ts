import { describe, expect, test } from 'vitest'
import { readEarlierReport } from '../../../src/app/report/earlier.ts'
import { type RestateOptions, restateReport } from '../../../src/app/report/restate.ts'
import { reportTransparency } from '../../../src/app/report/transparency.ts'
import { unwrap } from '../../ledger/events.ts'
import { service } from '../../replay/histories.ts'
import { DAY, at as day } from '../../reports/health/looking.ts'
import { errorOf, recordAndProject, useCaseFolder } from '../use-case.ts'
import { emptyReport } from './reports.ts'

const at = useCaseFolder()
const onProgress = (): void => {}
const ban = (account: string) => service.banned(account, DAY, { decisionId: `d-${account}` })

/** The report of an earlier sequence, read from its JSON. */
const earlierAt = async (sequence: number) => {
  const period = { from: day(0), to: day(31) }
  const options = { data: at('data'), style: 'dsa', period, at: sequence, onProgress } as const
  const report = unwrap(await reportTransparency(options))
  return unwrap(readEarlierReport(Buffer.from(JSON.stringify(report)), 'r.json'))
}
const restate = (options: Pick<RestateOptions, 'earlier'> & Partial<RestateOptions>) =>
  restateReport({ data: at('data'), at: null, onProgress, ...options })

describe('given an earlier report and a decision recorded since', () => {
  const given = async () => {
    await recordAndProject(at('data'), [ban('u1'), ban('u2')])
    return earlierAt(1)
  }

  test('then each difference is reported with its event, and progress to its end', async () => {
    const earlier = await given()
    const progress: Array<readonly [number, number]> = []
    const onTold = (done: number, total: number) => progress.push([done, total])
    const restatement = unwrap(await restate({ earlier, onProgress: onTold }))
    expect(restatement).toMatchObject({
      earlier: { sequence: 1, sha256: earlier.sha256, isReproduced: true },
      sequence: 2,
      events: [{ sequence: 2, account: 'u2', decisionIds: ['d-u2'] }],
    })
    expect(restatement.differences).toContainEqual(
      expect.objectContaining({ section: 'automated_means', measure: 'decisions', before: 1, after: 2 }),
    )
    expect(progress.at(-1)).toEqual([2, 2])
  })

  test('then at its own sequence nothing differs', async () => {
    const restatement = unwrap(await restate({ earlier: await given(), at: 1 }))
    expect(restatement).toMatchObject({ sequence: 1, differences: [], events: [] })
  })

  test('when it is asked for a sequence before it, then that is invalid', async () => {
    expect(errorOf(await restate({ earlier: await given(), at: 0 }))).toEqual({
      kind: 'invalid',
      message: 'sequence 0 is before that of the earlier report, 1; give that one or a later one',
      options: ['at'],
    })
  })

  test('when the projections end before the sequence, then the error says what to do', async () => {
    expect(errorOf(await restate({ earlier: await given(), at: 3 }))).toEqual({
      kind: 'failed',
      message: 'the projections end at sequence 2, before 3; run redress project first',
    })
  })
})

test('given nothing projected, then that is an error', async () => {
  expect(errorOf(await restate({ earlier: { report: emptyReport, sha256: '' } }))).toMatchObject({
    kind: 'failed',
    message: expect.stringContaining('run redress project'),
  })
})
