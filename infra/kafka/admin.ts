import '../../src/ingest/kafka/client/patch-request-queue.ts'
import { type Admin, Kafka, logLevel } from 'kafkajs'

/** Sends a broker a request, and disconnects. */
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

/** Whether a broker is ready: it has joined its cluster and can coordinate groups, not merely opened its port. */
export const isReady = async (address: string, withGroups: boolean): Promise<boolean> => {
  try {
    return await withAdmin(address, 0, async (admin) => {
      const { brokers, controller } = await admin.describeCluster()
      // Asking creates the topic of offsets.
      if (withGroups) await admin.describeGroups(['is-it-ready'])
      return brokers.length > 0 && controller !== null
    })
  } catch {
    return false
  }
}

/** What the platform's services publish to, and the topic of refused messages; as in infra/compose.yaml. */
export const topics = [
  { topic: 'enforcement.events', numPartitions: 6 },
  { topic: 'enforcement.events.dead-letters', numPartitions: 1 },
] as const

/** Creates the topics that are missing. */
export const createTopics = (address: string): Promise<boolean> =>
  withAdmin(address, 5, (admin) => admin.createTopics({ topics: [...topics] }))
