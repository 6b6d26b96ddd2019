import { beforeEach, describe, expect, test } from 'vitest'
import { type ShowOptions, showAccount } from '../../../src/app/account/show.ts'
import { storyJson } from '../../../src/app/account/story-json.ts'
import { decodeIncoming } from '../../../src/domain/decode.ts'
import { sampleEvent } from '../../../src/domain/sample.ts'
import { prepare } from '../../../src/ledger/event/prepare.ts'
import { appeal, flag, unwrap } from '../../ledger/events.ts'
import { errorOf, RECORDED, record, useCaseFolder, vectorEvents } from '../use-case.ts'

const path = useCaseFolder()
const now = RECORDED + 60_000
const shown = (account: string, moment: Partial<ShowOptions['moment']> = {}) =>
  showAccount({
    data: path('data'),
    account,
    moment: { asOf: null, happenedBy: null, now, ...moment },
  })

describe('given an account that was flagged and then suspended', () => {
  beforeEach(() => record(path('data'), vectorEvents('05-cascade-across-accounts')))

  test('when it is shown, then its current state and its whole story are returned, in order', async () => {
    const { state, events, accountId } = unwrap(await shown('alt'))
    expect(accountId).toBe('alt')
    expect(state).toMatchObject({ at: now, status: 'suspended', heldBy: [{ decisionId: 'd-alt' }] })
    expect(events.map(({ type, time }) => [type, time])).toEqual([
      ['flag.raised.v1', '2025-04-30T00:00:00.000Z'],
      ['account.deactivated.v1', '2025-04-30T00:01:00.000Z'],
    ])
  })

  test('when it is shown between the two, then only the flag has happened', async () => {
    const happenedBy = Date.UTC(2025, 3, 30, 0, 0, 30)
    const { state, events } = unwrap(await shown('alt', { happenedBy }))
    expect(state).toMatchObject({ at: happenedBy, status: 'active' })
    expect(events.map(({ type }) => type)).toEqual(['flag.raised.v1'])
  })

  test('when it is shown as of before it was recorded, then nothing was known of it', async () => {
    const { state, events } = unwrap(await shown('alt', { asOf: RECORDED - 1 }))
    expect(state).toMatchObject({ at: RECORDED - 1, status: 'active' })
    expect(events).toEqual([])
  })

  test('when another account is asked for, then it is not found', async () => {
    expect(errorOf(await shown('nobody'))).toEqual({
      kind: 'not_found',
      message: `the ledger in ${path('data')} has no events about the account nobody`,
    })
  })
})

test('given personal text, when the account is shown, then it is opened', async () => {
  await record(path('data'), [flag('e1', 'u1'), appeal('e2', 'u1', 'these are quilts')])
  const { texts } = unwrap(await shown('u1'))
  expect([...texts]).toEqual([['/test e2', { kind: 'open', text: 'these are quilts' }]])
})

test('given no ledger, when an account is shown, then it fails and says how to create one', async () => {
  expect(errorOf(await shown('u1'))).toMatchObject({
    kind: 'failed',
    message: expect.stringContaining('create one with redress ingest'),
  })
})

test('given a flag that was rescored, when the account is shown, then its story has both, and as JSON the flag names what was found', async () => {
  const sample = sampleEvent('flag.rescored.v1')
  const ofFlag = { ...sample, subject: 'u1', data: { ...Object(sample.data), flagId: 'f-u1-e1' } }
  const rescored = unwrap(prepare(unwrap(decodeIncoming(ofFlag)).event))
  await record(path('data'), [flag('e1', 'u1'), rescored])
  const story = unwrap(await shown('u1'))
  expect(story.events.map(({ type }) => type)).toEqual(['flag.raised.v1', 'flag.rescored.v1'])
  const { flags, oddities } = storyJson(story, { asOf: null, happenedBy: null, now })
  expect(flags).toMatchObject([
    { flagId: 'f-u1-e1', rescorings: [{ at: '2025-04-29T00:00:00.000Z', detector: { version: '4.3.2' } }] },
  ])
  expect(oddities).toEqual([])
})
