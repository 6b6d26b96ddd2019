import { decide, type Expected } from './commit.ts'
import { isKept, LAST_REVISION, metadataJson, type Retention, retentionOf } from './deletion.ts'
import { seededRandom } from './random.ts'

/** A place in the log, in bytes from its start. */
export type LogPosition = { readonly commit: bigint; readonly prepare: bigint }

export type ProposedEvent = {
  readonly id: string
  readonly type: string
  readonly contentType: string
  readonly data: Uint8Array
  readonly metadata: Uint8Array
}

export type LoggedEvent = ProposedEvent & {
  readonly stream: string
  /** A bigint only where it is beyond the numbers: a tombstone's. */
  readonly revision: number | bigint
  readonly position: LogPosition
  /** Milliseconds since 1970. */
  readonly created: number
}

export type AppendOutcome =
  | {
      readonly kind: 'appended' | 'idempotent'
      /** The revision of the batch's last event; -1 when nothing was appended to a stream that is not there. */
      readonly revision: number
      /** The position of that event; null when the batch had none. */
      readonly position: LogPosition | null
    }
  | { readonly kind: 'wrong'; readonly current: number }
  /** The stream has a tombstone. */
  | { readonly kind: 'deleted' }

/** A stream as reads see it. */
type StreamView =
  | { readonly kind: 'absent' }
  | { readonly kind: 'tombstoned' }
  /** What reads give, in the order of revisions; `last` is the last revision ever written. */
  | { readonly kind: 'events'; readonly events: ReadonlyArray<LoggedEvent>; readonly last: number }

export type Log = {
  /** Writes the batch whole or not at all. */
  readonly append: (stream: string, expected: Expected, events: ReadonlyArray<ProposedEvent>) => AppendOutcome
  /** Everything, the server's own events too, in the order of positions. */
  readonly events: () => ReadonlyArray<LoggedEvent>
  /** A stream's events, whatever became of them since; undefined when there never was such a stream. */
  readonly stream: (name: string) => ReadonlyArray<LoggedEvent> | undefined
  /** The same as reads see it: deleted, cut, scavenged. */
  readonly view: (name: string) => StreamView
  /** Sets a stream's metadata; `truncateBefore: 'deleted'` is what a soft delete does. */
  readonly setMetadata: (stream: string, retention: Retention) => void
  /** Deletes a stream for good: it can never be written again. */
  readonly tombstone: (stream: string) => void
  /** Takes out of the log what reads no longer give. Positions of the rest stay. */
  readonly scavenge: (options?: ScavengeOptions) => void
  /** Whether an event that was scavenged began there: the log can be read from such a place. */
  readonly isScavenged: (position: LogPosition) => boolean
  /** Where the next record will begin. */
  readonly end: () => bigint
  /** What the real server does now and then: an event of its own, in a stream that begins with `$`. */
  readonly writeSystemEvent: () => void
  /** What a restart does: the memory of recent ids is gone. */
  readonly forgetRecent: () => void
  /** Calls the listener after every write, until the function that it returns is called. */
  readonly onAppend: (listener: () => void) => () => void
}

type ScavengeOptions = {
  /**
   * Whether the last event of a stream that is soft-deleted or cut stays, from which a server knows the stream's last
   * revision. The facts that were seen on a real server do not settle it, so tests try both.
   */
  readonly keepLast?: boolean
}

export type LogOptions = {
  /** Decides the sizes of records and when the server writes events of its own. */
  readonly seed?: number
  /** How many ids the server remembers for `any`; the real one has some megabytes of them. */
  readonly recentIds?: number
  /** The chance that a system event follows a batch. */
  readonly systemEvents?: number
}

const encoder = new TextEncoder()

const systemEvent = (type: string, id: string, data: unknown): ProposedEvent => ({
  id,
  type,
  contentType: 'application/json',
  data: encoder.encode(JSON.stringify(data)),
  metadata: new Uint8Array(),
})

/** Ids that a number decides: the real ones are random. */
const systemId = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`

export const createLog = ({ seed = 1, recentIds = 1_000, systemEvents = 0.1 }: LogOptions = {}): Log => {
  const random = seededRandom(seed)
  const all: LoggedEvent[] = []
  const streams = new Map<string, LoggedEvent[]>()
  const recent = new Map<string, { readonly stream: string; readonly revision: number }>()
  const listeners = new Set<() => void>()
  const tombstones = new Set<string>()
  const scavenged = new Set<LoggedEvent>()
  const scavengedPlaces = new Set<string>()
  let end = 0n
  let systemCount = 0

  const remember = (id: string, stream: string, revision: number): void => {
    recent.delete(id)
    recent.set(id, { stream, revision })
    const oldest = recent.size > recentIds ? recent.keys().next().value : undefined
    if (oldest !== undefined) recent.delete(oldest)
  }

  const record = (stream: string, event: ProposedEvent, revision: number | bigint): LoggedEvent => {
    // Records of no event (epochs, checkpoints) lie between some.
    if (random() < 0.05) end += BigInt(40 + Math.floor(random() * 200))
    const logged: LoggedEvent = {
      ...event,
      stream,
      revision,
      position: { commit: end, prepare: end },
      created: Date.now(),
    }
    end += BigInt(90 + stream.length + event.type.length + event.data.length + event.metadata.length)
    all.push(logged)
    return logged
  }

  const write = (stream: string, event: ProposedEvent): LoggedEvent => {
    const before = streams.get(stream) ?? []
    const logged = record(stream, event, before.length)
    before.push(logged)
    streams.set(stream, before)
    return logged
  }

  const writeSystem = (stream: string, type: string, data: unknown): void => {
    systemCount += 1
    write(stream, systemEvent(type, systemId(systemCount), data))
  }

  const changed = (): void => {
    for (const listener of listeners) listener()
  }

  const writeSystemEvent = (): void => {
    writeSystem('$stats-127.0.0.1:2113', '$statsCollected', { 'proc-cpu': Math.floor(random() * 100) })
    changed()
  }

  const retention = (stream: string): Retention => retentionOf(streams.get(`$$${stream}`)?.at(-1)?.data)
  const isSoftDeleted = (stream: string): boolean => retention(stream).truncateBefore === 'deleted'

  const setMetadata = (stream: string, to: Retention): void => {
    systemCount += 1
    write(`$$${stream}`, { ...systemEvent('$metadata', systemId(systemCount), {}), data: metadataJson(to) })
    changed()
  }

  const view = (stream: string): StreamView => {
    if (tombstones.has(stream)) return { kind: 'tombstoned' }
    const events = streams.get(stream)
    if (events === undefined || isSoftDeleted(stream)) return { kind: 'absent' }
    const last = events.length - 1
    const kept = retention(stream)
    return {
      kind: 'events',
      events: events.filter((event) => !scavenged.has(event) && isKept(kept, event, last)),
      last,
    }
  }

  const scavenge = ({ keepLast = false }: ScavengeOptions = {}): void => {
    const goes = (event: LoggedEvent): boolean => {
      const events = streams.get(event.stream) ?? []
      if (tombstones.has(event.stream)) return event.revision !== LAST_REVISION
      const isLast = event === events.at(-1)
      // Of metadata only the last stay.
      if (event.stream.startsWith('$$')) return !isLast
      return !(keepLast && isLast) && !isKept(retention(event.stream), event, events.length - 1)
    }
    const going = all.filter(goes)
    for (const event of going) {
      scavenged.add(event)
      scavengedPlaces.add(`${event.position.commit}/${event.position.prepare}`)
    }
    const rest = all.filter((event) => !scavenged.has(event))
    all.splice(0, all.length, ...rest)
  }

  const appendNew = (stream: string, events: ReadonlyArray<ProposedEvent>): AppendOutcome => {
    const first = streams.get(stream)?.length ?? 0
    // Writing brings a soft-deleted stream back, with what was in it cut off.
    if (isSoftDeleted(stream) && events.length > 0) setMetadata(stream, { truncateBefore: first })
    let last: LoggedEvent | undefined
    for (const event of events) {
      last = write(stream, event)
      remember(event.id, stream, Number(last.revision))
    }
    if (random() < systemEvents) writeSystemEvent()
    else changed()
    return {
      kind: 'appended',
      revision: (streams.get(stream)?.length ?? 0) - 1,
      position: last?.position ?? null,
    }
  }

  // A new server's log is not empty.
  writeSystem('$$$stats-127.0.0.1:2113', '$metadata', { $maxAge: 86_400 })
  writeSystem('$settings', '$settings', { $userStreamAcl: {} })
  writeSystem('$stats-127.0.0.1:2113', '$statsCollected', { 'proc-cpu': 0 })

  return {
    append: (stream, expected, events) => {
      if (tombstones.has(stream)) return { kind: 'deleted' }
      const there = streams.get(stream) ?? []
      const decision = decide(
        {
          last: there.length - 1,
          isSoftDeleted: isSoftDeleted(stream),
          idAt: (revision) => there[revision]?.id,
          remembered: (id) => {
            const entry = recent.get(id)
            return entry?.stream === stream ? entry.revision : undefined
          },
        },
        expected,
        events.map(({ id }) => id),
      )
      switch (decision.kind) {
        case 'append':
          return appendNew(stream, events)
        case 'idempotent':
          return {
            kind: 'idempotent',
            revision: decision.last,
            position: there[decision.last]?.position ?? null,
          }
        case 'wrong':
          return { kind: 'wrong', current: there.length - 1 }
      }
    },
    events: () => all,
    stream: (name) => streams.get(name),
    view,
    setMetadata,
    tombstone: (stream) => {
      tombstones.add(stream)
      systemCount += 1
      record(stream, systemEvent('$streamDeleted', systemId(systemCount), {}), LAST_REVISION)
      changed()
    },
    scavenge,
    isScavenged: ({ commit, prepare }) => scavengedPlaces.has(`${commit}/${prepare}`),
    end: () => end,
    writeSystemEvent,
    forgetRecent: () => recent.clear(),
    onAppend: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
