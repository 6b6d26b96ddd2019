import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { recordOwn } from '../../../src/app/record-own.ts'
import { formatInstant } from '../../../src/domain/time.ts'
import { ownEvent } from '../../../src/incidents/own-event.ts'
import { openLedger } from '../../../src/ledger/open.ts'
import { storedIn } from '../../app/use-case.ts'
import { watched } from '../../app/watch/watching.ts'
import { type Publishing, recordedAt, said } from '../../incidents/tripwires/ledger.ts'
import { describeWithKafka } from '../../infra/kafka/kafka.ts'
import { committedIn } from '../../ingest/kafka/topics.ts'
import { unwrap } from '../../ledger/events.ts'
import { often } from '../../long/often.ts'

/** The topics are shared: what is about this run's accounts, sources and services is ours. */
const own = randomUUID()

let dir = ''
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'redress-topics-'))
})
afterAll(() => rmSync(dir, { recursive: true }))

const main = join(import.meta.dirname, '../../../src/cli/main.ts')
/** Runs `redress watch` in a process of its own. */
const watch = (...args: ReadonlyArray<string>) => {
  const child = spawn(process.execPath, [main, 'watch', '--data', dir, ...args])
  let stdout = ''
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk
  })
  return { child, ended: once(child, 'close').then(() => ({ code: child.exitCode, stdout })) }
}

const publishing = (type: string, data: object, subject: string): Publishing => ({
  ...{ at: Date.now(), type: `${type}.v1`, data, subject, source: `/svc-${own}` },
})
const decidedBy = { kind: 'rule', id: `bans-${own}` }
/** Bans on flags of content that is another account's: those of each round set off a wire at once. */
const bans = (round: number): ReadonlyArray<Publishing> =>
  [1, 2, 3].flatMap((i) => {
    const [id, version] = [`${round}-${i}-${own}`, `v${round}`]
    const content = { id, kind: 'pin', owner: 'another' }
    return [
      publishing('flag.raised', said.flagged(`f-${id}`, version, { content }), `u-${id}`),
      publishing(
        'account.deactivated',
        { ...said.banned(`d-${id}`, version, [`f-${id}`]), decidedBy },
        `u-${id}`,
      ),
    ]
  })
let recorded = 0
const record = async (events: ReadonlyArray<Publishing>): Promise<void> => {
  const { close } = await recordedAt(dir, events, recorded)
  recorded += events.length
  await close()
}
const requestHold = async (holdId: string): Promise<void> => {
  const { ledger, close } = unwrap(await openLedger(dir))
  const data = { holdId, by: 'ana', reason: 'it flags quilts', key: { rule: 'spam' } }
  const time = formatInstant(Date.now())
  unwrap(
    await recordOwn(ledger, [ownEvent('hold.requested.v1', { id: holdId, subject: holdId, time, data })]),
  )
  await close()
}

/** What is committed in a topic, as far as it is ours. */
const ours = async (brokers: string, topic: string) =>
  (await committedIn(brokers, topic)).map(({ value }) => String(value)).filter((value) => value.includes(own))

describeWithKafka('given a watch with brokers', (brokers) => {
  test('when it is killed again and again while events come, then each alarm, audit and hold is in its topic once', async () => {
    await record([publishing('ruleset.published', said.published('v0'), 'rules'), ...bans(0)])
    await watched(dir)
    await requestHold(`h-${own}`)
    const [rounds, most] = [often(2, 40), 3_000]
    for (let round = 1; round <= rounds; round++) {
      const { child, ended } = watch('--brokers', brokers)
      await record(bans(round))
      await setTimeout(Math.random() * most)
      child.kill('SIGKILL')
      await ended
    }
    const { code, stdout } = await watch('--brokers', brokers, '--until-end', '--json').ended
    expect([code, Object(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? ''))]).toMatchObject([
      0,
      { sent: expect.any(Number), unsent: 0 },
    ])

    const stored = (await storedIn(dir)).map(({ type, data }) => ({ type, data: Object(data) }))
    const told = stored.filter(({ type, data }) => type === 'alarm.raised.v1' && data.repeats === undefined)
    const alarms = (await ours(brokers, 'redress.alarms')).map((value) => JSON.parse(value))
    expect(told.length).toBeGreaterThanOrEqual(rounds)
    expect(
      alarms
        .filter(({ repeats }) => repeats === undefined)
        .map(({ alarmId }) => alarmId)
        .sort(),
    ).toEqual(told.map(({ data }) => data.alarmId).sort())
    const audits = (await ours(brokers, 'redress.audits')).map((value) => JSON.parse(value).decisionId)
    const decisions = stored.filter(({ type }) => type === 'account.deactivated.v1').slice(3)
    expect(audits.sort()).toEqual(decisions.map(({ data }) => data.decisionId).sort())
    const holds = await ours(brokers, 'redress.holds')
    expect(holds.map((value) => JSON.parse(value))).toMatchObject([
      { holdId: `h-${own}`, state: 'requested' },
    ])
  })

  test('when it is to end and no broker answers, then it fails, and says what it did', async () => {
    const { code, stdout } = await watch('--brokers', 'localhost:1', '--until-end').ended
    expect(code).toBe(2)
    expect(stdout).toMatch(/Up to sequence \d+: \d+ alarms? recorded, \d+ told; 0 messages sent to topics/)
  })
})
