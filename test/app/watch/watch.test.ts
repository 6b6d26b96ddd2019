import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import * as E from '#fp/Either'
import { configureAlarms } from '../../../src/app/alarm/configure.ts'
import { liftHold } from '../../../src/app/hold/lift.ts'
import { listHolds } from '../../../src/app/hold/list.ts'
import { requestHold } from '../../../src/app/hold/request.ts'
import { watchFile } from '../../../src/app/watch/state-file.ts'
import { watchLedger } from '../../../src/app/watch/watch.ts'
import type { HoldKey } from '../../../src/domain/suspect.ts'
import { alarmsOver } from '../../../src/incidents/alarm/over-ledger.ts'
import { defaultParameters } from '../../../src/incidents/alarm/parameters.ts'
import { tripwiresOver } from '../../../src/incidents/tripwires/over-ledger.ts'
import { openExisting } from '../../../src/ledger/open.ts'
import { type Publishing, recordedAt, said } from '../../incidents/tripwires/ledger.ts'
import { unwrap } from '../../ledger/events.ts'
import { often } from '../../long/often.ts'
import { storedIn, useCaseFolder } from '../use-case.ts'
import { watched } from './watching.ts'

const path = useCaseFolder()
const MINUTE = 60_000
const START = Date.UTC(2026, 0, 5)

const event = (minute: number, type: string, data: object, subject = 'u1'): Publishing => ({
  ...{ at: START + minute * MINUTE, type: `${type}.v1`, data, subject },
})
const published = event(0, 'ruleset.published', said.published('v1'))
/** Bans that rest on nothing: three sound an alarm once they are settled, and set off a wire. */
const bans = (minute: number, ...accounts: ReadonlyArray<string>): ReadonlyArray<Publishing> =>
  accounts.map((u) => event(minute, 'account.deactivated', said.banned(`d-${u}-${minute}`, 'v1', []), u))
const later = (minute: number) => event(minute, 'content.evaluated', said.evaluated(), 'u9')
const fault = [...bans(2, 'u1', 'u2', 'u3'), later(18)]

/** Records in a folder's ledger what services publish, and closes it. */
const record = async (events: ReadonlyArray<Publishing>, from = 0): Promise<void> => {
  const { close } = await recordedAt(path('data'), events, from)
  await close()
}
const clockAt = (minute: number) => () => START + minute * MINUTE

const raisedIn = async () =>
  (await storedIn(path('data')))
    .filter(({ type }) => type === 'alarm.raised.v1')
    .map(({ data }) => Object(data))

/** What the events of a ledger raise from a sequence on, by what is folded from its first event. */
const foldedFrom = async (sequence: number): Promise<ReadonlyArray<number>> => {
  const opened = unwrap(await openExisting(path('data')))
  const options = { at: null, onProgress: () => {} }
  const { alarms } = unwrap(await alarmsOver(opened, options))
  const { tripped } = unwrap(await tripwiresOver(opened, options))
  await opened.close()
  return [...alarms, ...tripped].map((one) => one.sequence).filter((at) => at > sequence)
}

describe('given a ledger that nobody has watched', () => {
  test('when it is watched, then its history is listed, and neither recorded nor told; the parameters are recorded', async () => {
    await record([published, ...fault])
    const { history, told, result } = await watched(path('data'), { clock: clockAt(19) })
    expect(history).toHaveLength(2)
    expect(told).toEqual([])
    expect(result).toMatchObject({ sequence: 6, raised: 0, unsent: 0 })
    expect((await storedIn(path('data'))).at(-1)).toMatchObject({
      type: 'alarm.configured.v1',
      subject: 'alarm-parameters',
      data: { by: 'redress watch' },
    })
    expect((await watched(path('data'), { clock: clockAt(19) })).history).toEqual([])
  })

  test('when only the configuration of alarms makes its decisions due, then what they raise is recorded', async () => {
    await record([published, ...bans(2, 'u1', 'u2', 'u3')])
    const { history, result } = await watched(path('data'), { clock: clockAt(30) })
    const raised = await raisedIn()
    expect(result.raised).toBe(raised.length)
    expect(raised.map(({ family }) => family)).toContain('pipeline')
    expect(history.length + raised.length).toBe((await foldedFrom(0)).length)
  })

  test('when there is none, then that is said, and none is made', async () => {
    const { signal } = new AbortController()
    const watch = {
      onHistory: () => {},
      onAlarm: () => {},
      onHold: () => {},
      onRead: () => {},
      onRemark: () => {},
    }
    const answer = await watchLedger({
      ...{ data: path('none'), clock: Date.now, untilEnd: true, hold: false, webhook: null, kafka: null },
      ...{ signal, onOpen: () => {}, watch },
    })
    expect(answer).toMatchObject(E.left({ kind: 'failed' }))
  })
})

describe('given a ledger whose alarms are recorded', () => {
  const configured = async () => {
    await record([published])
    const parameters = defaultParameters
    const options = { data: path('data'), clock: clockAt(0), parameters, by: 'ana' }
    expect(unwrap(await configureAlarms(options))).toMatchObject({ kind: 'configured' })
    expect(unwrap(await configureAlarms(options))).toMatchObject({ kind: 'unchanged' })
  }

  test('when something goes wrong, then it is recorded, put into an incident and told', async () => {
    await configured()
    await record(fault, 1)
    const { told, result } = await watched(path('data'), { clock: clockAt(19) })
    const raised = await raisedIn()
    expect(raised.map(({ family, tripwire }) => family ?? tripwire).sort()).toEqual([
      'no_grounds',
      'pipeline',
    ])
    expect(told.toSorted()).toEqual(raised.map(({ alarmId }) => alarmId).sort())
    expect(result).toMatchObject({ raised: 2, told: 2 })
    const incidents = (await storedIn(path('data'))).filter(({ type }) =>
      String(type).startsWith('incident.'),
    )
    expect(incidents.map(({ type }) => type)).toEqual(['incident.opened.v1', 'incident.opened.v1'])
    expect(await watched(path('data'), { clock: clockAt(19) })).toMatchObject({ told: [], remarks: [] })
  })

  test('when it is watched with holds, then the alarm asks for one, once, and the tripwire for none; what a person lifted stays lifted', async () => {
    await configured()
    await record(fault, 1)
    const { held } = await watched(path('data'), { clock: clockAt(19), hold: true })
    const holds = unwrap(await listHolds({ data: path('data') }))
    const [alarm] = (await raisedIn()).filter(({ family }) => family === 'pipeline')
    expect(holds).toMatchObject([
      {
        holdId: held[0],
        alarmId: alarm.alarmId,
        key: { decidedBy: { kind: 'rule', id: 'bans' } },
        lifted: null,
      },
    ])
    expect(holds[0]?.key).toEqual({ decidedBy: alarm.key.decidedBy })
    const place = { data: path('data'), clock: clockAt(19) }
    unwrap(await liftHold({ ...place, holdId: held[0] ?? '', by: 'ana', reason: 'fixed' }))
    rmSync(watchFile(path('data')))
    expect(await watched(path('data'), { clock: clockAt(20), hold: true })).toMatchObject({ held: [] })
    expect(unwrap(await listHolds(place))).toMatchObject([{ lifted: { by: 'ana' } }])
  })

  test('when what an alarm suspects is on hold already, then no other hold is asked for', async () => {
    await configured()
    const place = { data: path('data'), clock: clockAt(1) }
    const key = { decidedBy: { kind: 'rule', id: 'bans' } } as HoldKey
    unwrap(await requestHold({ ...place, key, by: 'ana', reason: 'it bans anybody' }))
    await record(fault, 1)
    expect(await watched(path('data'), { clock: clockAt(19), hold: true })).toMatchObject({ held: [] })
    expect(unwrap(await listHolds(place))).toMatchObject([{ by: 'ana' }])
  })

  test('when recording fails, then nothing that was looked at is remembered, and the next run records it', async () => {
    await configured()
    await record(fault, 1)
    const hoursBehind = { clock: clockAt(-600) }
    await expect(watched(path('data'), hoursBehind)).rejects.toThrow(/clock/)
    expect(await raisedIn()).toEqual([])
    expect(await watched(path('data'), { clock: clockAt(19) })).toMatchObject({ result: { raised: 2 } })
  })

  test.each(['{"version":1}', '{"version":', '{"version":7}', '\u0000'])(
    'when the file of what is remembered is %j, then that is said, and nothing is recorded twice',
    async (text) => {
      await configured()
      await record(fault, 1)
      await watched(path('data'), { clock: clockAt(19) })
      writeFileSync(watchFile(path('data')), text)
      const { remarks, result } = await watched(path('data'), { clock: clockAt(20) })
      expect(remarks).toEqual([
        expect.stringMatching(/watch\.json .*; reading the ledger from its first event/),
      ])
      expect(result).toMatchObject({ raised: 0 })
    },
  )

  test('when the file of what is remembered is lost, then nothing is recorded twice, and only what is recent is told again', async () => {
    await configured()
    await record(fault, 1)
    await watched(path('data'), { clock: clockAt(19) })
    const before = (await storedIn(path('data'))).length
    rmSync(watchFile(path('data')))
    expect(await watched(path('data'), { clock: clockAt(20) })).toMatchObject({
      told: [expect.any(String), expect.any(String)],
      result: { raised: 0, sequence: before },
    })
    rmSync(watchFile(path('data')))
    await record([later(2 * 24 * 60)], 10)
    expect(await watched(path('data'), { clock: clockAt(2 * 24 * 60) })).toMatchObject({ told: [] })
    expect(await storedIn(path('data'))).toHaveLength(before + 1)
  })

  test('when it is watched in any runs, some of which are stopped, or killed so that what they remember is old or lost, then what is recorded is what the whole ledger raises', async () => {
    let most = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            accounts: fc.integer({ min: 0, max: 4 }),
            remembers: fc.constantFrom('all', 'older', 'nothing'),
            isStopped: fc.boolean(),
          }),
          {
            minLength: 2,
            maxLength: 4,
          },
        ),
        async (runs) => {
          rmSync(path('data'), { recursive: true, force: true })
          await configured()
          let minute = 1
          let older: string | null = null
          for (const [i, { accounts, remembers, isStopped }] of runs.entries()) {
            const names = Array.from({ length: accounts }, (_, n) => `u${i}-${n}`)
            await record([...bans(minute, ...names), later(minute + 7)], 100 * (i + 1))
            const file = watchFile(path('data'))
            const now = existsSync(file) ? readFileSync(file, 'utf8') : null
            if (remembers === 'nothing') rmSync(file, { force: true })
            if (remembers === 'older' && older !== null) writeFileSync(file, older)
            older = now
            const stop = new AbortController()
            if (isStopped) stop.abort()
            const options = { clock: clockAt(minute + 8), signal: stop.signal }
            const { remarks } = await watched(path('data'), options)
            expect(remarks).toEqual([])
            minute += 9
          }
          await watched(path('data'), { clock: clockAt(minute + 8) })
          const raised = await raisedIn()
          most = Math.max(most, raised.length)
          expect(raised.map(({ sequence }) => sequence).sort()).toEqual((await foldedFrom(2)).toSorted())
          expect(new Set(raised.map(({ alarmId }) => alarmId)).size).toBe(raised.length)
        },
      ),
      { numRuns: often(12, 200) },
    )
    expect(most).toBeGreaterThan(2)
  })
})

describe('given a webhook that does not answer', () => {
  test('when alarms sound, then they are recorded all the same, and sent at the next start', async () => {
    await record([published])
    const options = { data: path('data'), clock: clockAt(0), parameters: defaultParameters, by: 'ana' }
    unwrap(await configureAlarms(options))
    await record(fault, 1)
    const dead = { url: new URL('http://127.0.0.1:9/'), secret: 's', link: null, allowPrivate: true }
    const first = await watched(path('data'), { clock: clockAt(19), webhook: dead })
    expect(first).toMatchObject({ told: [expect.any(String), expect.any(String)], result: { unsent: 2 } })
    const second = await watched(path('data'), { clock: clockAt(19), webhook: dead })
    expect(second).toMatchObject({ told: [], result: { unsent: 2 } })
  })
})

describe('given brokers that do not answer', () => {
  test('when a ledger is followed, then alarms are recorded and told all the same, and that is said', async () => {
    await record([published])
    await watched(path('data'), { clock: clockAt(1) })
    await record(fault, 10)
    const stop = new AbortController()
    const remarks: string[] = []
    let told = 0
    const stopOnceBoth = (): void => {
      if (told === 2 && remarks.length > 0) stop.abort()
    }
    const { result } = await watched(path('data'), {
      ...{ clock: clockAt(19), untilEnd: false, signal: stop.signal },
      kafka: { brokers: ['localhost:1'], tls: null, sasl: null },
      watch: {
        ...{ onHistory: () => {}, onHold: () => {}, onRead: () => {} },
        onAlarm: () => {
          told++
          stopOnceBoth()
        },
        onRemark: (message) => {
          remarks.push(message)
          stopOnceBoth()
        },
      },
    })
    expect(remarks[0]).toMatch(/^Kafka: .*ECONNREFUSED.*; retrying$/)
    expect(result).toMatchObject({ told: 2, sent: 0, failure: null })
  })
})

describe('given a followed ledger in which nothing more is recorded', () => {
  afterEach(() => {
    vi.useRealTimers()
  })
  const until = async (isSo: () => boolean): Promise<void> => {
    for (let i = 0; i < 400 && !isSo(); i++) await setTimeout(25)
    expect(isSo()).toBe(true)
  }
  const savedUpTo = (): unknown => JSON.parse(readFileSync(watchFile(path('data')), 'utf8')).sequence

  test('when some time has passed, then all that was looked at is saved', async () => {
    await record([published])
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
    const stop = new AbortController()
    let read = 0
    const watching = watched(path('data'), {
      ...{ clock: clockAt(1), untilEnd: false, signal: stop.signal },
      watch: {
        ...{ onHistory: () => {}, onAlarm: () => {}, onHold: () => {}, onRemark: () => {} },
        onRead: (sequence) => {
          read = sequence
        },
      },
    })
    await until(() => read === 2)
    await record([later(1)], 1)
    await until(() => read === 3)
    expect(savedUpTo()).toBe(2)
    await vi.advanceTimersByTimeAsync(15_000)
    await until(() => savedUpTo() === 3)
    stop.abort()
    await watching
  })
})
