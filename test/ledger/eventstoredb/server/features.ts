import type { ClusterInfo } from '@eventstore/db-client/generated/gossip_pb.js'
import gossip from '@eventstore/db-client/generated/gossip_pb.js'
import type { SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb.js'
import features from '@eventstore/db-client/generated/serverfeatures_pb.js'
import type { Empty } from '@eventstore/db-client/generated/shared_pb.js'
import shared from '@eventstore/db-client/generated/shared_pb.js'
import type { ServerUnaryCall, sendUnaryData } from '@grpc/grpc-js'
import type { Context } from './context.ts'

const STREAMS = 'event_store.client.streams.streams'

/** `ServerFeatures.GetSupportedMethods`: without `batchappend` in it, the client falls back to `Append`. */
export const supportedMethods =
  (context: Context, batches: boolean) =>
  async (
    _call: ServerUnaryCall<Empty, SupportedMethods>,
    callback: sendUnaryData<SupportedMethods>,
  ): Promise<void> => {
    await context.awake()
    const names = ['append', 'read', 'delete', 'tombstone', ...(batches ? ['batchappend'] : [])]
    const methods = names.map((name) =>
      new features.SupportedMethod().setServiceName(STREAMS).setMethodName(name),
    )
    callback(
      null,
      new features.SupportedMethods().setMethodsList(methods).setEventStoreServerVersion('24.10.0'),
    )
  }

/** `Gossip.Read`, for `esdb+discover`: a cluster of this node only. */
export const gossipRead =
  (context: Context) =>
  async (_call: ServerUnaryCall<Empty, ClusterInfo>, callback: sendUnaryData<ClusterInfo>): Promise<void> => {
    await context.awake()
    const { host, port } = context.leader()
    const member = new gossip.MemberInfo()
      .setInstanceId(new shared.UUID().setString('00000000-0000-4000-8000-00000000000a'))
      .setTimeStamp(String(Date.now()))
      .setState(gossip.MemberInfo.VNodeState.LEADER)
      .setIsAlive(true)
      .setHttpEndPoint(new gossip.EndPoint().setAddress(host).setPort(port))
    callback(null, new gossip.ClusterInfo().setMembersList([member]))
  }
