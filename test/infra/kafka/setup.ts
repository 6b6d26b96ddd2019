import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ProvidedContext } from 'vitest'
import { type Broker, startBroker } from '../../../infra/kafka/broker.ts'
import { kafkaJars } from '../../../infra/kafka/jars.ts'
import { missingTools } from '../../../infra/kafka/missing-tools.ts'
import type { SharedKafka } from './kafka.ts'

/** Of Vitest's project, what is needed here. */
export type Project = {
  readonly provide: <K extends keyof ProvidedContext>(key: K, value: ProvidedContext[K]) => void
  readonly vitest: { readonly state: { readonly getPaths: () => ReadonlyArray<string> } }
}

/** What a broker is started with. */
export type BrokerTools = {
  readonly missingTools: typeof missingTools
  readonly kafkaJars: () => Promise<unknown>
  readonly startBroker: (options: { readonly folder: string }) => Promise<Pick<Broker, 'address' | 'kill'>>
}

/**
 * Sees to the Kafka of a test run: that of KAFKA_BROKERS, else a broker that is started here, and only when a test file of
 * the run asks for one. Where none can be started, whatever the reason, the tests that need it are skipped and the run's end
 * says so; with REQUIRE_KAFKA=1 the run fails instead.
 */
export default async (
  project: Project,
  tools: BrokerTools = { missingTools, kafkaJars, startBroker },
): Promise<() => Promise<void>> => {
  const { KAFKA_BROKERS, REQUIRE_KAFKA } = process.env
  const wantsShared = isCalled('describeWithKafka', project)
  const wantsOwn = isCalled('describeWithOwnBroker', project)
  const startsShared = wantsShared && !KAFKA_BROKERS

  // Before any test, whose time is limited.
  let missing = wantsOwn || startsShared ? await whyNoBroker(tools) : null
  const shared = startsShared && missing === null ? await startShared(tools) : null
  if (typeof shared === 'string') missing = shared
  if (missing !== null && REQUIRE_KAFKA === '1') {
    throw new Error(`REQUIRE_KAFKA=1 and no Kafka for the tests: ${missing}`)
  }
  project.provide('noBroker', missing)
  project.provide('kafka', sharedKafka())

  function sharedKafka(): SharedKafka {
    if (!wantsShared) return { kind: 'unasked' }
    if (KAFKA_BROKERS) return { kind: 'there', brokers: KAFKA_BROKERS }
    if (shared !== null && typeof shared !== 'string') return { kind: 'there', brokers: shared.address }
    return { kind: 'missing', reason: missing ?? 'no broker was started' }
  }

  return async () => {
    if (shared !== null && typeof shared !== 'string') await shared.stop()
    if (missing !== null) {
      process.stderr.write(`\nKAFKA TESTS SKIPPED: ${missing}. Or set KAFKA_BROKERS to a broker's address.\n`)
    }
  }
}

/** Why no broker can be started here; null: one can, as far as is known. Fetches what it needs. */
const whyNoBroker = async ({ missingTools, kafkaJars }: BrokerTools): Promise<string | null> => {
  const missing = missingTools()
  if (missing !== undefined) return missing
  try {
    await kafkaJars()
    return null
  } catch (error) {
    return `Maven cannot bring Kafka's jars: ${firstProblem(error)}`
  }
}

type Shared = { readonly address: string; readonly stop: () => Promise<void> }

/** Starts the broker that the tests share, or says why it does not start. */
const startShared = async ({ startBroker }: BrokerTools): Promise<Shared | string> => {
  const folder = mkdtempSync(join(tmpdir(), 'redress-kafka-'))
  const clear = (): void => rmSync(folder, { recursive: true, force: true })
  try {
    const broker = await startBroker({ folder })
    return {
      address: broker.address,
      stop: async () => {
        await broker.kill()
        clear()
      },
    }
  } catch (error) {
    clear()
    return `the broker does not start: ${firstProblem(error)}`
  }
}

/** Of what a program printed, the line that says what is wrong. */
const firstProblem = (error: unknown): string => {
  const lines = (error instanceof Error ? error.message : String(error)).split('\n')
  return (lines.find((line) => line.includes('[ERROR]')) ?? lines[0] ?? '')
    .replace('[ERROR] ', '')
    .slice(0, 300)
}

type Helper = 'describeWithKafka' | 'describeWithOwnBroker'

/** Whether a test file of this run calls a helper, by its text. */
const isCalled = (helper: Helper, project: Project): boolean =>
  project.vitest.state.getPaths().some((file) => readFileSync(file, 'utf8').includes(`${helper}(`))
