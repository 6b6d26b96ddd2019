import * as E from '#fp/Either'
import { describeDecodeError, problems } from '../../domain/codec.ts'
import { Line } from '../../domain/ids.ts'
import { streamOf } from '../../domain/stream.ts'
import { Suspect } from '../../domain/suspect.ts'
import { canonical } from '../../foundation/canonical.ts'
import { shortId } from '../../incidents/short-id.ts'
import type { Ledger } from '../../ledger/port.ts'
import { type AppError, invalid } from '../error.ts'
import { type Act, recordAct } from '../record-act.ts'
import { ledgerResult } from '../results.ts'
import { openToAdd, type RecordingPlace } from '../stores.ts'

export type OpenIncidentOptions = RecordingPlace & {
  readonly title: string
  /** What may be at fault; at least one. */
  readonly suspects: ReadonlyArray<Suspect>
  /** Who opens it. */
  readonly by: string
}

/** Opens an incident by hand: something may be at fault of which no alarm has sounded. Returns its id. */
export const openIncident = async ({
  title,
  suspects,
  by,
  ...place
}: OpenIncidentOptions): Promise<E.Either<AppError, string>> => {
  if (!Line.is(by)) return invalid(`the name must be ${Line.name}`, 'by')
  if (!Line.is(title)) return invalid(`the title must be ${Line.name}`, 'title')
  if (suspects.length === 0) return invalid('name at least one suspect', 'suspect')
  for (const suspect of suspects) {
    const [wrong] = problems(Suspect, suspect)
    if (wrong !== undefined) return invalid(describeDecodeError(wrong), 'suspect')
  }
  const opened = await openToAdd(place)
  if (E.isLeft(opened)) return opened
  const { ledger, close } = opened.right
  return record(ledger, { title, suspects, by, ...place }).finally(close)
}

const record = async (
  ledger: Ledger,
  { title, suspects, by, clock }: OpenIncidentOptions,
): Promise<E.Either<AppError, string>> => {
  const head = ledgerResult(await ledger.head())
  if (E.isLeft(head)) return head
  const said = canonical(['incident', title, suspects, by, head.right.sequence])
  const incidentId = shortId(said.sha256)
  const type = 'incident.opened.v1'
  const act: Act = {
    type,
    stream: streamOf({ type, subject: incidentId }),
    expectedRevision: -1,
    subject: incidentId,
    data: { incidentId, title, openedBy: { kind: 'person', id: by }, alarmIds: [], suspects },
  }
  return E.map(() => incidentId)(await recordAct(ledger, act, clock))
}
