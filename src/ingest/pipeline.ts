import { hash } from 'node:crypto'
import * as E from '#fp/Either'
import type * as TE from '#fp/TaskEither'
import { describeLedgerError, type EventOutcome, type Ledger, type LedgerError } from '../ledger/port.ts'
import { appendEvents } from './append-events.ts'
import { type DecodedBatch, messageOf, type RawBatch } from './batch.ts'
import type { DeadLetters, Settled, Sighting } from './dead-letters.ts'
import type { Decoder } from './decoder.ts'
import { tooLong } from './json.ts'
import { type Rejection, rejection } from './rejection.ts'

export type IngestError =
  | { readonly kind: 'ledger'; readonly error: LedgerError }
  | { readonly kind: 'dead_letters'; readonly error: LedgerError }
  | { readonly kind: 'decoder'; readonly message: string }

export const describeIngestError = (error: IngestError): string => {
  switch (error.kind) {
    case 'ledger':
      return describeLedgerError(error.error)
    case 'dead_letters':
      return `the dead letters can't be kept: ${error.error.message}`
    case 'decoder':
      return `decoding failed: ${error.message}`
  }
}

/** A message that was refused, and where it came from. */
export type Refused = { readonly origin: string; readonly rejection: Rejection }

/** What became of a batch. All of it is on disk: accepted + duplicate + refused are its messages. */
export type BatchOutcome = {
  readonly accepted: number
  readonly duplicate: number
  readonly refused: ReadonlyArray<Refused>
  /** Dead letters that these events settled. */
  readonly resolved: number
  readonly dropped: ReadonlyMap<string, number>
}

/**
 * Takes in a batch: its events go into the ledger, what is refused or in conflict becomes dead letters. Answers when
 * all of this is durable, so that is the moment to acknowledge. Batches are written in the order they are given, one
 * is decoded while the one before is written; whoever gives more than two or three at once only fills memory. After
 * an error nothing more is taken; whatever was not answered may be given again.
 */
export type Ingestor = { readonly take: (batch: RawBatch) => TE.TaskEither<IngestError, BatchOutcome> }

export type IngestInto = {
  readonly ledger: Ledger
  readonly letters: DeadLetters
  readonly decoder: Decoder
  /** The ledger's clock, in ms since the epoch. */
  readonly clock: () => number
}

export const openIngestor = ({ ledger, letters, decoder, clock }: IngestInto): Ingestor => {
  let before: Promise<E.Either<IngestError, unknown>> = Promise.resolve(E.right(null))

  const decode = async (batch: RawBatch): Promise<E.Either<IngestError, DecodedBatch>> => {
    try {
      return E.right(await decoder.decode({ bytes: batch.bytes, bounds: batch.bounds }, clock()))
    } catch (cause) {
      return E.left({ kind: 'decoder', message: cause instanceof Error ? cause.message : String(cause) })
    }
  }

  const write = async (
    batch: RawBatch,
    decoded: DecodedBatch,
  ): Promise<E.Either<IngestError, BatchOutcome>> => {
    const outcomes = await appendEvents(ledger, decoded.events)
    if (E.isLeft(outcomes)) return E.left({ kind: 'ledger', error: outcomes.left })
    return keepRefused(letters, batch, decoded, outcomes.right)
  }

  const take = async (batch: RawBatch): Promise<E.Either<IngestError, BatchOutcome>> => {
    const decoding = decode(batch)
    const turn = before.then(async (earlier) => {
      const decoded = await decoding
      if (E.isLeft(earlier)) return earlier
      return E.isLeft(decoded) ? decoded : write(batch, decoded.right)
    })
    before = turn
    return turn
  }
  return { take: (batch) => () => take(batch) }
}

const keepRefused = (
  letters: DeadLetters,
  batch: RawBatch,
  decoded: DecodedBatch,
  outcomes: ReadonlyArray<EventOutcome>,
): E.Either<IngestError, BatchOutcome> => {
  const lengths = letters.unresolvedLengths()
  if (E.isLeft(lengths)) return E.left({ kind: 'dead_letters', error: lengths.left })
  const sightings: Sighting[] = batch.oversized.map(({ origin, head, sha256, length }) => ({
    origin,
    raw: head,
    sha256,
    length,
    rejection: tooLong(length),
  }))
  const see = (index: number, why: Rejection): void => {
    const raw = messageOf(decoded, index)
    sightings.push({
      origin: batch.origin(index),
      raw,
      sha256: hash('sha256', raw),
      length: raw.length,
      rejection: why,
    })
  }
  for (const { index, rejection: why } of decoded.refused) see(index, why)
  const settled: Settled[] = []
  let accepted = 0
  for (const [i, outcome] of outcomes.entries()) {
    const index = decoded.indexes[i]
    const event = decoded.events[i]
    if (index === undefined || event === undefined) continue // appendEvents answers for every event
    if (outcome.kind === 'conflict') {
      see(index, rejection('conflict', '', outcome.reason))
      continue
    }
    if (outcome.kind === 'appended') accepted++
    const raw = messageOf(decoded, index)
    if (lengths.right.has(raw.length)) {
      settled.push({ sha256: hash('sha256', raw), source: event.source, id: event.id })
    }
  }
  const recorded =
    sightings.length + settled.length === 0 ? E.right(0) : letters.record({ sightings, settled })
  if (E.isLeft(recorded)) return E.left({ kind: 'dead_letters', error: recorded.left })
  const conflicts = sightings.length - batch.oversized.length - decoded.refused.length
  return E.right({
    accepted,
    duplicate: outcomes.length - accepted - conflicts,
    refused: sightings.map(({ origin, rejection: why }) => ({ origin, rejection: why })),
    resolved: recorded.right,
    dropped: decoded.dropped,
  })
}
