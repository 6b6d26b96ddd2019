import code from '@eventstore/db-client/generated/code_pb.js'
import type { UUID } from '@eventstore/db-client/generated/shared_pb.js'
import shared from '@eventstore/db-client/generated/shared_pb.js'
import type { Status } from '@eventstore/db-client/generated/status_pb.js'
import statuses from '@eventstore/db-client/generated/status_pb.js'
import type { AppendResp, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js'
import streams from '@eventstore/db-client/generated/streams_pb.js'
import anys from 'google-protobuf/google/protobuf/any_pb.js'
import empties from 'google-protobuf/google/protobuf/empty_pb.js'
import type { Expected } from './commit.ts'
import type { AppendOutcome, LogPosition } from './log.ts'

type Appended = Exclude<AppendOutcome, { readonly kind: 'wrong' | 'deleted' }>

const { Code } = code

const packed = (
  message: string,
  as: number,
  name: string,
  details: { readonly serializeBinary: () => Uint8Array },
): Status => {
  const any = new anys.Any()
  any.pack(details.serializeBinary(), name)
  return new statuses.Status().setCode(as).setMessage(message).setDetails(any)
}

export const streamIdentifier = (stream: string) =>
  new shared.StreamIdentifier().setStreamName(Buffer.from(stream, 'utf8'))

const allPosition = ({ commit, prepare }: LogPosition) =>
  new shared.AllStreamPosition().setCommitPosition(String(commit)).setPreparePosition(String(prepare))

const wrongVersion = (current: number, expected: Expected) => {
  const details = new shared.WrongExpectedVersion()
  if (current < 0) details.setCurrentNoStream(new empties.Empty())
  else details.setCurrentStreamRevision(String(current))
  if (expected === 'any') return details.setExpectedAny(new empties.Empty())
  if (expected === 'no_stream') return details.setExpectedNoStream(new empties.Empty())
  if (expected === 'stream_exists') return details.setExpectedStreamExists(new empties.Empty())
  return details.setExpectedStreamPosition(String(expected))
}

/** How the real server packs each error of a batch: `Google.Rpc.Status` with the details as `Any`. */
export const batchErrors = {
  wrongVersion: (current: number, expected: Expected): Status =>
    packed(
      'WrongExpectedVersion',
      Code.ALREADY_EXISTS,
      'event_store.client.WrongExpectedVersion',
      wrongVersion(current, expected),
    ),
  timeout: (): Status =>
    packed('Timeout', Code.DEADLINE_EXCEEDED, 'event_store.client.Timeout', new shared.Timeout()),
  tooLarge: (size: number): Status =>
    packed(
      'MaximumAppendSizeExceeded',
      Code.INVALID_ARGUMENT,
      'event_store.client.MaximumAppendSizeExceeded',
      new shared.MaximumAppendSizeExceeded().setMaxappendsize(size),
    ),
  streamDeleted: (stream: string): Status =>
    packed(
      'StreamDeleted',
      Code.FAILED_PRECONDITION,
      'event_store.client.StreamDeleted',
      new shared.StreamDeleted().setStreamIdentifier(streamIdentifier(stream)),
    ),
  badRequest: (message: string): Status =>
    packed(
      'BadRequest',
      Code.INVALID_ARGUMENT,
      'event_store.client.BadRequest',
      new shared.BadRequest().setMessage(message),
    ),
  /** No code, and details that say nothing: the client can't recognise it, and shows UnknownError with the message. */
  busy: (): Status => packed('Server Is Busy', Code.OK, 'google.protobuf.Empty', new empties.Empty()),
}

const batchSuccess = ({ revision, position }: Appended) => {
  const success = new streams.BatchAppendResp.Success()
  if (revision < 0) success.setNoStream(new empties.Empty())
  else success.setCurrentRevision(String(revision))
  return position === null
    ? success.setNoPosition(new empties.Empty())
    : success.setPosition(allPosition(position))
}

const batchAnswer = (correlation: UUID | undefined, stream: string): BatchAppendResp =>
  new streams.BatchAppendResp().setCorrelationId(correlation).setStreamIdentifier(streamIdentifier(stream))

export const batchRefusal = (correlation: UUID | undefined, stream: string, error: Status): BatchAppendResp =>
  batchAnswer(correlation, stream).setError(error)

export const batchOutcome = (
  correlation: UUID | undefined,
  stream: string,
  expected: Expected,
  outcome: AppendOutcome,
): BatchAppendResp => {
  switch (outcome.kind) {
    case 'deleted':
      return batchRefusal(correlation, stream, batchErrors.streamDeleted(stream))
    case 'wrong':
      return batchRefusal(correlation, stream, batchErrors.wrongVersion(outcome.current, expected))
    default:
      return batchAnswer(correlation, stream).setSuccess(batchSuccess(outcome))
  }
}

const appendWrong = (current: number, expected: Expected) => {
  const wrong = new streams.AppendResp.WrongExpectedVersion()
  if (current < 0) wrong.setCurrentNoStream(new shared.Empty())
  else wrong.setCurrentRevision(String(current))
  if (expected === 'any') return wrong.setExpectedAny(new shared.Empty())
  if (expected === 'no_stream') return wrong.setExpectedNoStream(new shared.Empty())
  if (expected === 'stream_exists') return wrong.setExpectedStreamExists(new shared.Empty())
  return wrong.setExpectedRevision(String(expected))
}

const appendSuccess = ({ revision, position }: Appended) => {
  const success = new streams.AppendResp.Success()
  if (revision < 0) success.setNoStream(new shared.Empty())
  else success.setCurrentRevision(String(revision))
  if (position === null) return success.setNoPosition(new shared.Empty())
  const { commit, prepare } = position
  return success.setPosition(
    new streams.AppendResp.Position().setCommitPosition(String(commit)).setPreparePosition(String(prepare)),
  )
}

/** The answer of the older `Append`. */
export const appendOutcome = (
  expected: Expected,
  outcome: Exclude<AppendOutcome, { readonly kind: 'deleted' }>,
): AppendResp =>
  outcome.kind === 'wrong'
    ? new streams.AppendResp().setWrongExpectedVersion(appendWrong(outcome.current, expected))
    : new streams.AppendResp().setSuccess(appendSuccess(outcome))
