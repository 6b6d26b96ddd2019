import { isOfDeleted, type Loss, type PartitionState, startsOver, type TopicLog } from './offsets.ts'

/**
 * What was deleted before reading starts. A group without an offset may have had one: Kafka forgets the offsets of an
 * inactive group, as it deletes messages. An empty ledger has lost nothing by that.
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

const REMEDY = 'have the services publish these events again, or ingest them from a file'

export const describeLoss = (topic: string, { partition, from, to }: Loss): string =>
  from === null
    ? `Kafka's retention has deleted offsets up to ${to} of ${topic}[${partition}], and Kafka does not know which of them the group ` +
      `has read; if they are not all in the ledger, ${REMEDY}`
    : `Kafka's retention has deleted offsets ${from} to ${to} of ${topic}[${partition}] before they were read: ${REMEDY}`

/** Reported when reading starts: offsets of the group that do not belong to this topic. */
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
            `its start. If the deleted topic had later messages that were never read, ${REMEDY}`,
        ]),
    ...cut.map(({ partition, high, committed }) => describeLostEnd(topic, partition, high, committed ?? 0n)),
  ]
}

/** A partition ends before an offset up to which it was read. */
export const describeLostEnd = (topic: string, partition: number, high: bigint, read: bigint): string =>
  `${topic}[${partition}] ends at offset ${high}, but was read up to offset ${read}: Kafka has lost its end, or ` +
  'the topic was deleted and created again. It is read again from its start; events already stored count as duplicates. ' +
  `If lost messages had never been read, ${REMEDY}`

/** Reported when it happens while the topic is read. */
export const describeRecreated = (topic: string, unread: ReadonlyArray<Loss>): string => {
  const lost = unread.map(({ partition, from, to }) => `offsets ${from} to ${to} of [${partition}]`)
  return (
    `the topic ${topic} was deleted and created again while it was being read: the new one is read from its start. ` +
    (lost.length === 0
      ? 'Everything seen of the deleted topic had been read'
      : `Of the deleted topic, ${lost.join(', ')} had not been read: ${REMEDY}`)
  )
}
