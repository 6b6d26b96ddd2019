import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { foldAccount } from '../../../../src/domain/account.ts'
import type { IncomingEvent, StoredEvent } from '../../../../src/domain/event.ts'
import { requestsOf } from '../../../../src/domain/request.ts'
import { formatInstant } from '../../../../src/domain/time.ts'
import type { AccountPlan } from '../../../../src/incidents/remediation/plan/model.ts'
import { suspectedFlags } from '../../../../src/incidents/remediation/plan/suspected.ts'
import { type DividedRows, divideAccount } from '../../../../src/incidents/remediation/run/divide.ts'
import {
  addLeftOut,
  judgedAgain,
  type LeftOutRows,
} from '../../../../src/incidents/remediation/run/judged-again.ts'
import { requestEvent } from '../../../../src/incidents/remediation/run/own-events.ts'
import type { WaveRequest } from '../../../../src/incidents/remediation/run/requests.ts'
import { replay } from '../../../../src/replay/result/replay.ts'
import { often } from '../../../long/often.ts'
import { correctionOf } from '../../../replay/corrections.ts'
import { correcting, histories, historyOf, RULESET, service } from '../../../replay/histories.ts'
import { carriedOut, eventsOn, named, planned } from '../plan/plans.ts'

const suspects = named({ ruleset: RULESET })

/** The rows of a plan, and of what a wave made of them, by name. */
const rowsOf = (accounts: ReadonlyArray<AccountPlan>): ReadonlyArray<string> =>
  accounts.flatMap(({ account, decisions, flags }) => [
    ...decisions.map(({ decisionId }) => decisionId),
    ...(flags.length > 0 ? [`flags of ${account}`] : []),
  ])
const rowsIn = ({ requests, settledElsewhere, kept }: DividedRows): ReadonlyArray<string> => [
  ...requests.flatMap(({ kind, account, decisionIds }) =>
    kind === 'flags' ? [`flags of ${account}`] : decisionIds,
  ),
  ...[...settledElsewhere, ...kept].map(({ account, decisionId }) => decisionId ?? `flags of ${account}`),
]

/** What a plan asks for on an account, as far as requests ask for it. */
const asFarAs = (plan: AccountPlan, requests: ReadonlyArray<WaveRequest>): AccountPlan => ({
  ...plan,
  decisions: plan.decisions.filter(({ decisionId }) =>
    requests.some(({ decisionIds }) => decisionIds.includes(decisionId)),
  ),
  flags: requests.flatMap(({ kind, flagsVoided }) => (kind === 'flags' ? flagsVoided : [])),
})

test('given any plan, when its runner is killed again and again while services answer, then each row is in one list, and is asked for once', async () => {
  const seen = { requests: 0, settledElsewhere: 0, kept: 0 }
  await fc.assert(
    fc.asyncProperty(
      histories,
      fc.array(fc.nat(3), { minLength: 2, maxLength: 6 }),
      fc.constantFrom('u1', 'u2', 'nobody'),
      async (given, kills, putBackElsewhere) => {
        const correction = correctionOf(given.correction)
        const end = historyOf(given.events, correction).end ?? 0
        const { accounts, head } = await planned(given.events, correction, { suspects, waves: '1,50%,100%' })
        const leftOut: LeftOutRows = { decisions: new Set(), flagsOf: new Set() }
        for (const account of accounts) addLeftOut(leftOut, account)
        const done: AccountPlan[] = []
        const own = new Map<string, StoredEvent>()
        const events = (): ReadonlyArray<IncomingEvent> => [
          ...given.events,
          ...carriedOut(done, end + 3_600_000),
        ]
        const known = (account: string): ReadonlyArray<StoredEvent> => [
          ...eventsOn(events(), account),
          ...[...own.values()].filter(({ subject }) => String(subject) === account),
        ]
        const divide = (some: ReadonlyArray<AccountPlan>): DividedRows => {
          const history = historyOf(events(), correction)
          const result = replay(history, correction, undefined, suspectedFlags(suspects))
          const now = judgedAgain(result, { settled: new Map(), leftOut })
          const divided = some.map((plan) => {
            const record = foldAccount(known(plan.account))
            return divideAccount(plan, now, { record, earlier: requestsOf(known(plan.account), record) })
          })
          return {
            requests: divided.flatMap(({ requests }) => requests),
            settledElsewhere: divided.flatMap(({ settledElsewhere }) => settledElsewhere),
            kept: divided.flatMap(({ kept }) => kept),
          }
        }
        const listed: string[] = []
        for (let wave = 1; wave <= head.waves.length; wave++) {
          const ofWave = accounts.filter((account) => account.wave === wave)
          const elsewhere = ofWave.filter(({ account }) => account === putBackElsewhere)
          done.push(...elsewhere)
          const rows = divide(ofWave)
          listed.push(...rowsIn(rows))
          const recordedat = formatInstant(end + wave * 7_200_000)
          // Cast: only these fields are read.
          const started = {
            ...{ recordedat, data: { remediationId: 'i1-1', wave } },
          } as unknown as StoredEvent<'remediation.wave_started.v1'>
          for (const kill of [...kills, rows.requests.length]) {
            for (const request of rows.requests.slice(0, kill)) {
              const event = requestEvent(started, request)
              // As a ledger does: what it has under an id must be the same.
              const stored = own.get(event.id) ?? { ...event, recordedat }
              expect(stored.data).toEqual(event.data)
              own.set(event.id, stored)
            }
          }
          // Nobody answered yet: another plan asks for nothing of it again.
          expect(divide(ofWave).requests).toEqual([])
          const asked = ofWave.map((plan) =>
            asFarAs(
              plan,
              rows.requests.filter(({ account }) => account === plan.account),
            ),
          )
          done.push(...asked)
          seen.requests += rows.requests.length
          seen.settledElsewhere += rows.settledElsewhere.length
          seen.kept += rows.kept.length
        }
        // Nobody is forgotten, and nobody is asked for twice.
        expect(listed.toSorted()).toEqual(rowsOf(accounts).toSorted())
        for (const account of new Set(accounts.map((plan) => plan.account))) {
          const record = foldAccount(known(account))
          for (const request of requestsOf(known(account), record)) {
            expect(request.requested.data.attempt).toBe(1)
            expect(request.state).toBe('carried_out')
          }
        }
      },
    ),
    { numRuns: often(50, 2_000) },
  )
  // Otherwise this would show nothing.
  expect(seen.requests).toBeGreaterThan(10)
  expect(seen.settledElsewhere).toBeGreaterThan(1)
}, 60_000)

const document = (version: string, score: number) => ({
  ruleset: RULESET,
  version,
  signals: { score: 'int' },
  rules: [{ id: 'a', category: 'alpha', when: `signals.score >= ${score}`, strikes: 2 }],
  deactivations: [{ id: 'two', at_least: 2, restriction: 'suspended' }],
})

test('given a ban, when it is judged otherwise after the plan, then it is kept for another plan; facts alone change nothing', async () => {
  const correction = correcting(document('v2', 8))
  const { published, flagged, banned, appealed, reinstated } = service
  const events = [
    published(document('v1', 5)),
    flagged('u1', 1, { flagId: 'f1', signals: { score: 6 } }),
    banned('u1', 2, { decisionId: 'd1', grounds: ['f1'] }),
  ]
  const [plan] = (await planned(events, correction, { suspects })).accounts
  if (plan === undefined) throw new Error('it is planned')
  const wave = (later: ReadonlyArray<IncomingEvent>) => {
    const all = [...events, ...later]
    const result = replay(historyOf(all, correction), correction, undefined, suspectedFlags(suspects))
    const now = judgedAgain(result, {
      ...{ settled: new Map(), leftOut: { decisions: new Set(), flagsOf: new Set() } },
    })
    return divideAccount(plan, now, { record: foldAccount(eventsOn(all, 'u1')), earlier: [] })
  }
  const row = { account: 'u1', kind: 'account', decisionId: 'd1' }
  expect(wave([]).requests).toMatchObject([{ decisionIds: ['d1'], flagsVoided: ['f1'], appealIds: [] }])
  // It is a fact that it is appealed.
  const appeal = appealed('u1', 3, { appealId: 'p1', decisionId: 'd1' })
  expect(wave([appeal]).requests).toMatchObject([{ decisionIds: ['d1'], appealIds: ['p1'] }])
  expect(wave([reinstated('u1', 3, ['d1'])])).toEqual({ requests: [], settledElsewhere: [row], kept: [] })
  // Another ban holds the account now, and rightly.
  const again = [
    flagged('u1', 3, { flagId: 'f2', signals: { score: 9 } }),
    banned('u1', 4, { decisionId: 'd2', grounds: ['f2'] }),
  ]
  const kept = [{ ...row, why: 'judged_otherwise' }]
  expect(wave(again)).toEqual({ requests: [], settledElsewhere: [], kept })
})

test('given a ban that a person made milder, when a service did that in the meantime, then it was settled elsewhere', async () => {
  const correction = correcting(document('v2', 8))
  const { published, flagged, banned } = service
  const events = [
    published(document('v1', 5)),
    flagged('u1', 1, { flagId: 'f1', signals: { score: 9 } }),
    banned('u1', 2, { decisionId: 'd1', grounds: ['f1'], restriction: 'terminated' }),
  ]
  const settled = new Map([['d1', { resolution: 'change', restriction: 'suspended' } as const]])
  const { accounts } = await planned(events, correction, { suspects, settled })
  const [plan] = accounts
  if (plan === undefined) throw new Error('it is planned')
  const wave = (later: ReadonlyArray<IncomingEvent>) => {
    const all = [...events, ...later]
    const result = replay(historyOf(all, correction), correction)
    const now = judgedAgain(result, { settled, leftOut: { decisions: new Set(), flagsOf: new Set() } })
    return divideAccount(plan, now, { record: foldAccount(eventsOn(all, 'u1')), earlier: [] })
  }
  expect(wave([]).requests).toMatchObject([{ kind: 'change', decisionIds: ['d1'], restriction: 'suspended' }])
  const row = { account: 'u1', kind: 'change', decisionId: 'd1' }
  const changed = carriedOut(accounts, historyOf(events, correction).end ?? 0)
  expect(wave(changed)).toEqual({ requests: [], settledElsewhere: [row], kept: [] })
})
