import type { Duplex, Readable } from 'node:stream'
import { EventStoreDBClient } from '@eventstore/db-client'
import grpcStreams from '@eventstore/db-client/generated/streams_grpc_pb.js'
import type { BatchAppendReq, ReadReq } from '@eventstore/db-client/generated/streams_pb.js'
import { Unusable } from '../../foundation/attempt.ts'
import type { StoreError } from '../../foundation/store-error.ts'
import { type ClusterAddress, readAddress } from './address.ts'
import { withoutIpAsServerName } from './server-name.ts'
import { whyUnreachable } from './why-unreachable.ts'

type Cancellable = { readonly cancel: () => void }

/** Calls on the client's connection: the client finds the cluster's leader, logs in, encrypts, and reconnects. */
export type Connection = {
  readonly batchAppend: () => Promise<Duplex & Cancellable>
  readonly read: (request: ReadReq) => Promise<Readable & Cancellable>
  /** Why the cluster cannot be reached, and what to do; null when a retry may succeed. */
  readonly whyUnreachable: () => Promise<StoreError | null>
  readonly close: () => Promise<void>
}

/**
 * The internal parts of the client that its appends and reads are built on. The client's own are not used: they wait
 * forever for a server that falls silent or ends a call, keep pending answers of all clients in one map, crash on a
 * duplicate answer, and lose the bytes of each event's data by parsing it.
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

/** A client of the cluster; throws `Unusable` on an invalid address or an unusable file in it. Nothing is sent yet. */
export const connectTo = (url: string): Connection => {
  const address = readAddress(url)
  const client = clientOf(address)
  // The caller's own time limit ends a stalled call; only the leader has everything that was written.
  const args = () => client.callArguments({ requiresLeader: true }, { deadline: Number.POSITIVE_INFINITY })
  return {
    batchAppend: client.GRPCStreamCreator(grpcStreams.StreamsClient, 'batchAppend', (calls) =>
      calls.batchAppend(...args()),
    ),
    read: (request) =>
      client.GRPCStreamCreator(grpcStreams.StreamsClient, 'read', (calls) =>
        calls.read(request, ...args()),
      )(),
    whyUnreachable: () => whyUnreachable(address),
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

const clientOf = ({
  hosts: [first, ...others],
  dnsDiscover,
  defaultCredentials,
  tls,
  ca,
  userCert,
  userKey,
  ...settings
}: ClusterAddress): ClientParts => {
  const channel = {
    insecure: tls === false,
    ...(ca === undefined ? {} : { rootCertificate: ca }),
    ...(userCert === undefined ? {} : { userCertFile: userCert }),
    ...(userKey === undefined ? {} : { userKeyFile: userKey }),
  }
  const make = (): EventStoreDBClient => {
    if (dnsDiscover)
      return new EventStoreDBClient({ ...settings, discover: first }, channel, defaultCredentials)
    return others.length > 0
      ? new EventStoreDBClient({ ...settings, endpoints: [first, ...others] }, channel, defaultCredentials)
      : new EventStoreDBClient({ ...settings, endpoint: first }, channel, defaultCredentials)
  }
  try {
    // Cast: these members are protected, and the only access to the connection.
    return withoutIpAsServerName(make) as unknown as ClientParts
  } catch (error) {
    throw new Unusable(
      `its address cannot be used: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}
