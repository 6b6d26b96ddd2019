import type { AppendReq, AppendResp } from '@eventstore/db-client/generated/streams_pb.js'
import type { ServerReadableStream, ServiceError, sendUnaryData } from '@grpc/grpc-js'
import { appendOutcome } from './answers.ts'
import type { Expected } from './commit.ts'
import { type Context, later } from './context.ts'
import type { AppendOutcome, ProposedEvent } from './log.ts'
import { type AppendRequest, expectedOfAppend, proposedEvent, sizeOf, textOfStream } from './requests.ts'
import { appendTimeout, broken, notLeader, serverBusy, streamDeleted, tooLarge } from './status.ts'

/** How an append can end, in the terms of the call that it came by. */
export type Endings = {
  readonly answer: (outcome: AppendOutcome) => void
  readonly busy: () => void
  readonly timeout: () => void
  readonly notLeader: () => void
  readonly halfClose: () => void
}

/** Commits an append and answers, unless the plan has a fault for it. */
export const runAppend = (context: Context, request: AppendRequest, endings: Endings): void => {
  const { stream, expected, events } = request
  const commit = (): AppendOutcome => context.log.append(stream, expected, events)
  const fault = context.plan.forAppend({ stream, expected, ids: events.map(({ id }) => id) })
  switch (fault?.kind) {
    case undefined:
      endings.answer(commit())
      break
    case 'hang':
      if (fault.written) commit()
      break
    case 'busy':
      endings.busy()
      break
    case 'timeout':
      if (fault.written) commit()
      endings.timeout()
      break
    case 'not_leader':
      endings.notLeader()
      break
    case 'half_close':
      if (fault.written) commit()
      endings.halfClose()
      break
    case 'die':
      if (fault.written) commit()
      context.die(fault.restartAfter)
      break
    case 'slow': {
      const outcome = commit()
      later(context, fault.milliseconds, () => endings.answer(outcome))
      break
    }
    case 'late':
      later(context, fault.milliseconds, () => endings.answer(commit()))
      break
    case 'twice': {
      const outcome = commit()
      endings.answer(outcome)
      endings.answer(outcome)
      break
    }
  }
}

/**
 * `Streams.Append`, which the client uses with credentials of its own for a call: one append a call. It can be answered
 * once only, and a half-close without an answer is an error here.
 */
export const append =
  (context: Context) =>
  (call: ServerReadableStream<AppendReq, AppendResp>, callback: sendUnaryData<AppendResp>): void => {
    const life = context.life()
    const events: ProposedEvent[] = []
    let stream = ''
    let expected: Expected = 'any'
    let size = 0
    let answered = false

    const finish = (error: ServiceError | null, response?: AppendResp): void => {
      if (answered) return
      answered = true
      callback(error, response)
    }

    call.on('data', (request: AppendReq) => {
      const options = request.getOptions()
      if (options !== undefined) {
        stream = textOfStream(options.getStreamIdentifier())
        expected = expectedOfAppend(options)
      }
      const message = request.getProposedMessage()
      if (message === undefined) return
      const event = proposedEvent(message)
      size += sizeOf(event)
      if (size > context.maxAppendSize) finish(tooLarge(context.maxAppendSize))
      else events.push(event)
    })
    call.on('end', async () => {
      await context.awake()
      if (answered || call.cancelled || context.life() !== life) return
      runAppend(
        context,
        { stream, expected, events },
        {
          answer: (outcome) =>
            outcome.kind === 'deleted'
              ? finish(streamDeleted(stream))
              : finish(null, appendOutcome(expected, outcome)),
          busy: () => finish(serverBusy()),
          timeout: () => finish(appendTimeout()),
          notLeader: () => finish(notLeader(context.leader())),
          halfClose: () => finish(broken()),
        },
      )
    })
  }
