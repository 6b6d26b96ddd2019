import { describe, expect, test } from 'vitest'
import { explainDecisionToOwner, type StatementOptions } from '../../../src/app/statement/explain-to-owner.ts'
import { unwrap } from '../../ledger/events.ts'
import { service } from '../../replay/histories.ts'
import { DAY, at as day, event } from '../../reports/health/looking.ts'
import { errorOf, recordAndProject, recordIncoming, useCaseFolder } from '../use-case.ts'

const at = useCaseFolder()
const ban = (account: string, decisionId: string) => service.banned(account, DAY, { decisionId })
const tell = (options: Partial<StatementOptions> = {}) =>
  explainDecisionToOwner({
    ...{ data: at('data'), decisionId: 'd1', account: null, howToAppeal: null, now: day(40) },
    ...options,
  })

describe('given a projected ledger', () => {
  const given = () =>
    recordAndProject(at('data'), [ban('u1', 'd1'), ban('u2', 'shared'), ban('u3', 'shared')])

  test('then a decision is explained, and its account looked up', async () => {
    await given()
    expect(unwrap(await tell({ howToAppeal: 'Write to us.' }))).toMatchObject({
      decisionId: 'd1',
      account: 'u1',
      at: '2025-04-10T00:00:00.000Z',
      standing: 'holds',
      howToAppeal: 'Write to us.',
    })
  })

  test('when more was recorded since, then the statement is current', async () => {
    await given()
    const reinstated = { decisionIds: ['d1'], reason: 'correction' }
    await recordIncoming(at('data'), [event('account.reinstated.v1', 'u1', 9, reinstated), ban('u1', 'd9')])
    expect(unwrap(await tell())).toMatchObject({ standing: 'reversed', howToAppeal: null })
    expect(unwrap(await tell({ decisionId: 'd9', account: 'u1' }))).toMatchObject({ decisionId: 'd9' })
    expect(errorOf(await tell({ decisionId: 'd9' }))).toEqual({
      kind: 'not_found',
      message:
        'the projections have no decision d9 as of sequence 3; if it is newer, run redress project, or name its account',
      options: ['account'],
    })
  })

  test('when several accounts have the decision, then one must be named', async () => {
    await given()
    expect(errorOf(await tell({ decisionId: 'shared' }))).toEqual({
      kind: 'invalid',
      message: 'several accounts have a decision shared; choose one of u2, u3',
      options: ['account'],
    })
    expect(unwrap(await tell({ decisionId: 'shared', account: 'u3' }))).toMatchObject({ account: 'u3' })
  })

  test('when the account is unknown, or has no such decision, then that is an error', async () => {
    await given()
    expect(errorOf(await tell({ account: 'nobody' }))).toEqual({
      kind: 'not_found',
      message: `the ledger in ${at('data')} has no events about the account nobody`,
    })
    expect(errorOf(await tell({ account: 'u2' }))).toEqual({
      kind: 'not_found',
      message: `the ledger in ${at('data')} has no decision d1 on the account u2`,
    })
  })
})

test('given a ledger that is not projected, then the account must be named', async () => {
  await recordIncoming(at('data'), [ban('u1', 'd1')])
  expect(errorOf(await tell())).toEqual({
    kind: 'failed',
    message: `cannot look up the account of the decision d1: nothing is projected in ${at('data')} yet; run redress project, or name the account`,
    options: ['account'],
  })
  expect(unwrap(await tell({ account: 'u1' }))).toMatchObject({ account: 'u1' })
})

test('given no ledger, then that is an error', async () => {
  expect(errorOf(await tell({ account: 'u1' }))).toMatchObject({
    kind: 'failed',
    message: expect.stringContaining('cannot use the ledger'),
  })
})
