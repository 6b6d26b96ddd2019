import type * as t from 'io-ts'
import * as E from '#fp/Either'
import type { Conclusion } from '../../domain/events/incident-closed.ts'
import { Line } from '../../domain/ids.ts'
import { type RemediationState, stateOfRemediation } from '../../domain/remediation.ts'
import { type AppError, invalid, refused } from '../error.ts'
import { type Act, recordAct } from '../record-act.ts'
import type { RecordingPlace } from '../stores.ts'
import { addingToIncident } from './read.ts'

export type CloseIncidentOptions = RecordingPlace & {
  readonly incidentId: string
  readonly conclusion: t.TypeOf<typeof Conclusion>
  readonly summary: string | null
  /** Who closes it. */
  readonly by: string
}

/** `unchanged`: it was closed before, and nothing was recorded. */
export type IncidentClosed = { readonly kind: 'closed' | 'unchanged'; readonly incidentId: string }

/** Its requests could not be withdrawn any more. */
const goingOn: ReadonlySet<RemediationState> = new Set(['running', 'paused'])

/** Ends an incident whose remediations have ended. Alarms about the same open a new one. */
export const closeIncident = async ({
  incidentId,
  conclusion,
  summary,
  by,
  ...place
}: CloseIncidentOptions): Promise<E.Either<AppError, IncidentClosed>> => {
  if (!Line.is(by)) return invalid(`the name must be ${Line.name}`, 'by')
  if (summary !== null && !Line.is(summary)) return invalid(`the summary must be ${Line.name}`, 'summary')
  return addingToIncident({ incidentId, ...place }, async (ledger, { incident, stream, revision }) => {
    if (incident.closed !== null) return E.right({ kind: 'unchanged', incidentId })
    const going = incident.remediations.find((one) => goingOn.has(stateOfRemediation(one)))
    if (going !== undefined) {
      return refused(
        `remediation ${going.remediationId} is being carried out; let it end, or cancel it with redress remediation cancel`,
      )
    }
    const act: Act = {
      type: 'incident.closed.v1',
      stream,
      expectedRevision: revision,
      subject: incidentId,
      data: { incidentId, conclusion, by, ...(summary === null ? {} : { summary }) },
    }
    return E.map((): IncidentClosed => ({ kind: 'closed', incidentId }))(
      await recordAct(ledger, act, place.clock),
    )
  })
}
