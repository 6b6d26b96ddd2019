import * as E from '#fp/Either'
import type { OwnType } from '../domain/event.ts'
import type { StreamName } from '../domain/stream.ts'
import { formatInstant } from '../domain/time.ts'
import { canonical } from '../foundation/canonical.ts'
import { ownEvent } from '../incidents/own-event.ts'
import { lastRecordedAt } from '../ledger/clock.ts'
import { describeDamaged } from '../ledger/damaged-stream.ts'
import { type Document, prepare } from '../ledger/event/prepare.ts'
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
export const recordAct = async (
  ledger: Pick<Ledger, 'append' | 'end' | 'at'>,
  act: Act,
  clock: () => number,
): Promise<E.Either<AppError, null>> => {
  const { type, stream, expectedRevision, subject, data, document } = act
  const last = ledgerResult(await lastRecordedAt(ledger))
  if (E.isLeft(last)) return last
  const event = ownEvent(type, {
    id: actId(act),
    subject,
    time: formatInstant(last.right ?? clock()),
    data,
  })
  const prepared = prepare(event, document === undefined ? {} : { document })
  if (E.isLeft(prepared)) {
    return invalid(`${prepared.left.path}: ${prepared.left.problem}`)
  }
  const appended = ledgerResult(await ledger.append([{ stream, expectedRevision, events: [prepared.right] }]))
  if (E.isLeft(appended)) return appended
  const [written] = appended.right
  if (written?.kind === 'stream_damaged') {
    return failed(`nothing was recorded: ${describeDamaged(written.damaged)}`)
  }
  // Of two acts on the same revision, which have one id, the second one is a conflict, or a duplicate if they say the same.
  const isRecorded = written?.kind === 'written' && written.events[0]?.kind !== 'conflict'
  return isRecorded
    ? E.right(null)
    : failed(`somebody else was recording in ${stream} at the same time, so nothing was recorded; try again`)
}
