import type { Expected } from './commit.ts'

/** What goes wrong with one append. `written` says whether the batch is in the log all the same. */
export type AppendFault =
  /** No answer, ever. With `written`, the answer is what was lost. Other calls of the same stream go on. */
  | { readonly kind: 'hang'; readonly written: boolean }
  /** Refused, as the server does when its queue is full: nothing is written. */
  | { readonly kind: 'busy' }
  /** The server gives up waiting for its own disk or for its followers; the batch may be there or not. */
  | { readonly kind: 'timeout'; readonly written: boolean }
  /** Refused by a node that leads no more. The whole stream of calls dies with the error. */
  | { readonly kind: 'not_leader' }
  /** The server ends the stream of calls as if all were well. */
  | { readonly kind: 'half_close'; readonly written: boolean }
  /** The process dies: all connections of all clients break. It stays down until `start`, or comes back by itself. */
  | { readonly kind: 'die'; readonly written: boolean; readonly restartAfter?: number }
  /** Written at once, answered late. */
  | { readonly kind: 'slow'; readonly milliseconds: number }
  /** Stuck in the server and written late: later calls overtake it, also the caller's own second try. */
  | { readonly kind: 'late'; readonly milliseconds: number }
  /** The same answer comes twice. Client 6.2.1 throws in a listener at the second, which ends its process. */
  | { readonly kind: 'twice' }

/** What goes wrong with one read or subscription; `after` counts events that come before it does. */
export type ReadFault =
  /** Silence. */
  | { readonly kind: 'hang'; readonly after: number }
  /** The events come one by one, with a pause before each. */
  | { readonly kind: 'slow'; readonly milliseconds: number }
  /** The call breaks with UNAVAILABLE, the connection stays. */
  | { readonly kind: 'break'; readonly after: number }
  /** The call ends as if all were well, though there is more. */
  | { readonly kind: 'end'; readonly after: number }
  /** The process dies, as for appends. */
  | { readonly kind: 'die'; readonly after: number; readonly restartAfter?: number }
  | { readonly kind: 'busy' }
  | { readonly kind: 'not_leader' }

export type AppendCall = {
  /** Counted from 1, over all connections and restarts. */
  readonly number: number
  readonly stream: string
  readonly expected: Expected
  readonly ids: ReadonlyArray<string>
}

export type ReadCall = {
  readonly number: number
  readonly kind: 'stream' | 'all' | 'subscription'
  /** `$all` for reads of everything. */
  readonly stream: string
}

/** Says what goes wrong with a call; null when nothing does. */
export type Schedule<Call, Fault> = (call: Call) => Fault | null

export type Faults = {
  /** For the next appends, one each, before the schedule is asked; null lets one pass. */
  readonly nextAppends: (...faults: ReadonlyArray<AppendFault | null>) => void
  readonly nextReads: (...faults: ReadonlyArray<ReadFault | null>) => void
  /** For all appends that come when nothing is queued. */
  readonly scheduleAppends: (schedule: Schedule<AppendCall, AppendFault>) => void
  readonly scheduleReads: (schedule: Schedule<ReadCall, ReadFault>) => void
  /** No more faults: the queues and schedules are dropped. */
  readonly clear: () => void
  /** The calls that came, with what went wrong with each. */
  readonly appends: () => ReadonlyArray<AppendCall & { readonly fault: AppendFault | null }>
  readonly reads: () => ReadonlyArray<ReadCall & { readonly fault: ReadFault | null }>
}

/** The server's side of the faults: asked once for every call, as it comes. */
export type FaultPlan = {
  readonly faults: Faults
  readonly forAppend: (call: Omit<AppendCall, 'number'>) => AppendFault | null
  readonly forRead: (call: Omit<ReadCall, 'number'>) => ReadFault | null
}

const createPlan = <Call extends object, Fault>() => {
  const queue: (Fault | null)[] = []
  const calls: (Call & { readonly number: number; readonly fault: Fault | null })[] = []
  let schedule: Schedule<Call & { readonly number: number }, Fault> = () => null
  return {
    next: (...faults: ReadonlyArray<Fault | null>): void => {
      queue.push(...faults)
    },
    schedule: (asked: typeof schedule): void => {
      schedule = asked
    },
    clear: (): void => {
      queue.length = 0
      schedule = () => null
    },
    calls: () => calls,
    take: (call: Call): Fault | null => {
      const numbered = { ...call, number: calls.length + 1 }
      const queued = queue.shift()
      const fault = queued === undefined ? schedule(numbered) : queued
      calls.push({ ...numbered, fault })
      return fault
    },
  }
}

export const createFaults = (): FaultPlan => {
  const appends = createPlan<Omit<AppendCall, 'number'>, AppendFault>()
  const reads = createPlan<Omit<ReadCall, 'number'>, ReadFault>()
  return {
    faults: {
      nextAppends: appends.next,
      nextReads: reads.next,
      scheduleAppends: appends.schedule,
      scheduleReads: reads.schedule,
      clear: () => {
        appends.clear()
        reads.clear()
      },
      appends: appends.calls,
      reads: reads.calls,
    },
    forAppend: appends.take,
    forRead: reads.take,
  }
}
