import type { Hold } from '../../domain/hold.ts'
import type { Incident } from '../../domain/incident.ts'
import { type Remediation, sampleState, stateOfRemediation } from '../../domain/remediation.ts'
import { countOf } from '../../foundation/text/count-of.ts'

/** What is missing, and the command for it. */
export type NextStep = { readonly what: string; readonly command: string }

/** What is to be done next about an incident; nothing when it is closed. */
export const nextOfIncident = (
  { incidentId, replays, suspects, remediations, closed }: Incident,
  holds: ReadonlyArray<Hold>,
): ReadonlyArray<NextStep> => {
  if (closed !== null) return []
  const canBeHeld = suspects.some(({ source: _, ...key }) => Object.keys(key).length > 0)
  const last = remediations.at(-1)
  const about = `--incident ${incidentId} --by NAME`
  return [
    ...(holds.length === 0 && canBeHeld
      ? [{ what: 'Stop it from going on', command: "redress hold request ... --reason '...' --by NAME" }]
      : []),
    ...(last === undefined && replays.length === 0
      ? [{ what: 'Find out who was wronged', command: `redress replay --correction FILE --out DIR ${about}` }]
      : []),
    ...(last === undefined && replays.length > 0
      ? [{ what: 'Plan what is put back', command: `redress remediation plan --correction FILE ${about}` }]
      : []),
    ...(last === undefined ? [] : nextOfRemediation(last)),
    ...(last === undefined && replays.length === 0
      ? []
      : [
          {
            what: 'When it is dealt with',
            command: `redress incident close ${incidentId} --conclusion confirmed --by NAME`,
          },
        ]),
  ]
}

/** What is to be done next about a remediation. */
export const nextOfRemediation = (remediation: Remediation): ReadonlyArray<NextStep> => {
  const { remediationId, planned, reviewed, approved } = remediation
  const { incidentId, counts } = planned.data
  const forPeople = counts.review - reviewed.size
  const { size, settled } = sampleState(remediation)
  return [
    ...(forPeople > 0
      ? [
          {
            what: `Settle ${countOf(forPeople, 'row')} for a person`,
            command: `redress remediation review ${remediationId}`,
          },
        ]
      : []),
    ...(reviewed.size > 0
      ? [
          {
            what: 'Plan again with what people settled',
            command: `redress remediation plan --correction FILE --incident ${incidentId} --by NAME`,
          },
        ]
      : []),
    ...(approved === null && settled < size
      ? [
          {
            what: `Judge ${countOf(size - settled, 'decision')} of the sample`,
            command: `redress remediation sample ${remediationId} --by NAME`,
          },
        ]
      : []),
    ...(approved === null && settled === size
      ? [{ what: 'Approve the plan', command: `redress remediation approve ${remediationId} --by NAME` }]
      : []),
    ...carryOut(remediation),
  ]
}

const carryOut = (remediation: Remediation): ReadonlyArray<NextStep> => {
  const { remediationId } = remediation
  switch (stateOfRemediation(remediation)) {
    case 'approved':
    case 'running':
      return [{ what: 'Carry it out', command: `redress remediation run ${remediationId} --by NAME` }]
    case 'paused':
      return [{ what: 'Go on with it', command: `redress remediation resume ${remediationId} --by NAME` }]
    default:
      return []
  }
}

/** A step for people, as a line. */
export const describeStep = ({ what, command }: NextStep): string => `${what}: ${command}`
