import * as E from '#fp/Either'
import type { OwnEvent, StoredEvent } from '../../domain/event.ts'
import { instantOf } from '../../domain/time.ts'
import { defaultParameters } from '../../incidents/alarm/parameters.ts'
import type { KafkaSettings } from '../../ingest/kafka/client/client.ts'
import type { OpenLedger } from '../../ledger/open.ts'
import type { Ledger, Pages, Position, SequencedEvent } from '../../ledger/port.ts'
import { type DecodedEvent, readDecoded } from '../../ledger/read.ts'
import { recordParameters } from '../alarm/configure.ts'
import { tickClock, tickDue } from '../clock-tick.ts'
import type { AppError } from '../error.ts'
import { recordOwn } from '../record-own.ts'
import { ledgerResult } from '../results.ts'
import { openToAdd, type RecordingPlace } from '../stores.ts'
import { asksForHold, holdsFor } from './hold-alarms.ts'
import { startOf, type WatchStart } from './start.ts'
import { writeWatch } from './state-file.ts'
import { openTopicsSender } from './topics.ts'
import { openWebhook, type Webhook, type WebhookSettings, webhookMessage } from './webhook.ts'

type AlarmRaised = StoredEvent<'alarm.raised.v1'>

export type WatchOptions = RecordingPlace & {
  /** Stop once everything in the ledger is looked at. */
  readonly untilEnd: boolean
  readonly webhook: WebhookSettings | null
  /** Ask for a hold on what an alarm suspects. */
  readonly hold: boolean
  /** Where alarms, audits and holds are sent; null: nowhere. */
  readonly kafka: KafkaSettings | null
  /** Stops it. */
  readonly signal: AbortSignal
  /** Called once the ledger is open. */
  readonly onOpen: () => void
  readonly watch: {
    /**
     * Called when the event is reached that first configured alarms: what would have been raised before it, and is neither
     * recorded nor sent.
     */
    readonly onHistory: (raised: ReadonlyArray<OwnEvent<'alarm.raised.v1'>>) => void
    /** Called with each alarm of which people are told; again if it is not known whether they were. */
    readonly onAlarm: (alarm: AlarmRaised) => void
    /** Called with each hold that an alarm asked for. */
    readonly onHold: (hold: OwnEvent<'hold.requested.v1'>) => void
    readonly onRead: (sequence: number, head: number) => void
    readonly onRemark: (message: string) => void
  }
}

/** How far it came, and what it recorded and told. */
export type WatchedLedger = {
  readonly sequence: number
  readonly raised: number
  readonly told: number
  /** What the webhook has not accepted yet. */
  readonly unsent: number
  /** How many messages went to topics; null: there are none to send to. */
  readonly sent: number | null
  /** Why not all that is in the ledger was sent to topics, if it was to end; null: all was. */
  readonly failure: string | null
}

/** How often it is looked at whether time must go by, in ms. */
const LOOK_EVERY = 5_000
/** What is remembered is saved this often, in ms, but saving takes at most a twentieth of the time. */
const SAVE_EVERY = 10_000
const SAVE_SHARE = 20

/**
 * Follows a ledger, records the alarms and tripwires that it raises, and tells people. What it remembers is in a file; if that
 * is lost, or old, the same alarms come out, and are recorded once.
 */
export const watchLedger = async (options: WatchOptions): Promise<E.Either<AppError, WatchedLedger>> => {
  const opened = await openToAdd(options)
  if (E.isLeft(opened)) return opened
  options.onOpen()
  return watchOpened(opened.right, options).finally(opened.right.close)
}

const watchOpened = async (
  opened: OpenLedger,
  options: WatchOptions,
): Promise<E.Either<AppError, WatchedLedger>> => {
  const start = await startOf(opened, options.data, options.watch.onRemark)
  if (E.isLeft(start)) return start
  const run = openRun(opened, options, start.right)
  const { kafka, untilEnd, signal } = options
  const { onRemark } = options.watch
  const topics =
    kafka === null ? null : openTopicsSender(opened.ledger, kafka, { untilEnd, signal, onRemark })
  const position = start.right.last?.position ?? null
  const ticking = setInterval(() => void run.look(), LOOK_EVERY)
  const pages = untilEnd ? toTheEnd(opened.ledger, position, signal) : opened.ledger.follow(position, signal)
  try {
    const begun = await run.caughtUp()
    if (E.isLeft(begun)) return begun
    for await (const page of readDecoded(opened.ledger, pages)) {
      const taken = E.isLeft(page) ? ledgerResult(page) : await run.take(page.right)
      if (E.isLeft(taken)) return taken
      if (signal.aborted) break
    }
    if (untilEnd && !signal.aborted) await Promise.all([run.sendRest(), topics?.sendAll()])
    await topics?.close()
    return E.right({ ...run.result(), sent: topics?.sent() ?? null, failure: topics?.failure() ?? null })
  } finally {
    clearInterval(ticking)
    await Promise.all([run.close(), topics?.close()])
  }
}

/** All events to the head, those included that are recorded on the way. */
async function* toTheEnd(
  ledger: Pick<Ledger, 'readAll'>,
  from: Position | null,
  signal: AbortSignal,
): Pages<SequencedEvent> {
  let after = from
  for (let isEnd = false; !isEnd && !signal.aborted; ) {
    isEnd = true
    for await (const page of ledger.readAll(after)) {
      if (E.isRight(page) && page.right.length > 0) isEnd = false
      if (E.isRight(page)) after = page.right.at(-1)?.position ?? after
      yield page
      if (E.isLeft(page)) return
    }
  }
}

type Run = {
  readonly take: (page: ReadonlyArray<DecodedEvent<SequencedEvent>>) => Promise<E.Either<AppError, null>>
  /** Configures alarms if nobody has, once everything that was there at the start is looked at: later ones are recorded. */
  readonly caughtUp: () => Promise<E.Either<AppError, null>>
  /** Saves what is not saved, and lets time go by in the ledger if something is due, while services are silent. */
  readonly look: () => Promise<void>
  /** Sends what is still to be sent, as long as it is accepted. */
  readonly sendRest: () => Promise<void>
  readonly result: () => Omit<WatchedLedger, 'sent' | 'failure'>
  readonly close: () => Promise<void>
}

const openRun = ({ ledger }: OpenLedger, options: WatchOptions, start: WatchStart): Run => {
  const { data, clock, watch: on } = options
  const webhook = webhookOf(options, start)
  const history: OwnEvent<'alarm.raised.v1'>[] = []
  // Not while what was looked at is not recorded: it would not be looked at again.
  let maySave = true
  let { last } = start
  let [raised, told] = [0, 0]
  let asked = false
  let nextSave = 0
  let savedUpTo = last?.sequence ?? 0
  let saving = Promise.resolve()

  const tell = (alarm: AlarmRaised): void => {
    told++
    on.onAlarm(alarm)
    if (options.webhook !== null) webhook?.send(webhookMessage(alarm, options.webhook))
  }

  /** One after the other, so that an older state never replaces a newer one. */
  const save = (): Promise<void> => {
    saving = saving.then(saveNow)
    return saving
  }

  /** If it cannot be saved, more is looked at again after a restart. */
  const saveNow = async (): Promise<void> => {
    // Before alarms are configured, the history that is to be listed is nowhere else.
    if (last === null || !maySave || !start.watch.isConfigured()) return
    const { sequence, position, leaf } = last
    const begun = performance.now()
    const saved = { sequence, position, leaf, state: start.watch.state() }
    const outbox = webhook?.outbox() ?? start.outbox
    const written = await writeWatch(data, { ...saved, outbox })
    const now = performance.now()
    nextSave = now + Math.max(SAVE_EVERY, SAVE_SHARE * (now - begun))
    if (E.isLeft(written)) on.onRemark(`what is remembered is not saved: ${written.left}`)
    else savedUpTo = sequence
  }

  const caughtUp = async (): Promise<E.Either<AppError, null>> => {
    if (asked || start.watch.isConfigured() || (last?.sequence ?? 0) < start.head) return E.right(null)
    asked = true
    const by = 'redress watch'
    const configured = await recordParameters(ledger, { parameters: defaultParameters, by, clock })
    return E.isLeft(configured) ? configured : E.right(null)
  }

  return {
    caughtUp,
    take: async (page) => {
      maySave = false
      const toRecord: OwnEvent[] = []
      const toHold: AlarmRaised[] = []
      for (const decoded of page) {
        const wasConfigured = start.watch.isConfigured()
        const watched = ledgerResult(await start.watch.take(decoded))
        if (E.isLeft(watched)) return watched
        const { recorded, event } = decoded
        const { sequence, position, leafHash: leaf } = recorded
        last = { sequence, position, leaf, recordedAt: instantOf(event.recordedat) }
        if (!start.watch.isConfigured()) history.push(...watched.right.raised)
        else if (!wasConfigured) on.onHistory(history.splice(0))
        toRecord.push(...watched.right.toRecord)
        const { tell: alarm } = watched.right
        if (alarm === null || instantOf(alarm.recordedat) < start.tellFrom) continue
        tell(alarm)
        if (options.hold && asksForHold(alarm)) toHold.push(alarm)
      }
      const holds = await holdsFor(ledger, toHold)
      if (E.isLeft(holds)) return holds
      const own = await recordOwn(ledger, [...toRecord, ...holds.right])
      if (E.isLeft(own)) return own
      for (const event of own.right.appended) if (event.type === 'hold.requested.v1') on.onHold(event)
      maySave = true
      raised += own.right.appended.filter(({ type }) => type === 'alarm.raised.v1').length
      for (const conflict of own.right.conflicts) on.onRemark(`it is recorded otherwise: ${conflict}`)
      on.onRead(last?.sequence ?? 0, start.head)
      const ready = await caughtUp()
      if (E.isLeft(ready)) return ready
      if (performance.now() >= nextSave) await save()
      return E.right(null)
    },
    look: async () => {
      if (last === null) return
      // While services are silent, no page comes that would save it, and it would seem to be behind.
      if (last.sequence > savedUpTo && performance.now() >= nextSave) await save()
      const due = tickDue(start.watch.nextDue(), last)
      if (due === null || due > clock()) return
      const head = await ledger.head()
      if (E.isLeft(head) || head.right.sequence !== last.sequence) return
      const ticked = await tickClock(ledger, last)
      if (E.isLeft(ticked)) on.onRemark(ticked.left.message)
    },
    sendRest: async () => webhook?.sendRest(),
    result: () => ({
      ...{ sequence: last?.sequence ?? 0, raised, told },
      unsent: webhook?.outbox().length ?? 0,
    }),
    close: async () => {
      await webhook?.close()
      await save()
    },
  }
}

const webhookOf = ({ webhook, clock, watch }: WatchOptions, { outbox }: WatchStart): Webhook | null =>
  webhook === null ? null : openWebhook(webhook, { outbox, clock, onRemark: watch.onRemark })
