import type { Admin } from 'kafkajs'
import * as E from '#fp/Either'
import type { Ledger, LedgerError } from '../../../ledger/port.ts'
import { isRetriable, type KafkaError, reasonOf } from '../errors.ts'
import { holdsFingerprint } from './ledger-fingerprint.ts'
import { type PartitionState, partitionStates } from './offsets.ts'

export type GroupTopic = { readonly topic: string; readonly groupId: string }

/**
 * Whether the group's offsets belong to this ledger: everything they count as read must be here. See
 * `ledger-fingerprint.ts` for how this is decided.
 */
export const checkFingerprints = async (
  ledger: Ledger,
  states: ReadonlyArray<PartitionState>,
  { topic, groupId }: GroupTopic,
): Promise<E.Either<KafkaError | { kind: 'ledger'; error: LedgerError }, void>> => {
  for (const { partition, committed, metadata } of states) {
    const holds = await holdsFingerprint(ledger, metadata)
    if (E.isLeft(holds)) return E.left({ kind: 'ledger', error: holds.left })
    if (!holds.right) {
      return E.left({
        kind: 'other_ledger',
        message:
          `the group ${groupId} has read ${topic}[${partition}] up to offset ${committed} into another ledger, or into this ` +
          'one before it was restored from an older backup: the messages before that are not here. If this ledger was restored or recreated, ' +
          'run this with --from-start: everything is read again, and events already stored count as duplicates. If another ledger uses ' +
          'this group, choose another one with --group',
      })
    }
  }
  return E.right(undefined)
}

/** Resets the group to the first messages that still exist. Rejects as kafkajs does; no member may be running. */
export const rewind = async (
  admin: Admin,
  states: ReadonlyArray<PartitionState>,
  { topic, groupId }: GroupTopic,
): Promise<E.Either<KafkaError, ReadonlyArray<PartitionState>>> => {
  const partitions = states.map(({ partition, low }) => ({ partition, offset: low.toString() }))
  try {
    await admin.setOffsets({ groupId, topic, partitions })
  } catch (error) {
    if (isRetriable(error)) throw error
    return E.left({
      kind: 'other_ledger',
      message: `the offsets of the group ${groupId} cannot be reset (${reasonOf(error)}); stop its other consumers first`,
    })
  }
  return E.right(await partitionStates(admin, topic, groupId))
}
