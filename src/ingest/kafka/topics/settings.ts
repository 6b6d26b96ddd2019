import kafkajs, { type Admin } from 'kafkajs'

// Node does not recognise all names that this CommonJS module exports.
const { ConfigResourceTypes } = kafkajs

/** What Kafka does with old messages: `compact` keeps the last one of each key. */
export const CLEANUP_POLICY = 'cleanup.policy'

/** Some of a topic's settings, as they are. Rejects as kafkajs does. */
export const topicSettings = async (
  admin: Admin,
  name: string,
  configNames: ReadonlyArray<string>,
): Promise<ReadonlyMap<string, string>> => {
  const { resources } = await admin.describeConfigs({
    resources: [{ type: ConfigResourceTypes.TOPIC, name, configNames: [...configNames] }],
    includeSynonyms: false,
  })
  return new Map(
    resources.flatMap(({ configEntries }) =>
      configEntries.map(({ configName, configValue }) => [configName, configValue] as const),
    ),
  )
}
