import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { topics } from '../../infra/kafka/admin.ts'

const infra = join(import.meta.dirname, '../../infra')
const { services, volumes } = parse(readFileSync(join(infra, 'compose.yaml'), 'utf8'), { merge: true })

test('Docker’s Kafka has the version that Maven downloads', () => {
  const pom = readFileSync(join(infra, 'kafka/pom.xml'), 'utf8')
  const version = /<artifactId>kafka_2\.13<\/artifactId>\s*<version>(.*)<\/version>/.exec(pom)?.[1]
  for (const service of ['kafka', 'topics']) expect(services[service].image).toBe(`apache/kafka:${version}`)
})

test('Docker’s Kafka has the same topics', () => {
  const made = [...services.topics.command.at(-1).matchAll(/^make (\S+) (\d+)$/gm)]
  expect(made.map(([, topic, partitions]) => ({ topic, numPartitions: Number(partitions) }))).toEqual(topics)
})

test('nothing can be reached from other machines', () => {
  const ports = Object.values<{ readonly ports?: ReadonlyArray<string> }>(services).flatMap(
    (service) => service.ports ?? [],
  )
  expect(ports).toHaveLength(4)
  for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/)
})

test('without a profile there is only Kafka', () => {
  const named = Object.keys(services).filter((name) => services[name].profiles === undefined)
  expect(named).toEqual(['kafka', 'topics'])
})

describe('the cluster', () => {
  const nodes = ['node-1', 'node-2', 'node-3']
  const others = (name: string) => nodes.filter((node) => node !== name)

  test('has a pinned version', () => {
    const images = new Set(nodes.map((name) => services[name].image))
    expect([...images]).toEqual([
      expect.stringMatching(/^docker\.kurrent\.io\/kurrent-lts\/kurrentdb:\d+\.\d+\.\d+$/),
    ])
  })

  test.each(nodes)('%s looks for the others, and keeps its data in its own volume', (name) => {
    const { environment, healthcheck, volumes: mounted } = services[name]
    expect(environment.KURRENTDB_CLUSTER_SIZE).toBe(nodes.length)
    expect(environment.KURRENTDB_GOSSIP_SEED).toBe(
      others(name)
        .map((node) => `${node}:2113`)
        .join(','),
    )
    expect(environment.KURRENTDB_NODE_HOST_ADVERTISE_AS).toBe(name)
    expect(environment.KURRENTDB_REPLICATION_HOST_ADVERTISE_AS).toBe(name)
    expect(mounted).toEqual([`${name}:/var/lib/kurrentdb`])
    expect(volumes).toHaveProperty(name)
    expect(healthcheck.test).toContain('http://localhost:2113/health/live')
  })

  test('advertises to programs on this machine the ports that are published to them, as in README.md', () => {
    const open = nodes.map((name) => {
      const { environment, ports } = services[name]
      const {
        KURRENTDB_ADVERTISE_HOST_TO_CLIENT_AS: host,
        KURRENTDB_ADVERTISE_NODE_PORT_TO_CLIENT_AS: port,
      } = environment
      expect(ports).toEqual([`127.0.0.1:${port}:2113`])
      return `${host}:${port}`
    })
    expect(readFileSync(join(infra, 'README.md'), 'utf8')).toContain(`esdb://${open.join(',')}?tls=false`)
  })

  test('runs nothing that Redress does not use', () => {
    for (const name of nodes) {
      expect(services[name].environment).toMatchObject({
        KURRENTDB_RUN_PROJECTIONS: 'None',
        KURRENTDB_SECONDARY_INDEXING__ENABLED: 'false',
      })
    }
  })
})
