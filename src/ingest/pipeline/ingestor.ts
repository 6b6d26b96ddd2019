import * as E from '#fp/Either'
import type { DamagedStream } from '../../ledger/damaged-stream.ts'
import { describeLedgerError, type Ledger, type LedgerError } from '../../ledger/port.ts'
import type { ExpectedKeys } from '../../ledger/vault/vault.ts'
import type { DecodedBatch, RawBatch } from '../accept/batch.ts'
import type { Decoder } from '../accept/decoder.ts'
import type { Trust } from '../accept/trust.ts'
import type { DeadLetters } from '../dead-letters/letter.ts'
import { type AppendOutcome, appendEvents } from './append-events.ts'
import { type BatchToWrite, inGroups } from './in-groups.ts'
import { sealedAhead } from './seal-ahead.ts'
import { type Refused, settle } from './settle.ts'

export type IngestError =
  | { readonly kind: 'ledger'; readonly error: LedgerError }
  | { readonly kind: 'dead_letters'; readonly error: LedgerError }
  | { readonly kind: 'decoder'; readonly message: string }

export const describeIngestError = (error: IngestError): string => {
  switch (error.kind) {
    case 'ledger':
      return describeLedgerError(error.error)
    case 'dead_letters':
      return `dead letters could not be stored: ${error.error.message}`
    case 'decoder':
      return `decoding failed: ${error.message}`
  }
}

/** A refused message, and the dead letter that it is stored as. */
export type KeptRefusal = Refused & { readonly hash: string }

/** The outcome of a batch. All of it is on disk: accepted + duplicate + refused are its messages. */
export type BatchOutcome = {
  readonly accepted: number
  readonly duplicate: number
  readonly refused: ReadonlyArray<KeptRefusal>
  /** Dead letters that these events resolved. */
  readonly resolved: number
  readonly dropped: ReadonlyMap<string, number>
  /** Accounts whose own streams have events of the batch, accepted or duplicate: each account once. */
  readonly accounts: ReadonlySet<string>
  /** Streams that were deleted or cut in the cluster; events for them were refused. By name. */
  readonly damaged: ReadonlyMap<string, DamagedStream>
  /** Deleted streams whose events were accepted, but perhaps for the second time. By name. */
  readonly reopened: ReadonlyMap<string, DamagedStream>
}

/**
 * Ingests a batch: its events go into the ledger; what is refused or in conflict becomes dead letters. Answers when
 * all of this is durable, which is the time to acknowledge. Batches are written in the order they are given, those that
 * are ready in one transaction, and the next are decoded and sealed in the meantime. After an error nothing more is
 * accepted; whatever was not answered may be given again.
 */
export type Ingestor = { readonly take: (batch: RawBatch) => Promise<E.Either<IngestError, BatchOutcome>> }

export type IngestInto = {
  readonly ledger: Pick<Ledger, 'append'>
  readonly letters: Pick<DeadLetters, 'record' | 'unresolvedLengths'>
  readonly expectedKeys: ExpectedKeys
  readonly decoder: Decoder
  /** The ledger's clock, in ms since the epoch. */
  readonly clock: () => number
  readonly trust: Trust
  /** Whether the events are of the past, and stored as such; absent: no. */
  readonly backfill?: boolean
}

export const openIngestor = ({
  ledger,
  expectedKeys,
  letters,
  decoder,
  clock,
  trust,
  backfill = false,
}: IngestInto): Ingestor => {
  const decode = async (batch: RawBatch): Promise<E.Either<IngestError, DecodedBatch>> => {
    const packed = { bytes: batch.bytes, bounds: batch.bounds }
    try {
      const decoded = await decoder.decode(packed, { now: clock(), trust, backfill })
      const events = await sealedAhead(decoded.events, expectedKeys, decoder)
      if (E.isLeft(events)) return E.left({ kind: 'ledger', error: events.left })
      return E.right({ ...decoded, events: events.right })
    } catch (cause) {
      return E.left({ kind: 'decoder', message: cause instanceof Error ? cause.message : String(cause) })
    }
  }

  /** Writes batches in one transaction of the ledger; the outcome of each. */
  const write = async (
    group: ReadonlyArray<BatchToWrite>,
  ): Promise<E.Either<IngestError, ReadonlyArray<BatchOutcome>>> => {
    const appended = await appendEvents(
      ledger,
      group.flatMap(({ decoded }) => decoded.events),
    )
    if (E.isLeft(appended)) return E.left({ kind: 'ledger', error: appended.left })
    const outcomes: BatchOutcome[] = []
    let from = 0
    for (const { batch, decoded } of group) {
      const settled = settleOne(batch, decoded, appended.right.slice(from, from + decoded.events.length))
      if (E.isLeft(settled)) return settled
      outcomes.push(settled.right)
      from += decoded.events.length
    }
    return E.right(outcomes)
  }

  const settleOne = (
    batch: RawBatch,
    decoded: DecodedBatch,
    appended: ReadonlyArray<AppendOutcome>,
  ): E.Either<IngestError, BatchOutcome> => {
    const lengths = letters.unresolvedLengths()
    if (E.isLeft(lengths)) return E.left({ kind: 'dead_letters', error: lengths.left })
    const settlement = settle(batch, decoded, appended, lengths.right)
    const { accepted, duplicate, refused, settled, accounts, damaged, reopened } = settlement
    const nothingToKeep = refused.length + settled.length === 0
    const recorded = nothingToKeep
      ? E.right({ hashes: [], resolved: 0 })
      : letters.record({ sightings: refused, settled })
    if (E.isLeft(recorded)) return E.left({ kind: 'dead_letters', error: recorded.left })
    const { hashes, resolved } = recorded.right
    return E.right({
      accepted,
      duplicate,
      refused: refused.map((one, i) => ({ ...one, hash: hashes[i] ?? '' })),
      resolved,
      dropped: decoded.dropped,
      accounts,
      damaged,
      reopened,
    })
  }

  return { take: inGroups(decode, write) }
}
