import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js'
import { type ServerWritableStream, type ServiceError, status } from '@grpc/grpc-js'
import type { Context } from './context.ts'
import type { ReadFault } from './faults.ts'
import type { LoggedEvent } from './log.ts'
import { firstOfAll, firstOfStream, indexes, indexFrom, isReadable } from './range.ts'
import { caughtUp, checkpoint, confirmation, eventAnswer, streamNotFound } from './read-answers.ts'
import { type ReadRequest, readRequest } from './read-request.ts'
import { broken, callError, invalidPosition, notLeader, serverBusy, streamDeleted } from './status.ts'

/** One read's way to its client. `send` and `event` say whether the read goes on. */
type Channel = {
  readonly alive: () => boolean
  readonly send: (response: ReadResp) => Promise<boolean>
  readonly event: (event: LoggedEvent) => Promise<boolean>
  readonly end: () => void
  readonly fail: (error: ServiceError) => void
  /** Settles when the client or the server has gone. */
  readonly gone: Promise<void>
}

const openChannel = (
  context: Context,
  call: ServerWritableStream<ReadReq, ReadResp>,
  fault: ReadFault | null,
): Channel => {
  const life = context.life()
  const gone = new Promise<void>((resolve) => {
    call.once('cancelled', resolve)
    call.once('close', resolve)
  })
  let over = false
  let sent = 0
  const alive = (): boolean => !over && !call.cancelled && context.life() === life

  const end = (): void => {
    if (!alive()) return
    over = true
    call.end()
  }
  const fail = (error: ServiceError): void => {
    if (!alive()) return
    over = true
    call.emit('error', error)
  }
  const send = async (response: ReadResp): Promise<boolean> => {
    if (!alive()) return false
    if (!call.write(response)) {
      const drained = new Promise<void>((resolve) => call.once('drain', resolve))
      await Promise.race([drained, gone])
    }
    return alive()
  }

  /** What the plan has for the moment before an event is sent. Says whether the read goes on. */
  const passes = async (): Promise<boolean> => {
    if (fault === null || fault.kind === 'busy' || fault.kind === 'not_leader') return true
    if (fault.kind === 'slow') {
      await sleep(fault.milliseconds, undefined, { ref: false })
      return alive()
    }
    if (sent < fault.after) return true
    if (fault.kind === 'hang') await gone
    if (fault.kind === 'break') fail(broken())
    if (fault.kind === 'end') end()
    if (fault.kind === 'die' && alive()) context.die(fault.restartAfter)
    return false
  }

  const event = async (logged: LoggedEvent): Promise<boolean> => {
    await context.awake()
    if (!alive() || !(await passes())) return false
    sent += 1
    return send(eventAnswer(logged))
  }
  return { alive, send, event, end, fail, gone }
}

const sendAll = async (
  channel: Channel,
  events: ReadonlyArray<LoggedEvent>,
  chosen: Iterable<number>,
): Promise<void> => {
  for (const index of chosen) {
    const event = events[index]
    if (event !== undefined && !(await channel.event(event))) return
  }
  channel.end()
}

/** Everything after a position, and then what is written later, forever. */
const subscribe = async (
  { log }: Context,
  channel: Channel,
  { from, filter }: Extract<ReadRequest, { kind: 'subscription' }>,
): Promise<void> => {
  const events = log.events()
  let next = 0
  if (from === 'end') next = events.length
  else if (from !== 'start') {
    if (!isReadable(events, log.end(), from)) return channel.fail(invalidPosition())
    // Exclusive: the event at the position is not sent again.
    next = indexFrom(events, { commit: from.commit, prepare: from.prepare + 1n })
  }
  let wake = (): void => undefined
  const stop = log.onAppend(() => wake())
  void channel.gone.then(() => wake())
  try {
    if (!(await channel.send(confirmation(randomUUID())))) return
    let live = false
    let looked = 0
    while (channel.alive()) {
      const event = events[next]
      if (event === undefined) {
        if (!live && !(await channel.send(caughtUp()))) return
        live = true
        if (events.length > next) continue
        if (channel.alive()) await new Promise<void>((resolve) => (wake = resolve))
        continue
      }
      next += 1
      looked += 1
      if ((filter?.matches(event) ?? true) && !(await channel.event(event))) return
      if (filter !== undefined && looked % filter.checkpointEvery === 0) {
        if (!(await channel.send(checkpoint(event.position)))) return
      }
    }
  } finally {
    stop()
  }
}

const answer = async (context: Context, channel: Channel, request: ReadRequest): Promise<void> => {
  const { log } = context
  switch (request.kind) {
    case 'unsupported':
      return channel.fail(callError(status.UNIMPLEMENTED, 'not a read that this server knows'))
    case 'subscription':
      return subscribe(context, channel, request)
    case 'stream': {
      const view = log.view(request.stream)
      if (view.kind === 'tombstoned') return channel.fail(streamDeleted(request.stream))
      if (view.kind === 'absent') {
        await channel.send(streamNotFound(request.stream))
        return channel.end()
      }
      const { events } = view
      const first = firstOfStream(events, request.from, request.direction)
      return sendAll(channel, events, indexes(first, events.length, request.direction, request.count))
    }
    case 'all': {
      const events = log.events()
      if (
        typeof request.from === 'object' &&
        !log.isScavenged(request.from) &&
        !isReadable(events, log.end(), request.from)
      ) {
        return channel.fail(invalidPosition())
      }
      const first = firstOfAll(events, request.from, request.direction)
      return sendAll(channel, events, indexes(first, events.length, request.direction, request.count))
    }
  }
}

/** `Streams.Read`: reads of one stream and of `$all`, and subscriptions to `$all`. */
export const read =
  (context: Context) =>
  async (call: ServerWritableStream<ReadReq, ReadResp>): Promise<void> => {
    const request = readRequest(call.request)
    const stream = request.kind === 'stream' ? request.stream : '$all'
    const kind = request.kind === 'unsupported' ? 'all' : request.kind
    const fault = context.plan.forRead({ kind, stream })
    const channel = openChannel(context, call, fault)
    await context.awake()
    if (fault?.kind === 'busy') return channel.fail(serverBusy())
    if (fault?.kind === 'not_leader') return channel.fail(notLeader(context.leader()))
    if (fault?.kind === 'hang' && fault.after === 0) return
    await answer(context, channel, request)
  }
