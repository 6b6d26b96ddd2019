import { describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import type { ReviewOutcome } from '../../../../src/incidents/remediation/plan/draft.ts'
import { draftPlan } from '../../../../src/incidents/remediation/plan/plan.ts'
import { replay } from '../../../../src/replay/result/replay.ts'
import { correcting, historyOf, RULESET, service } from '../../../replay/histories.ts'
import { named, planned } from './plans.ts'

const document = (version: string, score: number) => ({
  ruleset: RULESET,
  version,
  signals: { score: 'int' },
  rules: [
    { id: 'a', category: 'alpha', when: `signals.score >= ${score}`, strikes: 2, removes_content: true },
  ],
  deactivations: [
    { id: 'two', at_least: 2, restriction: 'suspended' },
    { id: 'four', at_least: 4, restriction: 'terminated' },
  ],
})
const correction = correcting(document('v2', 8))
const { published, flagged, banned, removed } = service
const faulty = published(document('v1', 5))
const pin = { id: '1', kind: 'pin' }
const suspects = named({ rule: 'a' })

describe('given an account whose ban and pin fell with one flag, another false flag, and an open appeal', () => {
  const events = [
    faulty,
    flagged('u1', 1, { flagId: 'f1', signals: { score: 6 }, content: pin }),
    removed('u1', 2, { decisionId: 'r1', grounds: ['f1'], content: pin }),
    banned('u1', 3, { decisionId: 'd1', grounds: ['f1'] }),
    flagged('u1', 4, { flagId: 'f2', signals: { score: 7 } }),
    service.appealed('u1', 5, { appealId: 'p1', decisionId: 'd1' }),
  ]

  test('then both are reversed, the strike that nothing voids is asked for, and the effects are foretold', async () => {
    const { head, accounts, sample } = await planned(events, correction, { suspects })
    const shared = { class: 'wrongful', rule: 'a', flagsVoided: ['f1'], becauseOf: [] }
    expect(accounts).toEqual([
      {
        account: 'u1',
        wave: 1,
        decisions: [
          {
            ...{ ...shared, kind: 'content', decisionId: 'r1', remedy: 'restore', content: pin },
            ...{ occurredAt: '2025-03-01T02:00:00.000Z', restriction: null },
          },
          {
            ...{ ...shared, kind: 'account', decisionId: 'd1', remedy: 'reinstate' },
            ...{ occurredAt: '2025-03-01T03:00:00.000Z', restriction: 'suspended' },
          },
        ],
        flags: ['f2'],
        review: [],
        excepted: [],
        effects: {
          before: { status: 'suspended', heldBy: ['d1'], removed: ['r1'] },
          after: { status: 'active', heldBy: [], removed: [] },
          strikePoints: 4,
          appealIds: ['p1'],
        },
      },
    ])
    expect(head.counts).toEqual({
      ...{ accounts: 1, reinstate: 1, restore: 1, annul: 0, change: 0, flagsVoided: 1, flags: 1 },
      ...{ strikePoints: 4, appeals: 1, cascaded: 0, restricted: 0, review: 0, kept: 0, excepted: 0 },
    })
    expect(head.waves).toEqual([1])
    expect(sample).toHaveLength(2)
  })

  test('when nothing of the suspects speaks of flags, then no strike is asked for', async () => {
    const decider = named({ decidedBy: { kind: 'rule', id: 'service' } })
    const { head } = await planned(events, correction, { suspects: decider })
    expect(head.counts.flags).toBe(0)
  })

  test('when the ban is left out, then it stays with its evidence and is counted with its reason; only other strikes are asked for', async () => {
    const { head, accounts } = await planned(events, correction, {
      suspects,
      reasonFor: ({ decisionId }) => (decisionId === 'd1' || decisionId === 'r1' ? 'a court order' : null),
    })
    expect(accounts[0]).toMatchObject({
      ...{ wave: 1, decisions: [], flags: ['f2'] },
      excepted: [
        { decisionId: 'r1', reason: 'a court order' },
        { decisionId: 'd1', reason: 'a court order' },
      ],
      effects: { after: { status: 'suspended', heldBy: ['d1'] }, appealIds: [] },
    })
    expect(head.counts).toMatchObject({ excepted: 2, restricted: 1 })
  })

  test('when the account is left out, then nothing is asked for, and it is in no wave', async () => {
    const { head, accounts } = await planned(events, correction, { suspects, reasonFor: () => 'closed' })
    expect(accounts[0]).toMatchObject({ wave: 0, decisions: [], flags: [] })
    expect(accounts[0]?.excepted.map(({ kind }) => kind)).toEqual(['content', 'account', 'flags'])
    expect(head).toMatchObject({ waves: [], strata: [], counts: { accounts: 0, excepted: 3 } })
  })
})

describe('given a ban that is too severe', () => {
  const events = [
    faulty,
    flagged('u1', 1, { flagId: 'f1', signals: { score: 6 } }),
    flagged('u1', 2, { flagId: 'f2', signals: { score: 9 } }),
    banned('u1', 3, { decisionId: 'd1', grounds: ['f1', 'f2'], restriction: 'terminated' }),
  ]
  const afterwards = async (outcome: ReviewOutcome | null) => {
    const settled = new Map(outcome === null ? [] : [['d1', outcome] as const])
    const { head, accounts } = await planned(events, correction, { suspects, settled })
    return { head, account: accounts[0] }
  }

  test('when nobody settled it, then it goes to a person, and its false strike waits for them', async () => {
    const { account } = await afterwards(null)
    expect(account).toMatchObject({
      ...{ wave: 0, decisions: [], flags: [] },
      review: [{ decisionId: 'd1', kind: 'deactivation', class: 'excessive', why: ['excessive'] }],
    })
  })

  test('when a person made it milder, then that is asked for, and the strike besides', async () => {
    const { account, head } = await afterwards({ resolution: 'change', restriction: 'suspended' })
    expect(account).toMatchObject({
      decisions: [{ kind: 'change', remedy: 'change', to: 'suspended', flagsVoided: [] }],
      ...{ flags: ['f1'], review: [] },
      effects: { before: { status: 'terminated' }, after: { status: 'suspended', heldBy: ['d1'] } },
    })
    expect(head.counts).toMatchObject({ change: 1, review: 0, restricted: 1 })
  })

  test('when a person reversed it, then it is reversed, and voids its false flag only', async () => {
    const { account } = await afterwards({ resolution: 'put_back' })
    expect(account).toMatchObject({
      decisions: [{ kind: 'account', remedy: 'reinstate', flagsVoided: ['f1'] }],
      flags: [],
      effects: { after: { status: 'active' }, strikePoints: 2 },
    })
  })

  test('when a person kept it, or what they said is not milder, then it is left as it is', async () => {
    for (const outcome of [
      { resolution: 'keep' },
      { resolution: 'change', restriction: 'terminated' },
    ] as const) {
      const { account, head } = await afterwards(outcome)
      expect(account).toBeUndefined()
      expect(head.counts.kept).toBe(1)
    }
  })
})

describe('given a ban for evading a wrongful one, and one under another ruleset', () => {
  const other = { ruleset: { id: 'other', version: '1' } }
  const events = [
    faulty,
    flagged('root', 1, { flagId: 'f1', signals: { score: 6 } }),
    banned('root', 2, { decisionId: 'd1', grounds: ['f1'] }),
    ...Array.from({ length: 8 }, (_, index) => [
      flagged(`evader${index}`, 3, { flagId: `e${index}`, signals: { score: 9 }, becauseOf: ['d1'] }),
      banned(`evader${index}`, 4, { decisionId: `d1${index}`, grounds: [`e${index}`] }),
    ]).flat(),
    flagged('seller', 3, { flagId: 'f3', signals: {}, becauseOf: ['d1'], ...other }),
    banned('seller', 4, { decisionId: 'd3', grounds: ['f3'], ...other }),
  ]

  test('then those who evaded it come with it or later, and the other one goes to a person', async () => {
    const { head, accounts } = await planned(events, correction, { waves: '1,2,3,4,5,6,7,8,100%' })
    const waveOf = new Map(accounts.map(({ account, wave }) => [account, wave]))
    for (let index = 0; index < 8; index++) {
      expect(waveOf.get(`evader${index}`)).toBeGreaterThan(waveOf.get('root') ?? Number.NaN)
    }
    expect(head.counts).toMatchObject({ accounts: 9, cascaded: 8, review: 1 })
    expect(accounts.find(({ account }) => account === 'seller')).toMatchObject({
      wave: 0,
      review: [{ decisionId: 'd3', class: 'not_judged', why: ['rests_on_wrongful'] }],
    })
  })

  test('when a person reverses the other one, then it voids the flag that rests on the wrongful one', async () => {
    const settled = new Map([['d3', { resolution: 'put_back' } as const]])
    const { accounts } = await planned(events, correction, { settled })
    expect(accounts.find(({ account }) => account === 'seller')).toMatchObject({
      decisions: [{ class: 'not_judged', remedy: 'reinstate', flagsVoided: ['f3'], becauseOf: ['d1'] }],
    })
  })

  test('when the wrongful one is left out, kept or not settled, then a person is asked about those who evaded it', async () => {
    const reasonFor = ({ decisionId }: { readonly decisionId: string | null }) =>
      decisionId === 'd1' ? 'a court order' : null
    const put = new Map([['d17', { resolution: 'put_back' } as const]])
    const { accounts, head } = await planned(events, correction, { reasonFor, settled: put })
    expect(accounts.find(({ account }) => account === 'evader0')).toMatchObject({
      ...{ wave: 0, decisions: [], flags: [] },
      review: [{ decisionId: 'd10', class: 'wrongful', why: ['rests_on_what_stays'], now: 'suspended' }],
    })
    expect(accounts.find(({ account }) => account === 'evader7')).toMatchObject({
      ...{ wave: 1, decisions: [{ decisionId: 'd17', remedy: 'reinstate' }], review: [] },
    })
    expect(head.counts).toMatchObject({ accounts: 1, review: 8, excepted: 1 })
  })

  test('when it was reversed already, then nobody is asked about it', async () => {
    const { accounts } = await planned([...events, service.reinstated('seller', 5, ['d3'])], correction)
    expect(accounts.map(({ account }) => account)).not.toContain('seller')
  })
})

test('given an account that cannot be read, then that is the error, and no plan is finished', async () => {
  const events = [
    faulty,
    flagged('u1', 1, { flagId: 'f1', signals: { score: 6 } }),
    banned('u1', 2, { decisionId: 'd1', grounds: ['f1'] }),
  ]
  const error = { kind: 'unavailable', message: 'gone' } as const
  const history = historyOf(events, correction)
  const { finish } = draftPlan({
    ...{ settled: new Map(), reasonFor: () => null, sequence: 3, end: history.end, sample: 1 },
    replay: replay(history, correction),
    waves: [{ kind: 'percent', value: 100 }],
    readAccount: async () => E.left(error),
  })
  const about = {
    incidentId: 'i1',
    correctionSha256: 'a'.repeat(64),
    correction: 'ab'.repeat(32),
    exceptionsSha256: null,
  }
  const finished = await finish({ about, take: async () => E.right(undefined), onProgress: () => {} })
  expect(finished).toEqual(E.left(error))
})
