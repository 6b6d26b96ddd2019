import * as E from '#fp/Either'
import type { OwnType } from '../domain/event.ts'
import type { StreamName } from '../domain/stream.ts'
import { formatInstant, type Timestamp } from '../domain/time.ts'
import { canonical } from '../foundation/canonical.ts'
import { ownEvent } from '../incidents/own-event.ts'
import { lastRecordedAt } from '../ledger/clock.ts'
import { describeDamaged } from '../ledger/damaged-stream.ts'
import { type Document, type PreparedEvent, prepare } from '../ledger/event/prepare.ts'
import type { Ledger } from '../ledger/port.ts'
import { type AppError, failed, invalid } from './error.ts'
import { ledgerResult } from './results.ts'

/** What a person did, as an event to record at the end of a stream. */
export type Act = {
  readonly type: OwnType
  readonly stream: StreamName
  /** The stream's last revision that the person saw; -1: it has none. */
  readonly expectedRevision: number
  readonly subject: string
  readonly data: object
  readonly document?: Document
}

/** The id of what a person does at the end of a stream: the same act twice is two events. */
export const actId = ({
  type,
  stream,
  expectedRevision,
}: Pick<Act, 'type' | 'stream' | 'expectedRevision'>) => canonical([type, stream, expectedRevision]).sha256

/** Records an act, unless somebody else added to its stream: then nothing is recorded. */
export const recordAct = (
  ledger: RecordingLedger,
  act: Act,
  clock: () => number,
): Promise<E.Either<AppError, null>> => recordActs(ledger, [act], clock)

/** Records acts that follow each other in one stream, all or none, unless somebody else added to it. */
export const recordActs = async (
  ledger: RecordingLedger,
  acts: ReadonlyArray<Act>,
  clock: () => number,
): Promise<E.Either<AppError, null>> => {
  const [first] = acts
  if (first === undefined) return E.right(null)
  const { stream, expectedRevision } = first
  const last = ledgerResult(await lastRecordedAt(ledger))
  if (E.isLeft(last)) return last
  const time = formatInstant(last.right ?? clock())
  const events: PreparedEvent[] = []
  for (const act of acts) {
    const prepared = prepareAct(act, time)
    if (E.isLeft(prepared)) return invalid(`${prepared.left.path}: ${prepared.left.problem}`)
    events.push(prepared.right)
  }
  const appended = ledgerResult(await ledger.append([{ stream, expectedRevision, events }]))
  if (E.isLeft(appended)) return appended
  const [written] = appended.right
  if (written?.kind === 'stream_damaged') {
    return failed(`nothing was recorded: ${describeDamaged(written.damaged)}`)
  }
  // Of two acts on the same revision, which have one id, the second one is a conflict, or a duplicate if they say the same.
  const isRecorded = written?.kind === 'written' && written.events.every(({ kind }) => kind !== 'conflict')
  return isRecorded
    ? E.right(null)
    : failed(`somebody else was recording in ${stream} at the same time, so nothing was recorded; try again`)
}

type RecordingLedger = Pick<Ledger, 'append' | 'end' | 'at'>

const prepareAct = (act: Act, time: Timestamp): ReturnType<typeof prepare> => {
  const { type, subject, data, document } = act
  const event = ownEvent(type, { id: actId(act), subject, time, data })
  return prepare(event, document === undefined ? {} : { document })
}
