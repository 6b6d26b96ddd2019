import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, type ProvidedContext, test, vi } from 'vitest'
import setup, { type BrokerTools, type Project } from './setup.ts'

describe('given a run of tests on a machine without Java', () => {
  let dir = ''
  let provided: Partial<Record<keyof ProvidedContext, unknown>> = {}
  const messages: string[] = []

  /** Sets up a run of one test file that says this. */
  const setUp = (text: string, tools?: BrokerTools) => {
    const file = join(dir, 'some.test.ts')
    writeFileSync(file, text)
    const project: Project = {
      provide: (key, value) => {
        provided[key] = value
      },
      vitest: { state: { getPaths: () => [file] } },
    }
    return tools === undefined ? setup(project) : setup(project, tools)
  }
  // Put together here, or this file would itself be one that asks.
  const call = (helper: string): string => `${helper}('given Kafka', () => {})`
  const asking = call('describeWithKafka')

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'redress-setup-'))
    provided = {}
    messages.length = 0
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => messages.push(String(text)) > 0)
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

  test('when no test needs Kafka, then nothing is started or reported as missing', async () => {
    vi.stubEnv('REQUIRE_KAFKA', '1')
    const tearDown = await setUp('no word of it')
    await tearDown()
    expect(provided.kafka).toEqual({ kind: 'unasked' })
    expect(messages).toEqual([])
  })

  test.each(['describeWithKafka', 'describeWithOwnBroker'])(
    'when %s is called, then the end of the run reports what was skipped',
    async (helper) => {
      const tearDown = await setUp(call(helper))
      await tearDown()
      expect(messages.join('')).toMatch(
        /KAFKA TESTS SKIPPED: Kafka needs Java .*apt-get install .*KAFKA_BROKERS/,
      )
    },
  )

  test('when a test needs the shared broker, then it is given the reason', async () => {
    await setUp(asking)
    expect(provided.kafka).toMatchObject({ kind: 'missing', reason: expect.stringContaining('Java') })
  })

  test('when Kafka is required, then the run fails', async () => {
    vi.stubEnv('REQUIRE_KAFKA', '1')
    await expect(setUp(asking)).rejects.toThrow('REQUIRE_KAFKA=1')
  })

  test('when KAFKA_BROKERS names one, then that one is used', async () => {
    vi.stubEnv('REQUIRE_KAFKA', '1')
    vi.stubEnv('KAFKA_BROKERS', 'kafka.test:9092')
    const tearDown = await setUp(asking)
    await tearDown()
    expect(provided.kafka).toEqual({ kind: 'there', brokers: 'kafka.test:9092' })
    expect(messages).toEqual([])
  })

  describe.each([
    [
      'Maven cannot reach its repository',
      {
        kafkaJars: () => Promise.reject(new Error('mvn failed with 1:\n[ERROR] Could not transfer artifact')),
      },
      "Maven cannot bring Kafka's jars: Could not transfer artifact",
    ],
    [
      'the broker does not start',
      { startBroker: () => Promise.reject(new Error('Kafka did not come up in 60 s\nits log')) },
      'the broker does not start: Kafka did not come up in 60 s',
    ],
  ])('or one where %s', (_, failing, reason) => {
    const tools: BrokerTools = {
      missingTools: () => undefined,
      kafkaJars: () => Promise.resolve(),
      startBroker: () => Promise.resolve({ address: '127.0.0.1:1', kill: () => Promise.resolve() }),
      ...failing,
    }

    test('when the run is set up, then the tests that need Kafka are skipped with the reason, also at the end', async () => {
      const tearDown = await setUp(asking, tools)
      await tearDown()
      expect(provided).toEqual({ kafka: { kind: 'missing', reason }, noBroker: reason })
      expect(messages.join('')).toContain(`KAFKA TESTS SKIPPED: ${reason}.`)
    })

    test('when Kafka is required, then the run fails', async () => {
      vi.stubEnv('REQUIRE_KAFKA', '1')
      await expect(setUp(asking, tools)).rejects.toThrow(reason)
    })
  })
})
