import { beforeEach, describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { tickClock } from '../../../src/app/clock-tick.ts'
import { closeIncident } from '../../../src/app/incident/close.ts'
import { approve } from '../../../src/app/remediation/approve.ts'
import { type Ran, type RunOptions, runIn, runRemediation } from '../../../src/app/remediation/run/run.ts'
import { judgeSample } from '../../../src/app/remediation/sample.ts'
import { type Turn, turnRemediation } from '../../../src/app/remediation/turn.ts'
import { decodeIncoming } from '../../../src/domain/decode.ts'
import type { WrittenVerdict } from '../../../src/incidents/remediation/verdicts-file.ts'
import { prepare } from '../../../src/ledger/event/prepare.ts'
import { type OpenLedger, openLedger } from '../../../src/ledger/open.ts'
import { unwrap } from '../../ledger/events.ts'
import { judging, nothingTold } from '../replay/judging.ts'
import { clock, errorOf, RECORDED, storedIn, useCaseFolder } from '../use-case.ts'
import { planFor, wrongedIn } from './planned.ts'

const HOUR = 3_600_000
/** A clock that stands still some hours after the plan. */
const at = (hours: number) => ({ clock: () => RECORDED + hours * HOUR })
const path = useCaseFolder()
const place = () => ({ data: path('data'), clock })
let remediationId = ''

beforeEach(async () => {
  const incidentId = await wrongedIn(path('data'))
  remediationId = unwrap(await planFor(path('data'), incidentId)).remediationId
})

const approved = async (): Promise<void> => {
  // Cast: what a file has.
  const verdicts = ['d-main', 'd-alt', 'd-third'].map((decisionId) => ({
    decisionId,
    verdict: 'agree',
  })) as unknown as ReadonlyArray<WrittenVerdict>
  for (const by of ['bo', 'cy']) unwrap(await judgeSample({ ...place(), remediationId, by, verdicts }))
  unwrap(await approve({ ...place(), remediationId, tolerance: 0, reason: null, by: 'di' }))
}

const running = (change: Partial<RunOptions> = {}): RunOptions => {
  const { window: _, ...how } = judging(path('data'), nothingTold())
  return {
    ...{ ...how, ...place(), remediationId, by: 'ana', soak: HOUR, once: true },
    signal: new AbortController().signal,
    ...{ onOpen: () => {}, onWave: () => {}, onAsked: () => {}, onWaiting: () => {}, onRemark: () => {} },
    ...change,
  }
}
const run = async (change: Partial<RunOptions> = {}): Promise<Ran> =>
  unwrap(await runRemediation(running(change)))
const turn = (how: Turn, reason: string | null = null, hours = 0) =>
  turnRemediation({ ...place(), ...at(hours), remediationId, turn: how, reason, by: 'eve' })

type Stored = { readonly type: string; readonly subject: string; readonly data: Record<string, unknown> }
const ofType = async (type: string): Promise<ReadonlyArray<Stored>> => {
  // Cast: the ledger holds events.
  const stored = (await storedIn(path('data'))) as unknown as ReadonlyArray<Stored>
  return stored.filter((event) => event.type === type)
}
const requested = () => ofType('reinstatement.requested.v1')
const asked = async (): Promise<ReadonlyArray<string>> =>
  (await requested()).flatMap(({ data }) => data.decisionIds as ReadonlyArray<string>)

/** What services publish, taken in some hours after the plan. */
const publish = async (type: string, subject: string, data: object, hours = 1): Promise<void> => {
  const { ledger, close } = unwrap(await openLedger(path('data'), at(hours)))
  const event = unwrap(
    prepare(
      unwrap(
        decodeIncoming({
          ...{ specversion: '1.0', id: `s-${type}-${subject}`, source: '/services', type, subject },
          ...{ time: new Date(at(hours).clock()).toISOString(), data },
        }),
      ).event,
    ),
  )
  unwrap(await ledger.append([{ stream: event.stream, expectedRevision: 'any', events: [event] }]))
  await close()
}
const putBack = (account: string, decisionId: string, hours = 1): Promise<void> =>
  publish(
    'account.reinstated.v1',
    account,
    { decisionIds: [decisionId], reason: 'correction', flagsVoided: [] },
    hours,
  )
/** The ledger's time goes by. */
const ticked = async (hours: number): Promise<void> => {
  const { ledger, close } = unwrap(await openLedger(path('data'), at(hours)))
  const { sequence } = unwrap(await ledger.head())
  unwrap(await tickClock(ledger, { sequence, recordedAt: RECORDED }))
  await close()
}

describe('given an approved plan of two waves', () => {
  beforeEach(approved)

  test('when it runs, then the first wave is asked for, once, and the next only after it is put back and has soaked', async () => {
    expect(await run()).toMatchObject({ state: 'waiting', wave: 1, requested: 1, owed: 1 })
    expect(await run()).toMatchObject({ state: 'waiting', wave: 1, requested: 0, owed: 1 })
    expect(await requested()).toMatchObject([
      {
        subject: 'main',
        data: { remediationId, wave: 1, attempt: 1, kind: 'account', decisionIds: ['d-main'] },
      },
    ])
    await putBack('main', 'd-main')
    expect(await run(at(1))).toMatchObject({ state: 'waiting', wave: 1, owed: 0 })
    await ticked(2)
    expect(await run(at(2))).toMatchObject({ state: 'waiting', wave: 2, requested: 2, owed: 2 })
    expect([...(await asked())].sort()).toEqual(['d-alt', 'd-main', 'd-third'])
    await putBack('alt', 'd-alt', 2)
    await putBack('third', 'd-third', 2)
    expect(await run(at(2))).toMatchObject({ state: 'completed', owed: 0 })
    expect(await run(at(2))).toMatchObject({ state: 'completed' })
    expect(await ofType('remediation.completed.v1')).toHaveLength(1)
  })

  test('when a row was put back elsewhere before its wave, then it is not asked for and is counted', async () => {
    await run()
    await putBack('main', 'd-main')
    await putBack('alt', 'd-alt')
    await ticked(3)
    const waves: unknown[] = []
    expect(await run({ ...at(3), onWave: (wave) => waves.push(wave) })).toMatchObject({
      wave: 2,
      requested: 1,
    })
    expect(waves).toEqual([{ wave: 2, accounts: 2, requests: 1, settledElsewhere: 1, kept: 0 }])
    expect([...(await asked())].sort()).toEqual(['d-main', 'd-third'])
  })

  test('when it runs on, then it follows the ledger, lets its time go by while services are silent, and ends when all is answered', async () => {
    let now = 0
    const waited: unknown[] = []
    const answers = [
      () => putBack('main', 'd-main', 1),
      async () => {
        now = 3
      },
      async () => {
        await putBack('alt', 'd-alt', 3)
        await putBack('third', 'd-third', 3)
      },
    ]
    const ran = await run({
      once: false,
      clock: () => RECORDED + now * HOUR,
      onWaiting: (waiting) => {
        waited.push(waiting)
        now = Math.max(now, 1)
        void answers.shift()?.()
      },
    })
    expect(ran).toMatchObject({ state: 'completed', wave: 2, requested: 3, owed: 0 })
    expect(waited.slice(0, 3)).toEqual([
      { kind: 'waiting', wave: 1, requests: 1, settled: 0, needed: 1, nextAt: null },
      { kind: 'waiting', wave: 1, requests: 1, settled: 1, needed: 1, nextAt: RECORDED + 2 * HOUR },
      { kind: 'waiting', wave: 2, requests: 2, settled: 0, needed: 2, nextAt: null },
    ])
    expect(await ofType('clock.ticked.v1')).not.toEqual([])
  })

  test('when it is stopped while it waits, then it ends', async () => {
    const stop = new AbortController()
    const ran = await run({ once: false, signal: stop.signal, onWaiting: () => stop.abort() })
    expect(ran).toMatchObject({ state: 'stopped', wave: 1, requested: 1 })
  })

  test('when it is paused, then nothing is asked for until it is resumed', async () => {
    unwrap(await turn('pause', 'wait'))
    expect(unwrap(await turn('pause', 'wait')).kind).toBe('unchanged')
    expect(await run()).toMatchObject({ state: 'paused', wave: 0, requested: 0 })
    expect(unwrap(await turn('resume')).kind).toBe('recorded')
    expect(await run()).toMatchObject({ state: 'waiting', wave: 1, requested: 1 })
  })

  test('when it is cancelled, then what is open is withdrawn, what was carried out stays, and nothing more is asked for', async () => {
    await run()
    await putBack('main', 'd-main')
    await ticked(3)
    await run(at(3))
    await putBack('alt', 'd-alt', 3)
    const incidentId = remediationId.replace(/-1$/, '')
    const close = { ...place(), ...at(3), incidentId, summary: null, by: 'ana' }
    expect(errorOf(await closeIncident({ ...close, conclusion: 'confirmed' })).message).toBe(
      `remediation ${remediationId} is being carried out; let it end, or cancel it with redress remediation cancel`,
    )
    expect(unwrap(await turn('cancel', 'wrong', 3))).toMatchObject({ kind: 'recorded', withdrawn: 1 })
    const [, , third] = await requested()
    expect(await ofType('reinstatement.withdrawn.v1')).toMatchObject([
      { subject: third?.subject, data: { requestId: third?.data.requestId, reason: 'wrong' } },
    ])
    expect(await run(at(3))).toMatchObject({ state: 'cancelled', requested: 0, withdrawn: 0 })
    expect(unwrap(await closeIncident({ ...close, conclusion: 'confirmed' })).kind).toBe('closed')
    expect(errorOf(await turn('resume', null, 3)).kind).toBe('refused')
  })

  test.each([1, 2].flatMap((n) => [[n, 'lost'] as const, [n, 'kept'] as const]))(
    'when it is killed again and again at its write %i, which is %s, then everything is asked for once',
    async (n, fate) => {
      const goOn = async (hours: number): Promise<Ran> => {
        await dieAt(n, fate, running(at(hours)))
        await dieAt(1, fate, running(at(hours)))
        return run(at(hours))
      }
      expect(await goOn(0)).toMatchObject({ state: 'waiting', wave: 1, owed: 1 })
      await putBack('main', 'd-main')
      await ticked(3)
      expect(await goOn(3)).toMatchObject({ state: 'waiting', wave: 2, owed: 2 })
      await putBack('alt', 'd-alt', 3)
      await putBack('third', 'd-third', 3)
      expect(await goOn(3)).toMatchObject({ state: 'completed', owed: 0 })
      expect([...(await asked())].sort()).toEqual(['d-alt', 'd-main', 'd-third'])
      expect(await ofType('remediation.wave_started.v1')).toHaveLength(2)
      expect(await ofType('remediation.completed.v1')).toHaveLength(1)
    },
  )

  test('when it is cancelled while the runner is being killed, then whoever comes next withdraws what it asked for', async () => {
    await dieAt(2, 'kept', running())
    unwrap(await turn('cancel', 'wrong'))
    expect(await run()).toMatchObject({ state: 'cancelled', requested: 0, owed: 0 })
    expect(await ofType('reinstatement.withdrawn.v1')).toHaveLength((await requested()).length)
  })
})

/** Runs it in a ledger whose `n`th write is lost, or written without an answer, and is the last one. */
const dieAt = async (n: number, fate: 'lost' | 'kept', options: RunOptions): Promise<void> => {
  const open: OpenLedger = unwrap(await openLedger(path('data'), { clock: options.clock }))
  let writes = 0
  const ledger: OpenLedger['ledger'] = {
    ...open.ledger,
    append: async (...batches) => {
      writes++
      if (writes < n || (writes === n && fate === 'kept')) {
        const written = await open.ledger.append(...batches)
        if (writes < n) return written
      }
      return E.left({ kind: 'unavailable', message: 'killed' })
    },
  }
  await runIn({ ...open, ledger }, options).finally(open.close)
}

test('given a plan that nobody approved, when it is run, paused or cancelled, then that is refused', async () => {
  for (const refused of [
    await runRemediation(running()),
    await turn('pause', 'x'),
    await turn('cancel', 'x'),
  ]) {
    expect(errorOf(refused).kind).toBe('refused')
  }
  expect(await requested()).toEqual([])
})
