import { mkdir, rmdir } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { createTopics, topics } from './admin.ts'
import { type Broker, deleteBroker, findBroker, isBrokerFolder, startBroker } from './broker.ts'
import { jarsAreHere } from './jars.ts'
import { missingTools } from './missing-tools.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { isFree } from './ports.ts'

/**
 * `npm run kafka:up` and `npm run kafka:down`: a broker that keeps running in the background, found again by its
 * folder.
 */

const defaultFolder = join(import.meta.dirname, '.broker')
const USUAL_PORT = 9092

type UpOptions = { readonly folder: string; readonly port?: number }
type DownOptions = { readonly folder: string; readonly delete?: boolean }

const up = async ({ folder, port }: UpOptions): Promise<void> => {
  const missing = missingTools()
  if (missing !== undefined) throw new Error(missing)
  if (!jarsAreHere()) print('Downloading Kafka’s jars with Maven (43 MB, only once) ...')
  await mkdir(folder, { recursive: true })
  await oneAtATime(folder, async () => {
    const startedAt = performance.now()
    const last = findBroker(folder)
    const wasUp = last?.isUp() === true
    const broker = wasUp
      ? last
      : await startBroker({ folder, detached: true, ...(await portFor(port, last)) })
    await broker.start()
    await createTopics(broker.address)
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
    print(
      wasUp
        ? `Kafka is already running at ${broker.address}`
        : `Kafka is running at ${broker.address} (${seconds} s)`,
      `  topics  ${topics.map(({ topic, numPartitions }) => `${topic} (${numPartitions})`).join(', ')}`,
      `  folder  ${short(folder)}: its data, and its log in kafka.log`,
      '',
      'Next:',
      `  npx redress consume --brokers ${broker.address} --topic ${topics[0].topic}`,
      `  npm run kafka:down${folderArgument(folder)}`,
    )
  })
}

const down = async ({ folder, delete: deletes = false }: DownOptions): Promise<void> => {
  if (!isBrokerFolder(folder)) {
    print(`There is no Kafka in ${short(folder)}`)
    return
  }
  await oneAtATime(folder, async () => {
    const broker = findBroker(folder)
    const wasUp = broker?.isUp() === true
    await broker?.stop()
    if (deletes) await deleteBroker(folder)
    const data = deletes
      ? 'its data is deleted'
      : `its data stays in ${short(folder)} (npm run kafka:down -- --delete deletes it too)`
    print(wasUp ? `Kafka has stopped; ${data}` : `Kafka was not running; ${data}`)
  })
  // Unless it contains something else.
  if (deletes) await rmdir(folder).catch(() => {})
}

/** The requested port, or its last one, or the usual one; none of these if they are taken. */
const portFor = async (
  port: number | undefined,
  last: Broker | undefined,
): Promise<{ readonly port?: number }> => {
  if (port !== undefined) return { port }
  for (const candidate of [last === undefined ? USUAL_PORT : portOf(last), USUAL_PORT]) {
    if (await isFree(candidate)) return { port: candidate }
  }
  return {}
}

const portOf = ({ address }: Broker): number => Number(address.split(':')[1])

const short = (folder: string): string => {
  const path = relative(process.cwd(), folder)
  return path === '' || path.startsWith('..') ? resolve(folder) : path
}

const folderArgument = (folder: string): string =>
  folder === defaultFolder ? '' : ` -- --folder ${short(folder)}`

const print = (...lines: ReadonlyArray<string>): void => {
  process.stdout.write(`${lines.join('\n')}\n`)
}

const folderOption = (): Option =>
  new Option('--folder <dir>', 'folder for its settings, data and log').default(defaultFolder)

const portNumber = (text: string): number => {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new InvalidArgumentError('Give a port number.')
  return port
}

const program = new Command('kafka').description('Apache Kafka on this machine, for trying things out.')
program
  .command('up')
  .description('Starts a broker in the background and creates the topics, unless it is already running.')
  .addOption(folderOption())
  .addOption(
    new Option('--port <n>', `port (default: the last one used, ${USUAL_PORT}, or a free one)`).argParser(
      portNumber,
    ),
  )
  .action(up)
program
  .command('down')
  .description('Stops the broker; its data is kept for the next start.')
  .addOption(folderOption())
  .addOption(new Option('--delete', 'also delete its data'))
  .action(down)

try {
  await program.parseAsync()
} catch (error) {
  process.stderr.write(`kafka: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 2
}
