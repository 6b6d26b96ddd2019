import * as E from '#fp/Either'
import type { Remediation, RemediationEvent } from '../../domain/remediation.ts'
import type { OpenLedger } from '../../ledger/open.ts'
import type { Ledger } from '../../ledger/port.ts'
import { type AppError, failed, notFound, refused } from '../error.ts'
import { type ReadIncident, readIncident } from '../incident/read.ts'
import { type Act, recordActs } from '../record-act.ts'
import { type LedgerPlace, openToAdd, type RecordingPlace } from '../stores.ts'

/** A remediation, and the incident that it is part of. */
export type ReadRemediation = ReadIncident & { readonly remediation: Remediation }

/** The id of an incident's remediation; `n` counts its plans from 1. */
export const remediationIdOf = (incidentId: string, n: number): string => `${incidentId}-${n}`

/** Reads a remediation from the stream of its incident. */
export const readRemediation = async (
  ledger: Pick<Ledger, 'readStream' | 'vocabulary'>,
  remediationId: string,
  place: LedgerPlace,
): Promise<E.Either<AppError, ReadRemediation>> => {
  const incidentId = remediationId.replace(/-[0-9]+$/, '')
  if (incidentId === remediationId) {
    return notFound(
      `${remediationId} is not the id of a remediation, such as 3b1f9ac04d52-1; redress incident show names them`,
    )
  }
  const read = await readIncident(ledger, incidentId, place)
  if (E.isLeft(read)) return read
  const remediation = read.right.incident.remediations.find((one) => one.remediationId === remediationId)
  return remediation === undefined
    ? notFound(
        `incident ${incidentId} has no remediation ${remediationId}; redress incident show ${incidentId} names them`,
      )
    : E.right({ ...read.right, remediation })
}

/** Opens a ledger to add to a remediation of it, and closes it after `use`. */
export const addingToRemediation = async <A>(
  { remediationId, ...place }: RecordingPlace & { readonly remediationId: string },
  use: (opened: OpenLedger, read: ReadRemediation) => Promise<E.Either<AppError, A>>,
): Promise<E.Either<AppError, A>> => {
  const opened = await openToAdd(place)
  if (E.isLeft(opened)) return opened
  const readAndUse = async (): Promise<E.Either<AppError, A>> => {
    const read = await readRemediation(opened.right.ledger, remediationId, place)
    if (E.isLeft(read)) return read
    return read.right.incident.closed === null
      ? use(opened.right, read.right)
      : refused(`the incident of ${remediationId} is closed; open another one with redress incident open`)
  }
  return readAndUse().finally(opened.right.close)
}

/** What people said of a remediation's decisions, as acts at the end of its incident's stream. */
type Said = Pick<RemediationEvent, 'type'> & { readonly data: object }

/** How many acts are recorded at once: of so many, all or none. */
const AT_ONCE = 500

/** Records what a person said of a remediation. What is recorded when it fails is there when it is tried again. */
export const recordSaid = async (
  ledger: Ledger,
  { incident, remediation, stream, revision }: ReadRemediation,
  said: ReadonlyArray<Said>,
  clock: () => number,
): Promise<E.Either<AppError, null>> => {
  const { incidentId } = incident
  const { remediationId } = remediation
  const acts = said.map(
    ({ type, data }, index): Act => ({
      ...{ type, stream, expectedRevision: revision + index, subject: incidentId },
      data: { remediationId, incidentId, ...data },
    }),
  )
  for (let from = 0; from < acts.length; from += AT_ONCE) {
    const recorded = await recordActs(ledger, acts.slice(from, from + AT_ONCE), clock)
    if (E.isLeft(recorded)) return from === 0 ? recorded : partly(recorded.left, from, acts.length)
  }
  return E.right(null)
}

const partly = ({ message }: AppError, recorded: number, all: number): E.Either<AppError, never> =>
  failed(`${message} (the first ${recorded} of ${all} are recorded)`)
