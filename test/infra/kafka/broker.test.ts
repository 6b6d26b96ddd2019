import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Broker, startBroker } from '../../../infra/kafka/broker.ts'
import { PATIENCE } from '../../patience.ts'
import { clientOf, createTopic, produce, type Reading, readFromStart } from './client.ts'
import { describeWithOwnBroker } from './kafka.ts'

let dir = ''
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'redress-broker-'))
})
afterAll(() => rmSync(dir, { recursive: true }))

describeWithOwnBroker('given a broker with a topic that is read while it is written', () => {
  let broker: Broker
  let reading: Reading
  const kafka = () => clientOf(broker.address)
  const seen = (...values: ReadonlyArray<string>) =>
    vi.waitFor(() => expect(new Set(reading.values)).toEqual(new Set(values)), PATIENCE)

  beforeAll(async () => {
    broker = await startBroker({ folder: join(dir, 'broker') })
    await createTopic(kafka(), 'flags')
    reading = await readFromStart(kafka(), 'flags')
    await produce(kafka(), 'flags', 'one')
    await seen('one')
  })
  afterAll(async () => {
    await reading?.stop()
    await broker?.kill()
  })

  test('when it is stopped and started, then it has the same address and messages, and the reader continues', async () => {
    const { address } = broker
    await broker.stop()
    expect(broker.isUp()).toBe(false)
    await broker.start()
    expect(broker.address).toBe(address)
    await produce(kafka(), 'flags', 'two')
    await seen('one', 'two')
  })

  test('when it is killed and started, then the same holds', async () => {
    await broker.kill()
    expect(broker.isUp()).toBe(false)
    await broker.start()
    await produce(kafka(), 'flags', 'three')
    await seen('one', 'two', 'three')
    const reread = await readFromStart(kafka(), 'flags')
    await vi.waitFor(() => expect(reread.values).toEqual(['one', 'two', 'three']), PATIENCE)
    await reread.stop()
  })

  test('when a message has 5 MiB, then it is accepted', async () => {
    await createTopic(kafka(), 'large')
    const large = 'x'.repeat(5 * 1024 * 1024)
    await produce(kafka(), 'large', large)
    const read = await readFromStart(kafka(), 'large')
    await vi.waitFor(() => expect(read.values[0]?.length).toBe(large.length), PATIENCE)
    await read.stop()
  })

  test('when a topic does not exist, then writing to it does not create it', async () => {
    await expect(produce(clientOf(broker.address, { retry: { retries: 1 } }), 'flgas', 'x')).rejects.toThrow(
      'does not host this topic',
    )
  })

  test('when another is started in its folder, then that is refused, and this one is unaffected', async () => {
    await expect(startBroker({ folder: join(dir, 'broker') })).rejects.toThrow(
      `is already running in ${join(dir, 'broker')}`,
    )
    expect(broker.isUp()).toBe(true)
  })
})

describeWithOwnBroker('given something that keeps a broker from starting', () => {
  test('when its data is invalid, then the error has the end of its log', async () => {
    const folder = join(dir, 'spoilt')
    mkdirSync(join(folder, 'kafka-data'), { recursive: true })
    writeFileSync(join(folder, 'kafka-data', 'meta.properties'), 'version=1\nnode.id=7\ncluster.id=other\n')
    await expect(startBroker({ folder })).rejects.toThrow(
      /kafka\.log ends with:\n(.*\n)*.*Stored node id 7 doesn't match/,
    )
  })

  test('when its port is taken, then the error says so', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    const port = await vi.waitFor(() => {
      const address = other.address()
      if (address === null || typeof address === 'string') throw new Error('not yet')
      return address.port
    }, PATIENCE)
    await expect(startBroker({ folder: join(dir, 'taken'), port })).rejects.toThrow(`port ${port} is in use`)
    other.close()
  })
})
