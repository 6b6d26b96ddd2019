import { Buffer } from 'node:buffer'
import * as E from '#fp/Either'
import type { PreparedEvent } from '../../ledger/event/prepare.ts'
import { type AdmissionPolicy, type Admitted, admit } from './admit.ts'
import { addCount, type DecodedBatch, type Packed } from './batch.ts'
import { type Rejection, rejection } from './rejection.ts'

/** Decodes every message of a batch. Returns the packed bytes with it. */
export const decodeBatch = (packed: Packed, policy: AdmissionPolicy): DecodedBatch => {
  const bytes = Buffer.from(packed.bytes.buffer, packed.bytes.byteOffset, packed.bytes.byteLength)
  const { bounds } = packed
  const events: PreparedEvent[] = []
  const indexes: number[] = []
  const refused: DecodedBatch['refused'][number][] = []
  const dropped = new Map<string, number>()
  for (let index = 0; 2 * index < bounds.length; index++) {
    const admitted = admitSafely(bytes, policy, bounds[2 * index], bounds[2 * index + 1])
    if (E.isLeft(admitted)) {
      refused.push({ index, rejection: admitted.left })
      continue
    }
    events.push(admitted.right.prepared)
    indexes.push(index)
    for (const name of admitted.right.dropped) addCount(dropped, name, 1)
  }
  return { ...packed, events, indexes, refused, dropped }
}

/** A message that triggers a bug of ours must not block all others forever: it is set aside like any other bad one. */
export const admitSafely = (...message: Parameters<typeof admit>): E.Either<Rejection, Admitted> => {
  try {
    return admit(...message)
  } catch (cause) {
    return E.left(
      // Not the error's message, which may quote what a person wrote.
      rejection('failed', '', `internal error (${cause instanceof Error ? cause.name : typeof cause})`),
    )
  }
}
