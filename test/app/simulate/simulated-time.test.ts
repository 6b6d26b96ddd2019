import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { tickDue } from '../../../src/app/clock-tick.ts'
import {
  passTime,
  type SimulatedLedger,
  type SimulatedTimeOptions,
} from '../../../src/app/simulate/simulated-time.ts'
import { decodeStored } from '../../../src/domain/decode.ts'
import type { StoredEvent } from '../../../src/domain/event.ts'
import { formatInstant } from '../../../src/domain/time.ts'
import type { Agent, PlannedPublication } from '../../../src/simulation/agent.ts'
import { policyTeam } from '../../../src/simulation/agents/policy-team.ts'
import { HOUR, MINUTE, SECOND } from '../../../src/simulation/calendar.ts'
import type { Arrival } from '../../../src/simulation/simulate.ts'
import { unwrap } from '../../ledger/events.ts'

const FROM = Date.UTC(2025, 3, 1)

const eventAt = (type: string, at: number, id: string, data: unknown): string =>
  JSON.stringify({
    specversion: '1.0',
    id,
    source: '/test',
    type,
    subject: type === 'clock.ticked.v1' ? 'clock' : 'u1',
    time: formatInstant(at),
    datacontenttype: 'application/json',
    data,
  })

const filed = (at: number, appealId: string): Arrival => ({
  at,
  type: 'appeal.filed.v1',
  line: eventAt('appeal.filed.v1', at, appealId, { appealId, decisionId: `d-${appealId}` }),
})

const stored = (line: string, at: number): StoredEvent =>
  unwrap(decodeStored({ ...JSON.parse(line), recordedat: formatInstant(at) }))

/** Records what is taken in memory, with the clock's time. */
const inMemory = (waitsFor: (recorded: ReadonlyArray<StoredEvent>) => number | null = () => null) => {
  let now = Number.NaN
  const seen: StoredEvent[] = []
  let unread: StoredEvent[] = []
  const commits: Array<{ readonly at: number; readonly lines: ReadonlyArray<string> }> = []
  return {
    commits,
    ledger: {
      setClock: (to: number) => {
        if (to < now) throw new Error('the clock goes back')
        now = to
      },
      take: async (lines: ReadonlyArray<string>) => {
        commits.push({ at: now, lines })
        unread.push(...lines.map((line) => stored(line, now)))
        return E.right(null)
      },
      publish: async () => E.right(null),
      hold: async () => E.right(null),
      recorded: async () => {
        const events = unread
        unread = []
        seen.push(...events)
        return E.right(events)
      },
      tickDue: () =>
        tickDue(waitsFor(seen), {
          sequence: seen.length,
          recordedAt: Date.parse(seen.at(-1)?.recordedat ?? ''),
        }),
      tick: async () => {
        commits.push({ at: now, lines: ['tick'] })
        unread.push(
          stored(eventAt('clock.ticked.v1', now, `tick-${seen.length}`, { sequence: seen.length }), now),
        )
        return E.right(null)
      },
    },
  }
}

const idle: Agent = () => ({ plans: [], next: idle })

const passing = (options: Partial<SimulatedTimeOptions>) =>
  passTime({
    arrivals: [],
    agents: [idle],
    from: FROM,
    ledger: inMemory().ledger,
    signal: new AbortController().signal,
    onProgress: () => {},
    ...options,
  })

/** Answers every appeal an hour after seeing it, up to a number that it keeps. */
const reviewer =
  (left: number): Agent =>
  ({ now, recorded }) => {
    const appeals = recorded.flatMap((event) => (event.type === 'appeal.filed.v1' ? [event.data] : []))
    const answered = appeals.slice(0, left)
    return {
      plans: answered.map(({ appealId, decisionId }) => ({
        kind: 'send',
        at: now + HOUR,
        line: eventAt('appeal.decided.v1', now + HOUR, `${appealId}-answer`, {
          appealId,
          decisionId,
          outcome: 'upheld',
          reviewer: { kind: 'human', id: 'r-1' },
        }),
      })),
      next: reviewer(left - answered.length),
    }
  }

test('given a reviewer, when appeals are recorded, then the answers are recorded an hour after the reviewer has looked', async () => {
  const { ledger, commits } = inMemory()
  const arrivals = [filed(FROM + SECOND, 'a1'), filed(FROM + 30 * SECOND, 'a2'), filed(FROM + HOUR, 'a3')]
  unwrap(await passing({ arrivals, agents: [reviewer(2)], ledger }))
  const looked = FROM + SECOND + MINUTE
  expect(commits.map(({ at, lines }) => [at - FROM, lines.map((line) => JSON.parse(line).id)])).toEqual([
    [SECOND, ['a1']],
    [30 * SECOND, ['a2']],
    [HOUR, ['a3']],
    [looked + HOUR - FROM, ['a1-answer', 'a2-answer']],
  ])
})

describe('given a ledger in which something is due ten minutes after the first event', () => {
  const DUE = FROM + 10 * MINUTE
  const untilTick = (recorded: ReadonlyArray<StoredEvent>) =>
    recorded.length === 0 || recorded.some(({ type }) => type === 'clock.ticked.v1') ? null : DUE
  const ticksAmong = async (...offsets: ReadonlyArray<number>) => {
    const { ledger, commits } = inMemory(untilTick)
    unwrap(await passing({ arrivals: offsets.map((offset, i) => filed(FROM + offset, `a${i}`)), ledger }))
    return commits.filter(({ lines }) => lines[0] === 'tick').map(({ at }) => at - FROM)
  }

  test('when nothing more comes, then time goes by once it is due', async () => {
    expect(await ticksAmong(0)).toEqual([DUE - FROM])
  })

  test('when the next event comes later, then time goes by once it is due, and the event is recorded after it', async () => {
    expect(await ticksAmong(0, HOUR)).toEqual([DUE - FROM])
  })

  test('when an event comes before it is due, then what it causes is seen before time goes by', async () => {
    expect(await ticksAmong(0, 10 * MINUTE - SECOND)).toEqual([DUE - FROM + 59 * SECOND])
  })
})

test('given any arrivals, when time passes, then each is recorded once, in order, in commits of one second, not before it arrived', async () => {
  const times = fc.array(fc.integer({ min: 0, max: 5 * SECOND }), { maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(times, async (offsets) => {
      const arrivals = offsets.toSorted((a, b) => a - b).map((offset, i) => filed(FROM + offset, `a${i}`))
      const { ledger, commits } = inMemory()
      let seen = 0
      const counting: Agent = ({ recorded }) => {
        seen += recorded.length
        return { plans: [], next: counting }
      }
      unwrap(await passing({ arrivals, ledger, agents: [counting] }))
      expect(commits.flatMap(({ lines }) => lines)).toEqual(arrivals.map(({ line }) => line))
      expect(seen).toBe(arrivals.length)
      const seconds = commits.map(({ at }) => Math.floor(at / SECOND))
      expect(new Set(seconds).size).toBe(seconds.length)
      for (const { at, lines } of commits) {
        for (const line of lines) {
          const arrivedAt = Date.parse(JSON.parse(line).time)
          expect(Math.floor(arrivedAt / SECOND)).toBe(Math.floor(at / SECOND))
          expect(arrivedAt).toBeLessThanOrEqual(at)
        }
      }
    }),
  )
})

test('given a version that is refused, when the policy team looks, then it publishes it again, as expected or without a rehearsal', async () => {
  const release = {
    publishedAt: FROM + HOUR,
    effectiveFrom: FROM + 2 * HOUR,
    document: { ruleset: 'rules', version: 'v2', signals: {}, rules: [], deactivations: [] },
  }
  const newlyFired = new Map([['spam', 40]])
  const attempted = async (isCareless: boolean) => {
    const attempts: PlannedPublication[] = []
    const publish: SimulatedLedger['publish'] = async (planned) => {
      attempts.push(planned)
      return E.right(attempts.length === 1 ? { release, newlyFired } : null)
    }
    const ledger = { ...inMemory().ledger, publish }
    unwrap(await passing({ agents: [policyTeam({ releases: [release], isCareless })], ledger }))
    return attempts
  }
  const first = { at: FROM + HOUR, expected: new Map(), unrehearsed: null }
  const again = FROM + HOUR + 5 * MINUTE
  expect(await attempted(false)).toMatchObject([
    first,
    { at: again, expected: newlyFired, unrehearsed: null },
  ])
  expect(await attempted(true)).toMatchObject([
    first,
    { at: again, expected: new Map(), unrehearsed: 'only wording changes' },
  ])
})

test('given an agent that plans for the past, when it looks, then it is a bug', async () => {
  const late: Agent = ({ now }) => ({ plans: [{ kind: 'send', at: now - 1, line: '{}' }], next: idle })
  await expect(passing({ agents: [late] })).rejects.toThrow(
    'planned at 2025-04-01T00:00:00.000Z for 2025-03-31',
  )
})

test('given a ledger that fails, when time passes, then it ends with that failure', async () => {
  const failure = E.left({ kind: 'failed', message: 'the disk is full' } as const)
  const ledger = { ...inMemory().ledger, take: async () => failure }
  expect(await passing({ arrivals: [filed(FROM, 'a1')], ledger })).toEqual(failure)
})

test('given a signal, when it comes, then nothing more is recorded, and the error says how far it came', async () => {
  const { ledger, commits } = inMemory()
  const stop = new AbortController()
  const arrivals = [filed(FROM, 'a1'), filed(FROM + HOUR, 'a2')]
  const stopped = await passing({ arrivals, ledger, signal: stop.signal, onProgress: () => stop.abort() })
  expect(stopped).toEqual(
    E.left({
      kind: 'stopped',
      message: 'the simulation was stopped',
      details: ['It had come to 2025-04-01T01:00:00.000Z; what was recorded until then is in the folder.'],
    }),
  )
  expect(commits).toHaveLength(1)
})
