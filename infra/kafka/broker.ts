import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, open, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { isReady } from './admin.ts'
import { kafkaJars } from './jars.ts'
import { keystoreFiles, keystoreIn } from './keystore.ts'
import { missingTools } from './missing-tools.ts'
import { lockFile } from './one-at-a-time.ts'
import { freePort, isFree } from './ports.ts'
import { isAlive, killProcess, stopProcess, tieToThisProcess } from './process.ts'
import { type Credentials, SCRAM, serverProperties } from './settings.ts'
import { javaTool, run } from './tools.ts'

export type BrokerOptions = {
  /** For its settings, data and log; created if it does not exist. Existing data is served again. */
  readonly folder: string
  /** Where clients connect; a free port if absent. */
  readonly port?: number
  /** Only this user is accepted: by PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512. Fixed when the data is new. */
  readonly sasl?: Credentials
  /** Clients must connect by TLS, and trust the broker's `certificate`. */
  readonly tls?: boolean
  /**
   * Coordinates groups when it is ready (the default), only once somebody asks for one (before that it has no
   * `__consumer_offsets`), or never: its topic of offsets needs more brokers than there are.
   */
  readonly groups?: Groups
  /** Keeps running when this process ends; otherwise it is killed then, however this process ends. */
  readonly detached?: boolean
}

export type Groups = 'ready' | 'later' | 'never'

/** A private broker, on 127.0.0.1. It keeps its port and its data across stops, kills and starts. */
export type Broker = {
  readonly address: string
  /** PEM; undefined without TLS. */
  readonly certificate: string | undefined
  readonly isUp: () => boolean
  /** Resolves when it is ready for use; at once if it already is. */
  readonly start: () => Promise<void>
  readonly stop: () => Promise<void>
  /** By SIGKILL: it gets no time to clean up. */
  readonly kill: () => Promise<void>
}

/** The contents of a broker's folder. */
const files = {
  settings: 'kafka.properties',
  data: 'kafka-data',
  log: 'kafka.log',
  record: 'kafka.json',
} as const

/** What is needed to find a broker and to start it again. */
type BrokerRecord = {
  readonly folder: string
  readonly jars: string
  readonly address: string
  readonly internalAddress: string
  readonly certificate?: string
  readonly detached: boolean
  readonly groups: Groups
  /** Of the process that was started last. */
  readonly pid: number
}

/** Starts a broker; resolves when it is ready for use. */
export const startBroker = async (options: BrokerOptions): Promise<Broker> => {
  const missing = missingTools()
  if (missing !== undefined) throw new Error(missing)
  await mkdir(options.folder, { recursive: true })
  const folder = await realpath(options.folder)
  const at = (name: keyof typeof files): string => join(folder, files[name])
  const running = findBroker(folder)
  if (running?.isUp()) throw new Error(`a broker is already running in ${folder}, at ${running.address}`)
  if (options.port !== undefined && !(await isFree(options.port))) {
    throw new Error(`port ${options.port} is in use`)
  }

  const jars = await kafkaJars()
  const { sasl, groups = 'ready' } = options
  const offsetsReplicas = groups === 'never' ? 3 : 1
  const keystore = options.tls === true ? await keystoreIn(folder) : undefined
  const clientPort = options.port ?? (await freePort())
  const internalPort = await freePort()
  const ports = { clientPort, internalPort, controllerPort: await freePort() }
  await writeFile(
    at('settings'),
    serverProperties({ data: at('data'), ...ports, sasl, keystore, offsetsReplicas }),
  )
  // Kafka writes this file last.
  if (!existsSync(join(at('data'), 'meta.properties'))) await format(jars, at('settings'), sasl)

  const broker = brokerOf({
    folder,
    jars,
    address: `localhost:${clientPort}`,
    internalAddress: `localhost:${internalPort}`,
    ...(keystore === undefined ? {} : { certificate: keystore.certificate }),
    detached: options.detached === true,
    groups,
    pid: 0,
  })
  await broker.start()
  return broker
}

/** The broker that last ran in a folder, or is running; undefined if there was none. */
export const findBroker = (folder: string): Broker | undefined => {
  const file = join(folder, files.record)
  // Cast: written below.
  return existsSync(file) ? brokerOf(JSON.parse(readFileSync(file, 'utf8')) as BrokerRecord) : undefined
}

export const isBrokerFolder = (folder: string): boolean => existsSync(join(folder, files.settings))

/** Deletes what a stopped broker has left in its folder, and nothing else. */
export const deleteBroker = async (folder: string): Promise<void> => {
  for (const name of [...Object.values(files), ...keystoreFiles, lockFile]) {
    await rm(join(folder, name), { recursive: true, force: true })
  }
}

const format = async (jars: string, settings: string, sasl: Credentials | undefined): Promise<void> => {
  const cluster = randomBytes(16).toString('base64url')
  const users = sasl === undefined ? [] : SCRAM.map((mechanism) => scramUser(mechanism, sasl))
  const args = ['format', `--cluster-id=${cluster}`, '--config', settings, ...users]
  await run(javaTool('java'), ['-cp', join(jars, '*'), 'kafka.tools.StorageTool', ...args])
}

const scramUser = (mechanism: string, { username, password }: Credentials): string =>
  `--add-scram=${mechanism}=[name=${username},password=${password}]`

const PATIENCE_MS = 90_000

const brokerOf = (record: BrokerRecord): Broker => {
  const { folder, jars, address, internalAddress, certificate, detached, groups } = record
  const at = (name: keyof typeof files): string => join(folder, files[name])
  const memory = ['-Xmx512m', '-XX:+UseSerialGC']
  const java = [...memory, ...logging, '-cp', join(jars, '*'), 'kafka.Kafka', at('settings')]
  let { pid } = record
  let untie = (): void => {}

  const known = () => ({ pid, mark: at('settings') })
  const isUp = (): boolean => isAlive(known())
  const stop = async (): Promise<void> => {
    await stopProcess(known())
    untie()
  }
  const kill = async (): Promise<void> => {
    await killProcess(known())
    untie()
  }

  /**
   * Tied to this process until it is ready and on record: an interruption must not leave a broker that nobody can
   * find.
   */
  const launch = async (): Promise<void> => {
    const log = await open(at('log'), 'a')
    const child = spawn(javaTool('java'), java, { stdio: ['ignore', log.fd, log.fd], detached })
    child.unref()
    await once(child, 'spawn').finally(() => log.close())
    pid = child.pid ?? 0
    untie = tieToThisProcess(pid)
    await readiness().catch(async (error: unknown) => {
      await kill()
      throw error
    })
    await writeFile(at('record'), JSON.stringify({ ...record, pid } satisfies BrokerRecord))
    if (detached) untie()
  }

  const readiness = async (): Promise<void> => {
    const deadline = Date.now() + PATIENCE_MS
    while (!(await isReady(internalAddress, groups === 'ready'))) {
      if (!isUp() || Date.now() > deadline) {
        throw new Error(`Kafka is not ready. ${at('log')} ends with:\n${await lastLines(at('log'))}`)
      }
      await setTimeout(50)
    }
  }

  return { address, certificate, isUp, start: () => (isUp() ? readiness() : launch()), stop, kill }
}

const logging = [
  '-Dorg.slf4j.simpleLogger.showDateTime=true',
  '-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS',
  // Hundreds of lines that list every setting.
  '-Dorg.slf4j.simpleLogger.log.org.apache.kafka.common.config=warn',
]

const lastLines = async (file: string): Promise<string> =>
  (await readFile(file, 'utf8')).trimEnd().split('\n').slice(-20).join('\n')
