import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { readDispatched } from '../../../src/app/dispatch/progress-file.ts'
import { recordIn, requested, withdrawn } from '../../app/dispatch/requesting.ts'
import { storedIn } from '../../app/use-case.ts'
import { describeWithKafka } from '../../infra/kafka/kafka.ts'
import { committedIn } from '../../ingest/kafka/topics.ts'
import { often } from '../../long/often.ts'
import { PATIENCE } from '../../patience.ts'

/** The topic is shared: what is about this run's accounts is ours. */
const own = randomUUID()

let dir = ''
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'redress-dispatch-'))
})
afterAll(() => rmSync(dir, { recursive: true }))

const main = join(import.meta.dirname, '../../../src/cli/main.ts')
/** Runs `redress dispatch` in a process of its own. */
const dispatch = (...args: ReadonlyArray<string>) => {
  const child = spawn(process.execPath, [main, 'dispatch', '--data', dir, ...args])
  const said = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { child, ended: said.then(([stdout, stderr]) => ({ code: child.exitCode, stdout, stderr })) }
}

/** Asks for two accounts to be reinstated, and withdraws one of the requests. */
const ask = (round: number): Promise<void> => {
  const [one, other] = [`u-${round}-1-${own}`, `u-${round}-2-${own}`]
  return recordIn(dir, requested(`r-${one}`, one), requested(`r-${other}`, other), withdrawn(`r-${one}`, one))
}

/** What is committed in the topic, as far as it is ours; `by`: of which account. */
const ours = async (brokers: string): Promise<ReadonlyArray<Record<string, unknown>>> =>
  (await committedIn(brokers, 'redress.requests'))
    .filter(({ key }) => String(key).includes(own))
    .map(({ key, value }) => {
      const json = JSON.parse(String(value))
      expect(json.account).toBe(String(key))
      return json
    })

describeWithKafka('given a dispatcher', (brokers) => {
  test('when it is killed again and again while requests come, then each is in the topic once, as recorded, and those of an account in order', async () => {
    await ask(0)
    const [rounds, most] = [often(2, 20), 3_000]
    for (let round = 1; round <= rounds; round++) {
      const { child, ended } = dispatch('--brokers', brokers)
      await ask(round)
      await setTimeout(Math.random() * most)
      child.kill('SIGKILL')
      await ended
    }
    const { code, stdout, stderr } = await dispatch('--brokers', brokers, '--until-end', '--json').ended
    expect(code, stderr).toBe(0)
    const stored = await storedIn(dir)
    expect(JSON.parse(stdout)).toMatchObject({ sequence: stored.length, stoppedBy: null })

    const sent = await ours(brokers)
    const recorded = stored.map(({ type, subject, recordedat, data }, index) => ({
      type:
        type === 'reinstatement.requested.v1' ? 'reinstatement.request.v1' : 'reinstatement.withdrawal.v1',
      ...{ account: subject, ...Object(data), recordedAt: recordedat, sequence: index + 1 },
    }))
    const inOrder = sent.toSorted((a, b) => Number(a.sequence) - Number(b.sequence))
    expect(inOrder).toEqual(recorded)
    const withdrawnOnes = sent.filter(({ type }) => type === 'reinstatement.withdrawal.v1')
    expect(withdrawnOnes).toHaveLength(rounds + 1)
    for (const { account, requestId } of withdrawnOnes) {
      expect(sent.find((one) => one.account === account)).toMatchObject({
        ...{ type: 'reinstatement.request.v1', requestId },
      })
    }
  })

  test('when another one starts, then the first ends at the next request and says why, and nothing is sent twice', async () => {
    const first = dispatch('--brokers', brokers)
    const head = (await storedIn(dir)).length
    await ask(1_000)
    await vi.waitFor(async () => expect((await readDispatched(dir))?.sequence).toBe(head + 3), PATIENCE)
    const { code } = await dispatch('--brokers', brokers, '--until-end').ended
    expect(code).toBe(0)
    await ask(1_001)
    expect(await first.ended).toMatchObject({
      ...{ code: 2, stderr: expect.stringMatching(/^redress: another process sends from this ledger/m) },
    })
    await dispatch('--brokers', brokers, '--until-end').ended
    expect(await ours(brokers)).toHaveLength((await storedIn(dir)).length)
  })

  test('when it is to end and no broker answers, then it fails', async () => {
    const { code, stderr } = await dispatch('--brokers', 'localhost:1', '--until-end').ended
    expect(code).toBe(2)
    expect(stderr).toMatch(/^redress: no answer from localhost:1/)
  })
})
