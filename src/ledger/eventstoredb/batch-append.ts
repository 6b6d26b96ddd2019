import { Buffer } from 'node:buffer'
import { randomUUID } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { parseUUID } from '@eventstore/db-client/dist/utils/grpcUUID.js'
import shared from '@eventstore/db-client/generated/shared_pb.js'
import type { BatchAppendReq, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js'
import streams from '@eventstore/db-client/generated/streams_pb.js'
import timestamps from 'google-protobuf/google/protobuf/timestamp_pb.js'
import type { StreamName } from '../../domain/stream.ts'
import type { Connection } from './connection.ts'
import type { Prefix } from './read.ts'
import { type ClusterEvent, metadataOf } from './stored.ts'
import { withinTime } from './within-time.ts'

/** The server's answer about a batch, or its absence. */
type AppendAnswer =
  /** `revision` is that of the last event; if the stream was soft-deleted, not the one that was expected. */
  | { readonly kind: 'written'; readonly revision: number }
  /** The stream has another last revision: -1 when it does not exist; undefined when the server does not say. */
  | { readonly kind: 'wrong_revision'; readonly actual: number | undefined }
  /** The stream has a tombstone: nothing can be written to it. */
  | { readonly kind: 'tombstone' }
  /** It was not written, and a retry will not write it. */
  | { readonly kind: 'refused'; readonly message: string }
  /** It may or may not be written: only the stream shows. Sending the same bytes and ids again is harmless. */
  | { readonly kind: 'unknown'; readonly message: string }

/** Appends batches in the order in which they are given, many concurrently, over one call to the server. */
export type BatchAppender = {
  /** `expected` is the stream's last revision, -1 for none. Always answers. */
  readonly send: (
    stream: StreamName,
    expected: number,
    events: ReadonlyArray<ClusterEvent>,
  ) => Promise<AppendAnswer>
  readonly close: () => void
}

type Pending = { readonly answer: (answer: AppendAnswer) => void; readonly dueAt: number }
type Call = {
  readonly stream: Duplex & { readonly cancel: () => void }
  readonly pending: Map<string, Pending>
  /** Ends the call: the fate of pending batches is unknown. */
  readonly abandon: (message: string) => void
  readonly isOver: () => boolean
}

/**
 * The server drops a batch at this time by its own clock, which may be ahead of ours. Long, because we have a limit
 * of our own.
 */
const SERVER_DEADLINE = 300_000

/** `silence`: how long an answer may take, in ms, before the call is abandoned and another one opened. */
export const openBatchAppender = (connection: Connection, prefix: Prefix, silence: number): BatchAppender => {
  let opening: Promise<Call> | undefined
  let isClosed = false

  const open = async (): Promise<Call> => {
    const stream = await connection.batchAppend()
    const pending = new Map<string, Pending>()
    let over = false
    const abandon = (message: string): void => {
      if (over) return
      over = true
      opening = undefined
      clearInterval(watch)
      stream.cancel()
      for (const { answer } of pending.values()) answer({ kind: 'unknown', message })
      pending.clear()
    }
    const watch = setInterval(
      () => {
        const [oldest] = pending.values()
        if (oldest !== undefined && oldest.dueAt < performance.now()) abandon(`no answer for ${silence} ms`)
      },
      Math.min(200, silence / 2),
    )
    stream.on('error', (error: Error) => abandon(error.message))
    stream.on('end', () => abandon('the server ended the call'))
    stream.on('data', (response: BatchAppendResp) => {
      const id = parseUUID(response.getCorrelationId())
      const waiting = id === undefined ? undefined : pending.get(id)
      if (id === undefined || waiting === undefined) return // a duplicate or late answer
      pending.delete(id)
      waiting.answer(answerOf(response))
    })
    return { stream, pending, abandon, isOver: () => over }
  }

  const current = (): Promise<Call> => {
    opening ??= open().catch((error: unknown) => {
      opening = undefined
      throw error
    })
    return opening
  }

  const send: BatchAppender['send'] = async (stream, expected, events) => {
    try {
      if (isClosed) throw new Error('the ledger was closed')
      const call = await withinTime(silence, current())
      if (call.isOver()) throw new Error('the call was interrupted')
      const id = randomUUID()
      return await new Promise((answer) => {
        call.pending.set(id, { answer, dueAt: performance.now() + silence })
        call.stream.write(requestFor(id, prefix + stream, expected, events))
      })
    } catch (error) {
      return { kind: 'unknown', message: error instanceof Error ? error.message : String(error) }
    }
  }

  return {
    send,
    close: () => {
      isClosed = true
      opening?.then(({ abandon }) => abandon('the ledger was closed')).catch(() => {})
    },
  }
}

const requestFor = (
  correlationId: string,
  stream: string,
  expected: number,
  events: ReadonlyArray<ClusterEvent>,
): BatchAppendReq => {
  const identifier = new shared.StreamIdentifier()
  identifier.setStreamName(Buffer.from(stream).toString('base64'))
  const options = new streams.BatchAppendReq.Options()
  options.setStreamIdentifier(identifier)
  options.setDeadline(timestamps.Timestamp.fromDate(new Date(Date.now() + SERVER_DEADLINE)))
  if (expected === -1) options.setNoStream(new shared.Empty())
  else options.setStreamPosition(String(expected))
  const request = new streams.BatchAppendReq()
  request.setCorrelationId(uuid(correlationId))
  request.setOptions(options)
  for (const event of events) {
    const message = new streams.BatchAppendReq.ProposedMessage()
    message.setId(uuid(event.id))
    message.getMetadataMap().set('type', event.type)
    message.getMetadataMap().set('content-type', 'application/json')
    message.setData(Buffer.from(event.text))
    message.setCustomMetadata(metadataOf(event.leafHash))
    request.addProposedMessages(message)
  }
  request.setIsFinal(true)
  return request
}

const uuid = (text: string) => {
  const id = new shared.UUID()
  id.setString(text)
  return id
}

const WRONG_VERSION = 'event_store.client.WrongExpectedVersion'
const STREAM_DELETED = 'event_store.client.StreamDeleted'

/** What a retry would get too. */
const REFUSALS: ReadonlySet<string> = new Set(
  ['MaximumAppendSizeExceeded', 'AccessDenied', 'BadRequest'].map((name) => `event_store.client.${name}`),
)

const answerOf = (response: BatchAppendResp): AppendAnswer => {
  const error = response.getError()
  if (error === undefined) {
    const success = response.getSuccess()
    return success?.hasCurrentRevision()
      ? { kind: 'written', revision: Number(success.getCurrentRevision()) }
      : { kind: 'unknown', message: 'the server did not say at which revision it wrote' }
  }
  const details = error.getDetails()
  if (details?.getTypeName() === WRONG_VERSION) {
    const wrong = details.unpack(shared.WrongExpectedVersion.deserializeBinary, WRONG_VERSION)
    const actual = wrong?.hasCurrentStreamRevision()
      ? Number(wrong.getCurrentStreamRevision())
      : wrong?.hasCurrentNoStream()
        ? -1
        : undefined
    return { kind: 'wrong_revision', actual }
  }
  const name = details?.getTypeName() ?? ''
  if (name === STREAM_DELETED) return { kind: 'tombstone' }
  return {
    kind: REFUSALS.has(name) ? 'refused' : 'unknown',
    message: error.getMessage() || details?.getTypeName() || 'the server returned an error with no message',
  }
}
