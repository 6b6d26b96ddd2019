import '../../src/ingest/kafka/client/patch-request-queue.ts'
import { type Admin, Kafka, logLevel } from 'kafkajs'

/** Asks a broker something, and hangs up. */
const withAdmin = async <T>(
  address: string,
  retries: number,
  ask: (admin: Admin) => Promise<T>,
): Promise<T> => {
  const retry = { retries, initialRetryTime: 100, maxRetryTime: 1_000 }
  const admin = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING, retry }).admin()
  try {
    await admin.connect()
    return await ask(admin)
  } finally {
    await admin.disconnect()
  }
}

/** Whether a broker is of use yet: it has joined its cluster and can look after groups, not only has its port open. */
export const isReady = async (address: string, withGroups: boolean): Promise<boolean> => {
  try {
    return await withAdmin(address, 0, async (admin) => {
      const { brokers, controller } = await admin.describeCluster()
      // To ask is to have the topic of offsets created.
      if (withGroups) await admin.describeGroups(['is-it-ready'])
      return brokers.length > 0 && controller !== null
    })
  } catch {
    return false
  }
}

/** What the platform's services publish to, and what was refused; as in infra/compose.yaml. */
export const topics = [
  { topic: 'enforcement.events', numPartitions: 6 },
  { topic: 'enforcement.events.dead-letters', numPartitions: 1 },
] as const

/** Makes the topics that are not there. */
export const createTopics = (address: string): Promise<boolean> =>
  withAdmin(address, 5, (admin) => admin.createTopics({ topics: [...topics] }))
