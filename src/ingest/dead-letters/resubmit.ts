import { Buffer } from 'node:buffer'
import * as crypto from 'node:crypto'
import * as E from '#fp/Either'
import { type DamagedStream, describeDamaged } from '../../ledger/damaged-stream.ts'
import type { Ledger } from '../../ledger/port.ts'
import type { AdmissionPolicy } from '../accept/admit.ts'
import { admitSafely } from '../accept/decode-batch.ts'
import { type Rejection, rejection } from '../accept/rejection.ts'
import { appendEvents } from '../pipeline/append-events.ts'
import type { IngestError } from '../pipeline/ingestor.ts'
import type { DeadLetters, Restated, Settled } from './letter.ts'

/** A letter to resubmit, with its own bytes or with edited ones in their place. */
export type LetterRetry = { readonly hash: string; readonly bytes: Uint8Array; readonly isEdited: boolean }

export type RetryOutcome = { readonly hash: string } & (
  | {
      readonly kind: 'accepted' | 'duplicate'
      readonly source: string
      readonly id: string
      /** Its stream turned out to be deleted: it is recorded, but perhaps a second time. */
      readonly damaged?: DamagedStream
    }
  | { readonly kind: 'refused'; readonly rejection: Rejection }
)

/**
 * Resubmits letters. One that is accepted (or is already stored) is marked resolved by that event; one that is
 * refused gets the new reason, unless it was edited. Resubmitting is not a sighting: those count what was sent to us.
 */
export const resubmit = async (
  ledger: Ledger,
  letters: DeadLetters,
  retries: ReadonlyArray<LetterRetry>,
  policy: AdmissionPolicy,
): Promise<E.Either<IngestError, ReadonlyArray<RetryOutcome>>> => {
  const admitted = retries.map(({ bytes }) => admitSafely(Buffer.from(bytes), policy))
  const events = admitted.flatMap((one) => (E.isRight(one) ? [one.right.prepared] : []))
  const appended = await appendEvents(ledger, events)
  if (E.isLeft(appended)) return E.left({ kind: 'ledger', error: appended.left })

  const settled: Settled[] = []
  const restated: Restated[] = []
  let next = 0
  const outcomes = retries.map(({ hash, bytes, isEdited }, i): RetryOutcome => {
    const refuse = (why: Rejection): RetryOutcome => {
      if (!isEdited) restated.push({ hash, rejection: why })
      return { hash, kind: 'refused', rejection: why }
    }
    const one = admitted[i]
    if (one === undefined || E.isLeft(one)) return refuse(one?.left ?? rejection('failed', '', 'no answer'))
    const outcome = appended.right[next++]
    if (outcome === undefined) return refuse(rejection('failed', '', 'no answer'))
    if (outcome.kind === 'stream_damaged') {
      return refuse(rejection('stream_damaged', '', describeDamaged(outcome.damaged)))
    }
    if (outcome.kind === 'conflict') return refuse(rejection('conflict', '', outcome.reason))
    const { source, id } = one.right.prepared
    settled.push({ hash, source, id })
    // After editing, it may equal another letter.
    if (isEdited) settled.push({ sha256: crypto.hash('sha256', bytes), source, id })
    if (outcome.kind === 'duplicate') return { hash, kind: 'duplicate', source, id }
    const { damaged } = outcome
    return { hash, kind: 'accepted', source, id, ...(damaged === undefined ? {} : { damaged }) }
  })
  const recorded = letters.record({ settled, restated })
  return E.isLeft(recorded) ? E.left({ kind: 'dead_letters', error: recorded.left }) : E.right(outcomes)
}
