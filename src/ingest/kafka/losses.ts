import type { Loss, PartitionState } from './offsets.ts'

/**
 * What was deleted before reading starts. Where the group has no offset it may have had one: Kafka forgets the offsets of
 * a group that is away, as it deletes messages. A ledger that is empty has lost nothing by that.
 */
export const lossesAtStart = (
  states: ReadonlyArray<PartitionState>,
  ledgerHasEvents: boolean,
): ReadonlyArray<Loss> =>
  states.flatMap(({ partition, low, committed }): ReadonlyArray<Loss> => {
    if (committed !== null) return committed < low ? [{ partition, from: committed, to: low - 1n }] : []
    return low > 0n && ledgerHasEvents ? [{ partition, from: null, to: low - 1n }] : []
  })

export const describeLoss = (topic: string, { partition, from, to }: Loss): string => {
  const mend = 'have their services publish these events again, or take them in from a file'
  return from === null
    ? `Kafka has deleted offsets up to ${to} of ${topic}[${partition}] (its retention), and does not know what the group has ` +
        `read of them; if they are not all in the ledger, ${mend}`
    : `Kafka has deleted offsets ${from} to ${to} of ${topic}[${partition}] before they were read (its retention): ${mend}`
}
