import * as E from '#fp/Either'
import { Line } from '../../domain/ids.ts'
import type { Summary } from '../../replay/result/summary.ts'
import { type AppError, invalid, refused } from '../error.ts'
import { addingToIncident } from '../incident/read.ts'
import { type Act, recordAct } from '../record-act.ts'
import type { RecordingPlace } from '../stores.ts'

/** The incident that a replay is for, and who replays. */
export type ForIncident = RecordingPlace & { readonly incidentId: string; readonly by: string }

/** Fails unless a replay for an incident can be recorded: it exists, and is open. */
export const checkIncident = async ({
  incidentId,
  by,
  ...place
}: ForIncident): Promise<E.Either<AppError, null>> => {
  if (!Line.is(by)) return invalid(`the name must be ${Line.name}`, 'by')
  return addingToIncident({ incidentId, ...place }, async (_, { incident }) =>
    incident.closed === null
      ? E.right(null)
      : refused(`incident ${incidentId} is closed; open another one with redress incident open`, 'incident'),
  )
}

/** `unchanged`: the same person recorded the same result before, and nothing was recorded. */
export type ReplayRecorded = 'recorded' | 'unchanged'

/** Records in an incident what a replay of the whole ledger found. */
export const recordReplay = async (
  { incidentId, by, ...place }: ForIncident,
  { correction, ruleset, sequence, digest, decisions, classes, putBack, review }: Summary,
): Promise<E.Either<AppError, ReplayRecorded>> => {
  const correctionSha256 = correction?.sha256 ?? ruleset.sha256
  const { wrongful = 0, unexplained_wrongful: unexplained = 0 } = classes
  const { accounts, contents } = putBack
  const counts = { decisions, wrongful: wrongful + unexplained, accounts, contents, review }
  return addingToIncident({ incidentId, ...place }, async (ledger, { incident, stream, revision }) => {
    const isThere = incident.replays.some(
      ({ data }) => data.digest === digest && data.correctionSha256 === correctionSha256 && data.by === by,
    )
    if (isThere) return E.right('unchanged')
    const act: Act = {
      type: 'replay.completed.v1',
      stream,
      expectedRevision: revision,
      subject: incidentId,
      data: { incidentId, correctionSha256, sequence, digest, counts, by },
    }
    return E.map((): ReplayRecorded => 'recorded')(await recordAct(ledger, act, place.clock))
  })
}
