import type { UUID } from '@eventstore/db-client/generated/shared_pb.js'
import type { AppendReq, BatchAppendReq } from '@eventstore/db-client/generated/streams_pb.js'
import streams from '@eventstore/db-client/generated/streams_pb.js'
import type { Expected } from './commit.ts'
import type { ProposedEvent } from './log.ts'

/** An append as it comes in: from one message or from many. */
export type AppendRequest = {
  readonly stream: string
  readonly expected: Expected
  readonly events: ReadonlyArray<ProposedEvent>
}

/** What `BatchAppendReq` and `AppendReq` have in common for one event. */
type ProposedMessage = {
  readonly getId: () => UUID | undefined
  readonly getMetadataMap: () => { readonly get: (key: string) => string | undefined }
  readonly getCustomMetadata_asU8: () => Uint8Array
  readonly getData_asU8: () => Uint8Array
}

const hex = (bits: string | undefined): string =>
  BigInt.asUintN(64, BigInt(bits ?? '0'))
    .toString(16)
    .padStart(16, '0')

/** An id in the text form; messages may carry it as two 64-bit numbers too. */
export const textOfId = (id: UUID | undefined): string => {
  if (id === undefined) throw new Error('a message without an id')
  if (!id.hasStructured()) return id.getString().toLowerCase()
  const digits =
    hex(id.getStructured()?.getMostSignificantBits()) + hex(id.getStructured()?.getLeastSignificantBits())
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

export const textOfStream = (
  identifier: { readonly getStreamName_asU8: () => Uint8Array } | undefined,
): string => Buffer.from(identifier?.getStreamName_asU8() ?? new Uint8Array()).toString('utf8')

export const proposedEvent = (message: ProposedMessage): ProposedEvent => ({
  id: textOfId(message.getId()),
  type: message.getMetadataMap().get('type') ?? '',
  contentType: message.getMetadataMap().get('content-type') ?? 'application/octet-stream',
  data: message.getData_asU8(),
  metadata: message.getCustomMetadata_asU8(),
})

/** About what an event takes on the server's disk: this is what the size of an append is measured by. */
export const sizeOf = ({ type, data, metadata }: ProposedEvent): number =>
  type.length * 2 + data.length + metadata.length

export const expectedOfBatch = (options: BatchAppendReq.Options): Expected => {
  const { ExpectedStreamPositionCase: cases } = streams.BatchAppendReq.Options
  switch (options.getExpectedStreamPositionCase()) {
    case cases.STREAM_POSITION:
      return Number(options.getStreamPosition())
    case cases.NO_STREAM:
      return 'no_stream'
    case cases.STREAM_EXISTS:
      return 'stream_exists'
    default:
      return 'any'
  }
}

export const expectedOfAppend = (options: AppendReq.Options): Expected => {
  const { ExpectedStreamRevisionCase: cases } = streams.AppendReq.Options
  switch (options.getExpectedStreamRevisionCase()) {
    case cases.REVISION:
      return Number(options.getRevision())
    case cases.NO_STREAM:
      return 'no_stream'
    case cases.STREAM_EXISTS:
      return 'stream_exists'
    default:
      return 'any'
  }
}
