import type { Duplex, Readable } from 'node:stream'
import { EventStoreDBClient } from '@eventstore/db-client'
import grpcStreams from '@eventstore/db-client/generated/streams_grpc_pb.js'
import type { BatchAppendReq, ReadReq } from '@eventstore/db-client/generated/streams_pb.js'
import { safeText } from '../../foundation/safe-text.ts'
import { CLUSTER_URL, withoutCredentials } from '../cluster-url.ts'
import { Unusable } from '../sqlite/errors.ts'

type Cancellable = { readonly cancel: () => void }

/** Calls on the connection that the client keeps: it finds the cluster's leader, logs in, encrypts, and reconnects. */
export type Connection = {
  readonly batchAppend: () => Promise<Duplex & Cancellable>
  readonly read: (request: ReadReq) => Promise<Readable & Cancellable>
  readonly close: () => Promise<void>
}

/**
 * The parts of the client that its own appends and reads are made of. Those are not used: they wait for ever on a server
 * that falls silent or ends a call, keep the answers that are due in one map for all clients, fall over an answer that
 * comes twice, and parse each event's data only to lose its bytes.
 */
type ClientParts = {
  readonly GRPCStreamCreator: <A>(
    service: unknown,
    name: string,
    call: (client: StreamsCalls) => A,
  ) => () => Promise<A>
  readonly callArguments: (options: { readonly requiresLeader: boolean }, call: object) => [unknown, unknown]
  readonly dispose: () => Promise<void>
}

type StreamsCalls = {
  readonly batchAppend: (...args: [unknown, unknown]) => Duplex & Cancellable & BatchCall
  readonly read: (request: ReadReq, ...args: [unknown, unknown]) => Readable & Cancellable
}
type BatchCall = { readonly write: (request: BatchAppendReq) => boolean }

/** How long closing may take, in ms: the client waits for calls that a server never ends. */
const CLOSE_WITHIN = 2_000

/** A client of the cluster; throws `Unusable` on a connection string that is none. Nothing is sent yet. */
export const connectTo = (url: string): Connection => {
  const client = clientOf(url)
  // What follows a stalled call here is the caller's own time limit; the leader alone has all that was written.
  const args = () => client.callArguments({ requiresLeader: true }, { deadline: Number.POSITIVE_INFINITY })
  return {
    batchAppend: client.GRPCStreamCreator(grpcStreams.StreamsClient, 'batchAppend', (calls) =>
      calls.batchAppend(...args()),
    ),
    read: (request) =>
      client.GRPCStreamCreator(grpcStreams.StreamsClient, 'read', (calls) =>
        calls.read(request, ...args()),
      )(),
    close: async () => {
      let timer: NodeJS.Timeout | undefined
      const limit = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, CLOSE_WITHIN)
      })
      await Promise.race([client.dispose(), limit])
      clearTimeout(timer)
    },
  }
}

const clientOf = (url: string): ClientParts => {
  const { warn } = console
  // The client warns of some options with all of its address, and the password in it.
  console.warn = (...words: ReadonlyArray<unknown>) =>
    warn(
      ...words.map((word) =>
        typeof word === 'string' ? safeText(word.replaceAll(url, withoutCredentials(url))) : word,
      ),
    )
  try {
    // Cast: these members are protected, and the only way to the connection.
    return EventStoreDBClient.connectionString(url) as unknown as ClientParts
  } catch (error) {
    throw new Unusable(
      `its address is not one of a cluster (${error instanceof Error ? error.message : String(error)}); give ${CLUSTER_URL}`,
    )
  } finally {
    console.warn = warn
  }
}
