import * as E from '#fp/Either'
import type { StoredEvent } from '../../domain/event.ts'
import { type Hold, holdsOf } from '../../domain/hold.ts'
import type { Incident } from '../../domain/incident.ts'
import { type Remediation, sampleState } from '../../domain/remediation.ts'
import { formatInstant } from '../../domain/time.ts'
import { overlap } from '../../incidents/incidents.ts'
import { readPlan } from '../../incidents/remediation/plan/stored.ts'
import { readHoldEvents } from '../../ledger/holds.ts'
import type { Vault } from '../../ledger/vault/vault.ts'
import type { Blame } from '../../replay/result/blame.ts'
import type { AppError } from '../error.ts'
import { holdJson } from '../hold/list.ts'
import { ledgerResult } from '../results.ts'
import { type LedgerPlace, readingLedger } from '../stores.ts'
import { type NextStep, nextOfIncident } from './next-steps.ts'
import { readIncident } from './read.ts'

/** An incident with its timeline. */
export type ShownIncident = {
  readonly incident: Incident
  /** In order. */
  readonly events: ReadonlyArray<StoredEvent>
  /** The notes by the ids of their events; null: erased. */
  readonly notes: ReadonlyMap<string, string | null>
  /** The holds that stand on a suspect of it, or a part of one. */
  readonly holds: ReadonlyArray<Hold>
  /** What explains the decisions that do not stand, by the last plan; empty before it. */
  readonly blame: ReadonlyArray<Blame>
  readonly next: ReadonlyArray<NextStep>
}

/** Shows an incident as its stream has it now. */
export const showIncident = ({
  incidentId,
  ...place
}: LedgerPlace & { readonly incidentId: string }): Promise<E.Either<AppError, ShownIncident>> =>
  readingLedger(place, async ({ ledger, vault }) => {
    const read = await readIncident(ledger, incidentId, place)
    if (E.isLeft(read)) return read
    const { incident, events } = read.right
    const notes = await notesOf(vault, incident)
    if (E.isLeft(notes)) return notes
    const held = ledgerResult(await readHoldEvents(ledger))
    if (E.isLeft(held)) return held
    const holds = holdsOf(held.right).filter(
      ({ key, lifted }) => lifted === null && incident.suspects.some((suspect) => overlap(suspect, key)),
    )
    const blame = await blameOf(vault, incident)
    if (E.isLeft(blame)) return blame
    const next = nextOfIncident(incident, holds)
    return E.right({ incident, events, notes: notes.right, holds, blame: blame.right, next })
  })

const notesOf = async (
  vault: Vault,
  { notes }: Incident,
): Promise<E.Either<AppError, ShownIncident['notes']>> => {
  const texts = new Map<string, string | null>()
  for (const { source, id, data } of notes) {
    const opened = ledgerResult(await vault.openSealed(data.sealed, source, id))
    if (E.isLeft(opened)) return opened
    texts.set(id, opened.right.kind === 'erased' ? null : String(Object(JSON.parse(opened.right.text)).text))
  }
  return E.right(texts)
}

const blameOf = async (
  vault: Vault,
  { remediations }: Incident,
): Promise<E.Either<AppError, ReadonlyArray<Blame>>> => {
  const planned = remediations.at(-1)?.planned
  if (planned === undefined) return E.right([])
  const plan = ledgerResult(await readPlan(vault, planned.data.planSha256))
  return E.isLeft(plan) ? plan : E.right(plan.right.blame)
}

/** The same as JSON: times as RFC 3339. */
export const incidentJson = ({ incident, notes, holds, blame, next }: ShownIncident) => ({
  ...incident,
  openedAt: formatInstant(incident.openedAt),
  notes: incident.notes.map(({ id, recordedat, data: { by } }) => ({
    at: recordedat,
    by,
    text: notes.get(id) ?? null,
  })),
  replays: incident.replays.map(({ recordedat, data: { incidentId: _, ...replayed } }) => ({
    at: recordedat,
    ...replayed,
  })),
  closed: incident.closed === null ? null : { ...incident.closed, at: formatInstant(incident.closed.at) },
  remediations: incident.remediations.map(listedRemediation),
  holds: holds.map(holdJson),
  ...{ blame, next },
})

const listedRemediation = (remediation: Remediation) => {
  const { remediationId, planned, reviewed, approved } = remediation
  const { planSha256, counts, by } = planned.data
  return {
    ...{ remediationId, plannedAt: planned.recordedat, by, planSha256, counts },
    sample: sampleState(remediation),
    reviewed: reviewed.size,
    approved: approved === null ? null : { at: approved.recordedat, by: approved.data.by },
  }
}
