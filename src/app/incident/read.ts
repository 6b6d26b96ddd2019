import * as E from '#fp/Either'
import type { StoredEvent } from '../../domain/event.ts'
import { type Incident, incidentOf } from '../../domain/incident.ts'
import { type StreamName, streamOf } from '../../domain/stream.ts'
import type { Ledger } from '../../ledger/port.ts'
import { readDecoded } from '../../ledger/read.ts'
import { type AppError, notFound } from '../error.ts'
import { ledgerResult } from '../results.ts'
import { type LedgerPlace, nameOf, openToAdd, type RecordingPlace } from '../stores.ts'

/** An incident, and where its stream ends. */
export type ReadIncident = {
  readonly incident: Incident
  readonly events: ReadonlyArray<StoredEvent>
  readonly stream: StreamName
  /** The stream's last revision. */
  readonly revision: number
}

/** Reads an incident from its stream. */
export const readIncident = async (
  ledger: Pick<Ledger, 'readStream' | 'vocabulary'>,
  incidentId: string,
  place: LedgerPlace,
): Promise<E.Either<AppError, ReadIncident>> => {
  const stream = streamOf({ type: 'incident.opened.v1', subject: incidentId })
  const events: StoredEvent[] = []
  for await (const page of readDecoded(ledger, ledger.readStream(stream))) {
    if (E.isLeft(page)) return ledgerResult(page)
    events.push(...page.right.map(({ event }) => event))
  }
  const incident = incidentOf(events)
  return incident === null
    ? notFound(`${nameOf(place)} has no incident ${incidentId}; redress incident list names them`)
    : E.right({ incident, events, stream, revision: events.length - 1 })
}

/** Opens a ledger to add to an incident of it, and closes it after `use`. */
export const addingToIncident = async <A>(
  { incidentId, ...place }: RecordingPlace & { readonly incidentId: string },
  use: (ledger: Ledger, read: ReadIncident) => Promise<E.Either<AppError, A>>,
): Promise<E.Either<AppError, A>> => {
  const opened = await openToAdd(place)
  if (E.isLeft(opened)) return opened
  const { ledger, close } = opened.right
  const readAndUse = async (): Promise<E.Either<AppError, A>> => {
    const read = await readIncident(ledger, incidentId, place)
    return E.isLeft(read) ? read : use(ledger, read.right)
  }
  return readAndUse().finally(close)
}
