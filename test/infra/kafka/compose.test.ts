import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { topics } from '../../../infra/kafka/admin.ts'

const infra = join(import.meta.dirname, '../../../infra')
const { services } = parse(readFileSync(join(infra, 'compose.yaml'), 'utf8'))

test('Docker’s Kafka is of the version that Maven brings', () => {
  const pom = readFileSync(join(infra, 'kafka/pom.xml'), 'utf8')
  const version = /<artifactId>kafka_2\.13<\/artifactId>\s*<version>(.*)<\/version>/.exec(pom)?.[1]
  for (const service of ['kafka', 'topics']) expect(services[service].image).toBe(`apache/kafka:${version}`)
})

test('Docker’s Kafka has the same topics', () => {
  const made = [...services.topics.command.at(-1).matchAll(/^make (\S+) (\d+)$/gm)]
  expect(made.map(([, topic, partitions]) => ({ topic, numPartitions: Number(partitions) }))).toEqual(topics)
})
