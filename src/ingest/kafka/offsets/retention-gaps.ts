import { isOfDeleted, type Loss, type PartitionState, startsOver, type TopicLog } from './offsets.ts'

/**
 * What was deleted before reading starts. Where the group has no offset it may have had one: Kafka forgets the offsets of
 * a group that is away, as it deletes messages. A ledger that is empty has lost nothing by that.
 */
export const lossesAtStart = (
  states: ReadonlyArray<PartitionState>,
  log: TopicLog,
  ledgerHasEvents: boolean,
): ReadonlyArray<Loss> =>
  states.flatMap((state): ReadonlyArray<Loss> => {
    const { partition, low, committed } = state
    const to = low - 1n
    if (isOfDeleted(state, log)) return low > 0n ? [{ partition, from: 0n, to }] : []
    if (committed !== null) return committed < low ? [{ partition, from: committed, to }] : []
    return low > 0n && ledgerHasEvents ? [{ partition, from: null, to }] : []
  })

const MEND = 'have their services publish these events again, or take them in from a file'

export const describeLoss = (topic: string, { partition, from, to }: Loss): string =>
  from === null
    ? `Kafka has deleted offsets up to ${to} of ${topic}[${partition}] (its retention), and does not know what the group has ` +
      `read of them; if they are not all in the ledger, ${MEND}`
    : `Kafka has deleted offsets ${from} to ${to} of ${topic}[${partition}] before they were read (its retention): ${MEND}`

/** Told when reading starts: what the group's offsets say that is not so of this topic. */
export const describeStartsOver = (
  topic: string,
  states: ReadonlyArray<PartitionState>,
  log: TopicLog,
): ReadonlyArray<string> => {
  const deleted = states.filter((state) => isOfDeleted(state, log))
  const cut = states.filter((state) => startsOver(state, log) && !isOfDeleted(state, log))
  const ends = deleted.map(({ partition, committed }) => `[${partition}] up to offset ${committed}`)
  return [
    ...(deleted.length === 0
      ? []
      : [
          `the topic ${topic} was deleted and created again since the group read it (${ends.join(', ')}): it is read from ` +
            `its start. If the deleted one had messages after that which nobody read, ${MEND}`,
        ]),
    ...cut.map(({ partition, high, committed }) => describeLostEnd(topic, partition, high, committed ?? 0n)),
  ]
}

/** A partition ends before an offset up to which it was read. */
export const describeLostEnd = (topic: string, partition: number, high: bigint, read: bigint): string =>
  `${topic}[${partition}] ends at offset ${high}, though it was read up to offset ${read}: Kafka has lost the end of it, or ` +
  'the topic was deleted and created again. It is read again from its start; what is in the ledger already is dropped. ' +
  `If messages were lost with that end which nobody read, ${MEND}`

/** Told when it happens while the topic is read. */
export const describeRecreated = (topic: string, unread: ReadonlyArray<Loss>): string => {
  const lost = unread.map(({ partition, from, to }) => `offsets ${from} to ${to} of [${partition}]`)
  return (
    `the topic ${topic} was deleted and created again while it was read: the new one is read from its start. ` +
    (lost.length === 0
      ? 'All of the deleted one that was seen had been read'
      : `Of the deleted one, ${lost.join(', ')} had not been read: ${MEND}`)
  )
}
