import { execFile, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { clientOf } from './client.ts'
import { describeWithOwnBroker } from './kafka.ts'

const main = join(import.meta.dirname, '../../../infra/kafka/main.ts')
const dir = mkdtempSync(join(tmpdir(), 'redress-commands-'))
const folder = join(dir, 'broker')
afterAll(() => rmSync(dir, { recursive: true }))

const inBackground = promisify(execFile)
const kafka = (args: ReadonlyArray<string>, env: NodeJS.ProcessEnv = process.env) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: 'utf8', env })
  return { status, stdout, stderr }
}
const up = () => kafka(['up', '--folder', folder])
const down = (...more: ReadonlyArray<string>) => kafka(['down', '--folder', folder, ...more])
const addressIn = (text: string): string => /localhost:\d+/.exec(text)?.[0] ?? 'none'

const topicsAt = async (address: string): Promise<ReadonlyArray<string>> => {
  const admin = clientOf(address, { retry: { retries: 0 } }).admin()
  await admin.connect()
  const topics = await admin.listTopics()
  await admin.disconnect()
  return topics
}

describeWithOwnBroker('given no broker in a folder', () => {
  afterAll(() => {
    down()
  })

  test('when it goes up and down, then its data and its port are kept until they are deleted', async () => {
    const twoAtOnce = await Promise.all(
      [1, 2].map(() => inBackground(process.execPath, [main, 'up', '--folder', folder])),
    )
    const outputs = twoAtOnce.map(({ stdout }) => stdout)
    const already = outputs.find((text) => text.includes('already running')) ?? ''
    const started = outputs.find((text) => text !== already) ?? ''
    const address = addressIn(started)
    expect(started).toContain(`Kafka is running at ${address} (`)
    expect(already).toContain(`Kafka is already running at ${address}`)
    for (const { stdout, stderr } of twoAtOnce) {
      expect(stdout).toContain(`redress consume --brokers ${address} --topic enforcement.events`)
      expect(stderr).toBe('')
    }
    expect(await topicsAt(address)).toEqual(
      expect.arrayContaining(['enforcement.events', 'enforcement.events.dead-letters']),
    )
    const admin = clientOf(address).admin()
    await admin.connect()
    await admin.createTopics({ topics: [{ topic: 'of-mine' }] })
    await admin.disconnect()

    expect(up()).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(`is already running at ${address}`),
    })
    expect(down()).toMatchObject({ status: 0, stdout: expect.stringContaining('its data stays in') })
    await expect(topicsAt(address)).rejects.toThrow()

    expect(addressIn(up().stdout)).toBe(address)
    expect(await topicsAt(address)).toContain('of-mine')
    writeFileSync(join(folder, 'notes.txt'), 'of mine')
    expect(down('--delete')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('its data is deleted'),
    })
    expect(existsSync(join(folder, 'kafka-data'))).toBe(false)
    expect(existsSync(join(folder, 'notes.txt'))).toBe(true)
    expect(down()).toMatchObject({ status: 0, stdout: expect.stringContaining('There is no Kafka in') })
  })
})

test('given a machine without Java, when it goes up, then it says what to install and starts nothing', () => {
  const lacking = join(dir, 'lacking')
  const run = kafka(['up', '--folder', lacking], { PATH: '' })
  expect(run).toMatchObject({
    status: 2,
    stdout: '',
    stderr: expect.stringMatching(/^kafka: Kafka needs Java.*\n$/),
  })
  expect(existsSync(lacking)).toBe(false)
})
