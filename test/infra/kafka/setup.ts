import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startBroker } from '../../../infra/kafka/broker.ts'
import { kafkaJars } from '../../../infra/kafka/jars.ts'
import { missingTools } from '../../../infra/kafka/missing-tools.ts'
import type { SharedKafka } from './kafka.ts'

/** Of Vitest's project, what is needed here. */
export type Project = {
  readonly provide: (key: 'kafka', value: SharedKafka) => void
  readonly vitest: { readonly state: { readonly getPaths: () => ReadonlyArray<string> } }
}

/**
 * Sees to the Kafka of a test run: that of KAFKA_BROKERS, else a broker that is started here, and only when a test file of
 * the run asks for one. Where none can be run, the tests are skipped and the run's end says so; with REQUIRE_KAFKA=1 the
 * run fails instead.
 */
export default async (project: Project): Promise<() => Promise<void>> => {
  const { KAFKA_BROKERS, REQUIRE_KAFKA } = process.env
  const wantsShared = isCalled('describeWithKafka', project)
  const wantsStarted = isCalled('describeWithOwnBroker', project) || (wantsShared && !KAFKA_BROKERS)
  const missing = wantsStarted ? missingTools() : undefined
  if (missing !== undefined && REQUIRE_KAFKA === '1') {
    throw new Error(`REQUIRE_KAFKA=1 and no Kafka for the tests: ${missing}`)
  }
  // Before any test, whose time is limited.
  if (wantsStarted && missing === undefined) await kafkaJars()

  let cleanUp = async (): Promise<void> => {}
  if (!wantsShared) project.provide('kafka', { kind: 'unasked' })
  else if (KAFKA_BROKERS) project.provide('kafka', { kind: 'there', brokers: KAFKA_BROKERS })
  else if (missing !== undefined) project.provide('kafka', { kind: 'missing', reason: missing })
  else {
    const folder = mkdtempSync(join(tmpdir(), 'redress-kafka-'))
    const broker = await startBroker({ folder })
    project.provide('kafka', { kind: 'there', brokers: broker.address })
    cleanUp = async () => {
      await broker.kill()
      rmSync(folder, { recursive: true })
    }
  }

  return async () => {
    await cleanUp()
    if (missing !== undefined) {
      process.stderr.write(`\nKAFKA TESTS SKIPPED: ${missing}. Or set KAFKA_BROKERS to a broker's address.\n`)
    }
  }
}

type Helper = 'describeWithKafka' | 'describeWithOwnBroker'

/** Whether a test file of this run calls a helper, by its text. */
const isCalled = (helper: Helper, project: Project): boolean =>
  project.vitest.state.getPaths().some((file) => readFileSync(file, 'utf8').includes(`${helper}(`))
