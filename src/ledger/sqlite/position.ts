import { Unusable } from '../../foundation/attempt.ts'
import type { Position } from '../port.ts'

const PREFIX = 'sqlite:'

/** This store's positions are its sequences, marked so that another store's are not mistaken for them. */
export const sequencePosition = (sequence: number): Position =>
  // Cast: the only code that creates this store's positions.
  `${PREFIX}${sequence}` as Position

/** The sequence at a position; throws `Unusable` for one that this ledger, which ends at `last`, never returned. */
export const sequenceAt = (position: Position | null, last: number): number => {
  if (position === null) return 0
  const sequence = knownSequence(position, last)
  if (sequence !== undefined) return sequence
  throw new Unusable(
    `it has no position ${position} (it ends at ${sequencePosition(last)}): the position is from another ledger, or from before this one was restored from an older backup; read again from the start`,
  )
}

/** The same; undefined for a position that this ledger never returned. */
export const knownSequence = (position: Position, last: number): number | undefined => {
  const sequence = position.startsWith(PREFIX) ? Number(position.slice(PREFIX.length)) : Number.NaN
  return isSequence(sequence, last) ? sequence : undefined
}

/** Whether a ledger that ends at `last` has an event with this sequence. */
export const isSequence = (sequence: number, last: number): boolean =>
  Number.isSafeInteger(sequence) && sequence > 0 && sequence <= last
