import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { SharedKafka } from './kafka.ts'
import setup from './setup.ts'

describe('given a machine without Java', () => {
  let dir = ''
  let provided: SharedKafka | undefined
  const said: string[] = []

  /** Sets up a run of one test file that says this. */
  const setUp = (text: string) => {
    const file = join(dir, 'some.test.ts')
    writeFileSync(file, text)
    return setup({
      provide: (_, value) => {
        provided = value
      },
      vitest: { state: { getPaths: () => [file] } },
    })
  }
  // Put together here, or this file would itself be one that asks.
  const call = (helper: string): string => `${helper}('given Kafka', () => {})`
  const asking = call('describeWithKafka')

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'redress-setup-'))
    provided = undefined
    said.length = 0
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0)
    for (const [name, value] of Object.entries({
      PATH: dir,
      JAVA_HOME: '',
      KAFKA_BROKERS: '',
      REQUIRE_KAFKA: '',
    })) {
      vi.stubEnv(name, value)
    }
  })
  afterEach(() => {
    vi.unstubAllEnvs()
    vi.restoreAllMocks()
    rmSync(dir, { recursive: true })
  })

  test('when no test asks for Kafka, then nothing is started, missed or said', async () => {
    vi.stubEnv('REQUIRE_KAFKA', '1')
    const tearDown = await setUp('no word of it')
    await tearDown()
    expect(provided).toEqual({ kind: 'unasked' })
    expect(said).toEqual([])
  })

  test.each(['describeWithKafka', 'describeWithOwnBroker'])(
    'when %s is called, then the end of the run says what was skipped',
    async (helper) => {
      const tearDown = await setUp(call(helper))
      await tearDown()
      expect(said.join('')).toMatch(/KAFKA TESTS SKIPPED: Kafka needs Java .*apt-get install .*KAFKA_BROKERS/)
    },
  )

  test('when a test asks for the shared one, then it is told the reason', async () => {
    await setUp(asking)
    expect(provided).toMatchObject({ kind: 'missing', reason: expect.stringContaining('Java') })
  })

  test('when Kafka is required, then the run fails', async () => {
    vi.stubEnv('REQUIRE_KAFKA', '1')
    await expect(setUp(asking)).rejects.toThrow('REQUIRE_KAFKA=1')
  })

  test('when KAFKA_BROKERS names one, then it is that one', async () => {
    vi.stubEnv('REQUIRE_KAFKA', '1')
    vi.stubEnv('KAFKA_BROKERS', 'kafka.test:9092')
    const tearDown = await setUp(asking)
    await tearDown()
    expect(provided).toEqual({ kind: 'there', brokers: 'kafka.test:9092' })
    expect(said).toEqual([])
  })
})
