import { beforeEach, describe, expect, test } from 'vitest'
import { showAccount } from '../../../src/app/account/show.ts'
import { storyJson } from '../../../src/app/account/story-json.ts'
import { liftHold } from '../../../src/app/hold/lift.ts'
import { holdJson, listHolds } from '../../../src/app/hold/list.ts'
import { requestHold } from '../../../src/app/hold/request.ts'
import { reportHealth } from '../../../src/app/report/health.ts'
import type { HoldKey } from '../../../src/domain/suspect.ts'
import { formatInstant } from '../../../src/domain/time.ts'
import { openLedger } from '../../../src/ledger/open.ts'
import { unwrap } from '../../ledger/events.ts'
import { projected } from '../../projection/projecting.ts'
import { service } from '../../replay/histories.ts'
import { DAY, at as day } from '../../reports/health/looking.ts'
import { clock, errorOf, RECORDED, recordIncoming, storedIn, useCaseFolder } from '../use-case.ts'

const path = useCaseFolder()
const place = () => ({ data: path('data'), clock })
// Cast: what the command line made of its options.
const key = (named: object): HoldKey => named as HoldKey
const request = (named: object, by = 'ana', reason = 'it bans anybody') =>
  requestHold({ ...place(), key: key(named), by, reason })
const lift = (holdId: string, by = 'ana', reason = 'fixed') => liftHold({ ...place(), holdId, by, reason })

const banned = service.banned('u1', DAY, { decisionId: 'd1' })
const decidedBy = { kind: 'rule', id: 'strikes' }

describe('given a ledger', () => {
  beforeEach(() => recordIncoming(path('data'), [banned]))

  test('when a hold is asked for and lifted, then it is listed with both', async () => {
    const { kind, hold } = unwrap(await request({ rule: 'spam', version: 'v2' }))
    expect(kind).toBe('requested')
    expect(unwrap(await listHolds(place()))).toEqual([hold])
    expect(unwrap(await lift(hold.holdId, 'bo'))).toEqual({ kind: 'lifted', holdId: hold.holdId })
    expect(unwrap(await listHolds(place())).map(holdJson)).toEqual([
      {
        holdId: hold.holdId,
        key: { rule: 'spam', version: 'v2' },
        by: 'ana',
        reason: 'it bans anybody',
        alarmId: null,
        since: formatInstant(RECORDED),
        lifted: { at: formatInstant(RECORDED), by: 'bo', reason: 'fixed' },
      },
    ])
  })

  test('when it is asked for or lifted again, then nothing is recorded; after its end, a new one is', async () => {
    const first = unwrap(await request({ rule: 'spam' }))
    expect(unwrap(await request({ rule: 'spam' }, 'bo'))).toEqual({ kind: 'standing', hold: first.hold })
    unwrap(await lift(first.hold.holdId))
    expect(unwrap(await lift(first.hold.holdId, 'bo'))).toMatchObject({ kind: 'unchanged' })
    expect(await storedIn(path('data'))).toHaveLength(3)
    const again = unwrap(await request({ rule: 'spam' }))
    expect(again.kind).toBe('requested')
    expect(again.hold.holdId).not.toBe(first.hold.holdId)
  })

  test('when two people ask for holds at once, then who is told that it is recorded is right', async () => {
    const answers = await Promise.all([request({ rule: 'a' }), request({ rule: 'b' })])
    const recorded = unwrap(await listHolds(place()))
    expect(recorded).toHaveLength(answers.filter(({ _tag }) => _tag === 'Right').length)
    for (const answer of answers) {
      if (answer._tag === 'Left')
        expect(answer.left).toMatchObject({ kind: 'failed', message: expect.stringContaining('try again') })
    }
  })

  test.each([
    [{}, 'at least one of'],
    [{ rule: '' }, 'rule'],
    [{ rule: 'spam', detector: { id: '\n' } }, 'detector'],
    [{ decidedBy: { kind: 'machine', id: 'x' } }, 'decidedBy'],
  ])('when a hold on %j is asked for, then it is refused and nothing is recorded', async (named, message) => {
    const error = errorOf(await request(named))
    expect(error.kind).toBe('invalid')
    expect(error.message).toContain(message)
    expect(await storedIn(path('data'))).toHaveLength(1)
  })

  test('when a name or a reason is no line, then the option is named', async () => {
    expect(errorOf(await request({ rule: 'r' }, ''))).toMatchObject({ kind: 'invalid', options: ['by'] })
    expect(errorOf(await request({ rule: 'r' }, 'ana', 'a\nb'))).toMatchObject({ options: ['reason'] })
    expect(errorOf(await lift('h1', ''))).toMatchObject({ options: ['by'] })
    expect(errorOf(await lift('h1', 'ana', ''))).toMatchObject({ options: ['reason'] })
  })

  test('when an unknown hold is lifted, then it is not found, and how to list them is said', async () => {
    expect(errorOf(await lift('h9'))).toMatchObject({
      kind: 'not_found',
      message: expect.stringContaining('has no hold h9; redress hold list names them'),
    })
  })
})

describe('given a decision that a machine made under a hold', () => {
  const late = (RECORDED - day(0)) / 3_600_000
  beforeEach(async () => {
    await recordIncoming(path('data'), [banned])
    unwrap(await request({ decidedBy }))
    unwrap(await request({ rule: 'unused' }))
    await recordIncoming(path('data'), [service.banned('u2', late + 1, { decisionId: 'd2', decidedBy })])
    const open = unwrap(await openLedger(path('data'), { clock }))
    await projected({ dir: path('data'), open }).finally(open.close)
  })

  test('when the account is shown, then its story says so, and that of an earlier decision does not', async () => {
    const moment = { asOf: null, happenedBy: null, now: RECORDED + 7_200_000 }
    const [hold] = unwrap(await listHolds(place()))
    for (const [account, holds] of [
      ['u2', [hold?.holdId]],
      ['u1', []],
    ] as const) {
      const story = unwrap(await showAccount({ data: path('data'), account, moment }))
      expect(storyJson(story, moment).decisions).toMatchObject([{ madeUnderHolds: holds }])
    }
  })

  test('when health is reported, then it is counted, until the hold is lifted', async () => {
    const look = { data: path('data'), asOf: RECORDED + 7_200_000, now: RECORDED }
    const { holds } = unwrap(await reportHealth(look))
    expect(holds).toMatchObject([
      { hold: { key: { decidedBy } }, decisions: 1 },
      { hold: { key: { rule: 'unused' } }, decisions: 0 },
    ])
    for (const { hold } of holds) unwrap(await lift(hold.holdId))
    expect(unwrap(await reportHealth(look)).holds).toEqual([])
  })
})
