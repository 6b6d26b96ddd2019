import { once } from 'node:events'
import { type AddressInfo, createServer, type Server as Listener, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import gossip from '@eventstore/db-client/generated/gossip_grpc_pb.js'
import features from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js'
import streams from '@eventstore/db-client/generated/streams_grpc_pb.js'
import { Server, ServerCredentials } from '@grpc/grpc-js'
import { append } from './append.ts'
import { batchAppend } from './batch-append.ts'
import type { Context } from './context.ts'
import { createFaults, type Faults } from './faults.ts'
import { gossipRead, supportedMethods } from './features.ts'
import { createLog, type Log, type LoggedEvent, type LogOptions } from './log.ts'
import { read } from './read.ts'

export type TestServerOptions = LogOptions & {
  /** The size of a whole append in bytes. The real server's setting of this name is 1 MiB unless changed, 16 at most. */
  readonly maxAppendSize?: number
  /** Whether the server has BatchAppend; a server before 21.10 has not. */
  readonly batches?: boolean
  /** With it the server speaks TLS only. */
  readonly tls?: { readonly key: Buffer; readonly cert: Buffer }
}

export type TestServer = {
  /** `esdb://127.0.0.1:PORT?tls=false`, without `tls=false` where it speaks TLS; the port stays the same through deaths. */
  readonly url: string
  /** The same server, found by gossip. */
  readonly discoverUrl: string
  /** Everything that is committed, with the server's own events (`$`), in the order of positions. */
  readonly log: () => ReadonlyArray<LoggedEvent>
  /** The same without the server's own. */
  readonly userLog: () => ReadonlyArray<LoggedEvent>
  /** What goes wrong with appends and reads, and what came. */
  readonly faults: Faults
  /** The server writes an event of its own, as it does now and then by itself. */
  readonly writeSystemEvent: () => void
  /** Deletes a stream so that it can be written again. */
  readonly softDelete: (stream: string) => void
  /** Deletes a stream for good. */
  readonly tombstone: Log['tombstone']
  /** Cuts a stream by its metadata, or takes the cut back: `{}`. */
  readonly setMetadata: Log['setMetadata']
  readonly scavenge: Log['scavenge']
  /** The server stands still: connections stay, nothing is answered or committed until `resume` or a death. */
  readonly pause: () => void
  readonly resume: () => void
  /** The process dies: all connections break, what is committed stays, what was not is gone. */
  readonly kill: () => Promise<void>
  /** Again on the same port, with the same log. */
  readonly start: () => Promise<void>
  /** How often it died. */
  readonly deaths: () => number
  readonly close: () => Promise<void>
}

const HOST = '127.0.0.1'
/** As the client: the largest event and its envelope. */
const MAX_MESSAGE = 17 * 1024 * 1024

/** Its port, which is taken from it for a moment when it dies: the system may still hold it then. */
const listen = async (listener: Listener, port: number): Promise<void> => {
  for (let tries = 50; ; tries -= 1) {
    try {
      listener.listen(port, HOST)
      await once(listener, 'listening')
      return
    } catch (error) {
      if (tries === 0) throw error
      await sleep(20)
    }
  }
}

/** Something that can be closed and opened, and waited for. */
const createGate = () => {
  let open: (() => void) | undefined
  let passed = Promise.resolve()
  return {
    close: (): void => {
      if (open === undefined) passed = new Promise((resolve) => (open = resolve))
    },
    open: (): void => {
      open?.()
      open = undefined
    },
    awake: (): Promise<void> => passed,
  }
}

/**
 * A server in this process that behaves as EventStoreDB does for a client's appends, reads and subscriptions, and that
 * fails as it is told. It holds the sockets itself, so that its death is a process's death to the client: they break.
 */
export const startTestServer = async (options: TestServerOptions = {}): Promise<TestServer> => {
  const log = createLog(options)
  const plan = createFaults()
  const gate = createGate()
  const sockets = new Set<Socket>()
  let listener: Listener | undefined
  let port = 0
  let life = 0
  let closed = false
  let changing: Promise<void> = Promise.resolve()

  const breakAll = (): Promise<void> => {
    const dying = listener
    if (dying === undefined) return Promise.resolve()
    listener = undefined
    life += 1
    log.forgetRecent()
    const over = new Promise<void>((resolve) => dying.close(() => resolve()))
    for (const socket of sockets) socket.destroy()
    sockets.clear()
    gate.open()
    return over
  }

  const begin = async (): Promise<void> => {
    if (listener !== undefined || closed) return
    const beginning = createServer((socket) => {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => sockets.delete(socket))
      injector.injectConnection(socket)
    })
    await listen(beginning, port)
    beginning.unref()
    // Cast: a TCP listener's address is never a pipe's name.
    port = (beginning.address() as AddressInfo).port
    listener = beginning
  }

  /** One after another, also when a death by plan meets the test's own `start`. */
  const change = (step: () => Promise<void>): Promise<void> => {
    changing = changing.then(step)
    return changing
  }

  const context: Context = {
    log,
    plan,
    maxAppendSize: options.maxAppendSize ?? 1024 * 1024,
    awake: gate.awake,
    life: () => life,
    // At once, not in turn: nothing more of this life may be answered.
    die: (restartAfter) => {
      const over = breakAll()
      void change(() => over)
      if (restartAfter !== undefined) setTimeout(() => void change(begin), restartAfter).unref()
    },
    leader: () => ({ host: HOST, port }),
  }

  const server = new Server({
    'grpc.max_receive_message_length': MAX_MESSAGE,
    'grpc.max_send_message_length': MAX_MESSAGE,
  })
  server.addService(streams.StreamsService, {
    append: append(context),
    batchAppend: batchAppend(context),
    read: read(context),
  })
  server.addService(features.ServerFeaturesService, {
    getSupportedMethods: supportedMethods(context, options.batches ?? true),
  })
  server.addService(gossip.GossipService, { read: gossipRead(context) })
  const { tls } = options
  const injector = server.createConnectionInjector(
    tls === undefined
      ? ServerCredentials.createInsecure()
      : ServerCredentials.createSsl(null, [{ private_key: tls.key, cert_chain: tls.cert }]),
  )

  await change(begin)
  return {
    url: `esdb://${HOST}:${port}${tls === undefined ? '?tls=false' : ''}`,
    discoverUrl: `esdb+discover://${HOST}:${port}${tls === undefined ? '?tls=false' : ''}`,
    log: log.events,
    userLog: () =>
      log.events().filter(({ stream, type }) => !stream.startsWith('$') && !type.startsWith('$')),
    faults: plan.faults,
    writeSystemEvent: log.writeSystemEvent,
    softDelete: (stream) => log.setMetadata(stream, { truncateBefore: 'deleted' }),
    tombstone: log.tombstone,
    setMetadata: log.setMetadata,
    scavenge: log.scavenge,
    pause: gate.close,
    resume: gate.open,
    kill: () => {
      const over = breakAll()
      return change(() => over)
    },
    start: () => change(begin),
    deaths: () => life,
    close: async () => {
      closed = true
      const over = breakAll()
      await change(() => over)
      server.forceShutdown()
    },
  }
}
