import { hash } from 'node:crypto'
import type { EventOutcome } from '../ledger/port.ts'
import { type DecodedBatch, messageOf, type RawBatch } from './batch.ts'
import type { Settled, Sighting } from './dead-letters.ts'
import { tooLong } from './json.ts'
import { type Rejection, rejection } from './rejection.ts'

/** What became of each message of a batch. */
export type Settlement = {
  readonly accepted: number
  readonly duplicate: number
  /** What was refused or in conflict, in the order of the batch. */
  readonly sightings: ReadonlyArray<Sighting>
  /** Events that are in the ledger now and whose bytes may be those of a dead letter. */
  readonly settled: ReadonlyArray<Settled>
}

/** `outcomes` are the ledger's, one for each event. Only bytes of the lengths in `lengths` can settle a dead letter. */
export const settle = (
  batch: RawBatch,
  decoded: DecodedBatch,
  outcomes: ReadonlyArray<EventOutcome>,
  lengths: ReadonlySet<number>,
): Settlement => {
  const refused: { readonly at: number; readonly sighting: Sighting }[] = []
  const refuse = (index: number, why: Rejection): void => {
    const raw = messageOf(decoded, index)
    const origin = batch.origin(index)
    const sighting = { sha256: hash('sha256', raw), raw, length: raw.length, rejection: why, origin }
    refused.push({ at: index, sighting })
  }
  for (const { after, origin, head, sha256, length } of batch.oversized) {
    const sighting = { sha256, raw: head, length, rejection: tooLong(length), origin }
    refused.push({ at: after - 0.5, sighting }) // between that message and the one before it
  }
  for (const { index, rejection: why } of decoded.refused) refuse(index, why)

  const settled: Settled[] = []
  let accepted = 0
  let duplicate = 0
  for (const [i, event] of decoded.events.entries()) {
    const index = decoded.indexes[i] ?? 0
    const outcome = outcomes[i]
    if (outcome === undefined || outcome.kind === 'conflict') {
      refuse(index, rejection('conflict', '', outcome?.reason ?? 'no answer'))
      continue
    }
    if (outcome.kind === 'appended') accepted++
    else duplicate++
    const raw = messageOf(decoded, index)
    if (lengths.has(raw.length)) {
      settled.push({ sha256: hash('sha256', raw), source: event.source, id: event.id })
    }
  }
  const sightings = refused.sort((a, b) => a.at - b.at).map(({ sighting }) => sighting)
  return { accepted, duplicate, sightings, settled }
}
