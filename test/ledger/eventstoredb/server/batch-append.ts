import type { BatchAppendReq, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js'
import type { ServerDuplexStream } from '@grpc/grpc-js'
import { batchErrors, batchOutcome, batchRefusal } from './answers.ts'
import { runAppend } from './append.ts'
import type { Expected } from './commit.ts'
import type { Context } from './context.ts'
import type { ProposedEvent } from './log.ts'
import { expectedOfBatch, proposedEvent, sizeOf, textOfId, textOfStream } from './requests.ts'
import { notLeader } from './status.ts'

/** An append of which not all messages have come yet. */
type Pending = {
  readonly stream: string
  readonly expected: Expected
  readonly events: ProposedEvent[]
  size: number
}

const isPast = (options: BatchAppendReq.Options): boolean => {
  const deadline = options.getDeadline()
  return deadline !== undefined && deadline.toDate().getTime() <= Date.now()
}

/**
 * `Streams.BatchAppend`: one long stream of calls, each in one message or more, told apart by a correlation id. What
 * comes by one stream is committed in the order in which it comes.
 */
export const batchAppend =
  (context: Context) =>
  (call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>): void => {
    const life = context.life()
    const pending = new Map<string, Pending>()
    let over = false
    let tail = Promise.resolve()

    const alive = (): boolean => !over && !call.cancelled && context.life() === life
    const send = (response: BatchAppendResp): void => {
      if (alive()) call.write(response)
    }

    const open = (request: BatchAppendReq, key: string): Pending | undefined => {
      const options = request.getOptions()
      if (options === undefined) return pending.get(key)
      const stream = textOfStream(options.getStreamIdentifier())
      if (isPast(options)) {
        send(batchRefusal(request.getCorrelationId(), stream, batchErrors.timeout()))
        return undefined
      }
      const opened: Pending = { stream, expected: expectedOfBatch(options), events: [], size: 0 }
      pending.set(key, opened)
      return opened
    }

    const take = (request: BatchAppendReq): void => {
      const correlation = request.getCorrelationId()
      const key = textOfId(correlation)
      const batch = open(request, key)
      // The rest of an append that was refused.
      if (batch === undefined) return
      for (const message of request.getProposedMessagesList()) {
        const event = proposedEvent(message)
        batch.events.push(event)
        batch.size += sizeOf(event)
      }
      const refuse = (error: Parameters<typeof batchRefusal>[2]): void =>
        send(batchRefusal(correlation, batch.stream, error))
      if (batch.size > context.maxAppendSize) {
        pending.delete(key)
        refuse(batchErrors.tooLarge(context.maxAppendSize))
        return
      }
      if (!request.getIsFinal()) return
      pending.delete(key)
      runAppend(context, batch, {
        answer: (outcome) => send(batchOutcome(correlation, batch.stream, batch.expected, outcome)),
        busy: () => refuse(batchErrors.busy()),
        timeout: () => refuse(batchErrors.timeout()),
        notLeader: () => {
          over = true
          call.emit('error', notLeader(context.leader()))
        },
        halfClose: () => {
          over = true
          call.end()
        },
      })
    }

    call.on('data', (request: BatchAppendReq) => {
      tail = tail.then(async () => {
        await context.awake()
        if (alive()) take(request)
      })
    })
    // The real server answers what it still owes first. What it will never answer does not hold it here.
    call.on('end', () => {
      tail = tail.then(() => {
        if (!alive()) return
        over = true
        call.end()
      })
    })
  }
