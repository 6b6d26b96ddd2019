import type * as E from '#fp/Either'
import { Line } from '../../domain/ids.ts'
import { type AppError, invalid } from '../error.ts'
import { type Act, recordAct } from '../record-act.ts'
import type { RecordingPlace } from '../stores.ts'
import { addingToIncident } from './read.ts'

export type NoteOptions = RecordingPlace & {
  readonly incidentId: string
  /** The note; it is sealed. */
  readonly text: string
  /** Who notes it. */
  readonly by: string
}

/** Adds a note to an incident, open or closed. */
export const noteOnIncident = async ({
  incidentId,
  text,
  by,
  ...place
}: NoteOptions): Promise<E.Either<AppError, null>> => {
  if (!Line.is(by)) return invalid(`the name must be ${Line.name}`, 'by')
  if (text.trim() === '') return invalid('the note is empty')
  return addingToIncident({ incidentId, ...place }, (ledger, { stream, revision }) => {
    const act: Act = {
      type: 'incident.noted.v1',
      stream,
      expectedRevision: revision,
      subject: incidentId,
      data: { incidentId, by, personal: { text } },
    }
    return recordAct(ledger, act, place.clock)
  })
}
