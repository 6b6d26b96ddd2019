import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listHolds } from '../../../src/app/hold/list.ts'
import { listRulesets } from '../../../src/app/ruleset/list.ts'
import {
  type SimulatedHistory,
  type SimulateToLedgerOptions,
  simulateToLedger,
} from '../../../src/app/simulate/to-ledger.ts'
import { listTripwires } from '../../../src/app/tripwires/list.ts'
import type { HoldKey } from '../../../src/domain/suspect.ts'
import { SECOND } from '../../../src/simulation/calendar.ts'
import { leastAccounts } from '../../../src/simulation/population.ts'
import { unwrap } from '../../ledger/events.ts'
import { simulated } from '../../simulation/simulated.ts'
import { errorOf, storedIn, useCaseFolder } from '../use-case.ts'

const path = useCaseFolder()

const recorded = (options: Partial<SimulateToLedgerOptions> = {}) =>
  simulateToLedger({
    ...{ scenario: 'late-publication', seed: 3, accounts: leastAccounts, faultShare: 1 },
    ...{ paired: false, holds: [], audited: false },
    data: path('data'),
    files: { truth: path('truth.json'), ruleset: null, correction: null },
    signal: new AbortController().signal,
    onOpen: () => {},
    onProgress: () => {},
    ...options,
  })

describe('given a platform that was simulated on a folder', () => {
  const dir = mkdtempSync(join(tmpdir(), 'redress-simulated-'))
  afterAll(() => rmSync(dir, { recursive: true, force: true }))
  const into = (name: string) =>
    recorded({
      data: join(dir, name),
      files: { truth: join(dir, `${name}.json`), ruleset: null, correction: null },
    })
  let history: SimulatedHistory
  let events: Awaited<ReturnType<typeof storedIn>>
  beforeAll(async () => {
    await mkdir(join(dir, 'data'))
    history = unwrap(await into('data'))
    events = await storedIn(join(dir, 'data'))
  })

  test('then all events are recorded, and the truth is in the file', () => {
    const { truth, tally, publications } = history
    expect(JSON.parse(readFileSync(join(dir, 'data.json'), 'utf8'))).toEqual(truth)
    expect(publications).toBe(5)
    expect(tally).toMatchObject({ accepted: truth.events - publications, rejected: 0 })
    expect(events.filter(({ type }) => type !== 'clock.ticked.v1')).toHaveLength(truth.events)
  })

  test('then time went by where something was due and nothing came for a minute, and wires are set off as from history', async () => {
    const ticks = events.flatMap(({ type, recordedat }, i) =>
      type === 'clock.ticked.v1'
        ? Date.parse(String(recordedat)) - Date.parse(String(events[i - 1]?.recordedat))
        : [],
    )
    expect(ticks.length).toBeGreaterThan(0)
    expect(Math.min(...ticks)).toBeGreaterThanOrEqual(60 * SECOND)
    const { tripped } = unwrap(
      await listTripwires({ data: join(dir, 'data'), at: null, onProgress: () => {} }),
    )
    expect(tripped.length).toBeGreaterThan(0)
    expect(history.tripped).toEqual(tripped)
  })

  test('then every arrival is recorded in its second', () => {
    const recordedAt = new Map(
      events.map(({ source, id, recordedat }) => [`${source} ${id}`, Date.parse(String(recordedat))]),
    )
    const first = new Map<string, number>()
    for (const { at, type, line } of simulated('late-publication', 3, leastAccounts).arrivals()) {
      const { source, id } = JSON.parse(line)
      if (type !== 'ruleset.published.v1' && !first.has(`${source} ${id}`)) first.set(`${source} ${id}`, at)
    }
    expect(first.size).toBe(history.tally.accepted)
    for (const [key, at] of first) {
      const then = recordedAt.get(key) ?? 0
      expect(then).toBeGreaterThanOrEqual(at)
      expect(Math.floor(then / SECOND)).toBe(Math.floor(at / SECOND))
    }
  })

  test('then the versions are published at their times, one of them too late', async () => {
    const options = { data: join(dir, 'data'), id: 'community-guidelines', now: 0 }
    const versions = unwrap(await listRulesets(options))
    expect(
      versions.map(({ version, publishedAt, recordedAt }) => [version, publishedAt, recordedAt]),
    ).toEqual(
      [
        ['2025-03-10', '2025-03-09T15:00:00.000Z'],
        ['2025-04-02', '2025-04-01T13:40:00.000Z'],
        ['2025-04-28', '2025-04-28T15:30:00.000Z'],
        ['2025-05-13', '2025-05-13T15:20:00.000Z'],
      ].map(([version, at]) => [version, at, at]),
    )
  })

  test('then the same seed gives the same events in the same order at the same times', async () => {
    unwrap(await into('again'))
    // What is sealed differs, because keys are random.
    const told = (stored: typeof events) =>
      stored.map(({ id, source, recordedat }) => [source, id, recordedat])
    expect(told(await storedIn(join(dir, 'again')))).toEqual(told(events))
  })
})

test('given a new rule, when its rehearsal refuses it, then it is published as expected minutes later, before it takes effect', async () => {
  const { refusals, publications } = unwrap(await recorded({ scenario: 'honest-new-rule' }))
  expect(publications).toBe(5)
  const unexpected = [{ rule: 'spam.redirects', newlyFired: expect.any(Number), fired: 0, allowed: 0 }]
  const newlyFired = refusals[0]?.unexpected[0]?.newlyFired
  const anyway = { at: Date.parse('2025-04-28T09:17Z'), reason: `expected spam.redirects=+${newlyFired}` }
  expect(refusals).toEqual([
    { at: Date.parse('2025-04-28T09:12Z'), version: '2025-04-28', unexpected, anyway },
  ])
  const published = (await storedIn(path('data'))).filter(({ type }) => type === 'ruleset.published.v1')
  expect(published.at(-2)).toMatchObject({
    time: '2025-04-28T09:17:00.000Z',
    data: {
      effectiveFrom: '2025-04-28T09:30:00.000Z',
      rehearsal: {
        against: '2025-04-02',
        rules: { 'spam.redirects': { newOnly: newlyFired, both: 0 } },
        reason: `expected spam.redirects=+${newlyFired}`,
      },
    },
  })
})

test('given a hold, when a platform is simulated, then it is asked for at its time, in the order of the ledger', async () => {
  const since = Date.parse('2025-04-20T08:00:00Z')
  // Cast: an id without its brand.
  const key = { rule: 'adult.explicit' } as HoldKey
  const { tally, truth, publications } = unwrap(await recorded({ holds: [{ key, since, lifted: null }] }))
  expect(unwrap(await listHolds({ data: path('data') }))).toMatchObject([{ key, since, lifted: null }])
  expect(tally).toMatchObject({ accepted: truth.events - publications, rejected: 0 })
  const times = (await storedIn(path('data'))).map(({ recordedat }) => String(recordedat))
  expect(times).toEqual(times.toSorted())
})

test('given a folder that is not empty, when a platform is simulated on it, then it is invalid, and nothing is written', async () => {
  await mkdir(path('data'))
  writeFileSync(path('data/mine'), '')
  expect(errorOf(await recorded())).toEqual({
    kind: 'invalid',
    message: `${path('data')} is not empty: name an empty folder, or a new one`,
    options: ['data'],
  })
  expect(existsSync(path('truth.json'))).toBe(false)
})

test('given a file instead of a folder, or a file that exists, when a platform is simulated, then it says so', async () => {
  writeFileSync(path('file'), '')
  expect(errorOf(await recorded({ data: path('file') })).message).toContain('it is a file, not a folder')
  const files = { truth: path('file'), ruleset: null, correction: null }
  expect(errorOf(await recorded({ files })).message).toContain('already exists')
  expect(existsSync(path('data'))).toBe(false)
})

test('given a signal before it starts, when a platform is simulated, then it stops', async () => {
  expect(errorOf(await recorded({ signal: AbortSignal.abort() })).kind).toBe('stopped')
  expect(existsSync(path('truth.json'))).toBe(false)
})
