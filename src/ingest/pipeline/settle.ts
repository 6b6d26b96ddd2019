import { hash } from 'node:crypto'
import { accountOf } from '../../domain/stream.ts'
import { type DamagedStream, describeDamaged } from '../../ledger/damaged-stream.ts'
import { type DecodedBatch, messageOf, type RawBatch } from '../accept/batch.ts'
import { type Rejection, rejection } from '../accept/rejection.ts'
import type { LetterSighting, Settled } from '../dead-letters/letter.ts'
import type { AppendOutcome } from './append-events.ts'

/** A message that was refused or is in conflict, and its index in the batch. */
export type Refused = LetterSighting & { readonly index: number }

/** The outcome of each message of a batch. */
export type Settlement = {
  readonly accepted: number
  readonly duplicate: number
  /** What was refused or in conflict, in the order of the batch. */
  readonly refused: ReadonlyArray<Refused>
  /** Events that are now in the ledger and whose bytes may be those of a dead letter. */
  readonly settled: ReadonlyArray<Settled>
  /** Accounts whose own streams have events of the batch, new or recorded before: each account once. */
  readonly accounts: ReadonlySet<string>
  /** Streams that were deleted or cut, so that their events were refused; by name. */
  readonly damaged: ReadonlyMap<string, DamagedStream>
  /** Deleted streams whose events were accepted, but perhaps for the second time; by name. */
  readonly reopened: ReadonlyMap<string, DamagedStream>
}

/**
 * `outcomes` are the ledger's, one for each event. Only messages whose length is in `lengths` can resolve a dead
 * letter.
 */
export const settle = (
  batch: RawBatch,
  decoded: DecodedBatch,
  outcomes: ReadonlyArray<AppendOutcome>,
  lengths: ReadonlySet<number>,
): Settlement => {
  const refused: Refused[] = []
  const refuse = (index: number, why: Rejection): void => {
    const origin = batch.origin(index)
    const aside = batch.setAside.get(index) // the decoder saw it as empty, and refused that
    if (aside !== undefined) {
      refused.push({ ...aside, index, origin })
      return
    }
    const raw = messageOf(decoded, index)
    refused.push({ index, origin, raw, sha256: hash('sha256', raw), length: raw.length, rejection: why })
  }
  for (const { index, rejection: why } of decoded.refused) refuse(index, why)

  const settled: Settled[] = []
  const accounts = new Set<string>()
  const damaged = new Map<string, DamagedStream>()
  const reopened = new Map<string, DamagedStream>()
  let accepted = 0
  let duplicate = 0
  for (const [i, event] of decoded.events.entries()) {
    const index = decoded.indexes[i] ?? 0
    const outcome = outcomes[i]
    if (outcome?.kind === 'stream_damaged') {
      damaged.set(event.stream, outcome.damaged)
      refuse(index, rejection('stream_damaged', '', describeDamaged(outcome.damaged)))
      continue
    }
    if (outcome === undefined || outcome.kind === 'conflict') {
      refuse(index, rejection('conflict', '', outcome?.reason ?? 'no answer'))
      continue
    }
    if (outcome.kind === 'appended') {
      accepted++
      if (outcome.damaged !== undefined) reopened.set(event.stream, outcome.damaged)
    } else duplicate++
    const account = accountOf(event.stream)
    if (account !== null) accounts.add(account)
    const raw = messageOf(decoded, index)
    if (lengths.has(raw.length)) {
      settled.push({ sha256: hash('sha256', raw), source: event.source, id: event.id })
    }
  }
  refused.sort((a, b) => a.index - b.index)
  return { accepted, duplicate, refused, settled, accounts, damaged, reopened }
}
