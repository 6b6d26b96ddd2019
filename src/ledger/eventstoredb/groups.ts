import { Buffer } from 'node:buffer'
import type { StreamName } from '../../domain/stream.ts'
import type { AppendResult } from '../port.ts'
import type { ClusterStream } from './known-streams.ts'
import type { Open } from './look-up.ts'
import type { Plan, Sending } from './plan.ts'

/** A batch's plan, and what its stream is known to hold. */
export type Planned = Plan & { readonly one: Open; readonly stand: ClusterStream }

/** Batches of one stream that one append writes, all or none. */
export type Group = {
  readonly stream: StreamName
  readonly stand: ClusterStream
  /** The revision that the stream must have. */
  readonly expected: number
  /** Each with its result if the group is written. */
  readonly batches: { readonly one: Open; readonly result: AppendResult }[]
  readonly send: Sending[]
}

/** The most bytes that are grouped: by default, a cluster accepts a megabyte at once. */
const GROUP_BYTES = 512 * 1024
/** What an event takes besides its text: its id, type and metadata, rounded up. */
const BESIDES = 256

/**
 * Groups the plans of each stream, in their order, as far as they fit. A batch that is larger is in a group of its
 * own, because it must not be divided.
 */
export const groupsByStream = (plans: ReadonlyArray<Planned>): ReadonlyArray<Group> => {
  const groups: Group[] = []
  const latest = new Map<StreamName, { readonly group: Group; bytes: number }>()
  for (const plan of plans) {
    const { stream } = plan.one.batch
    const bytes = plan.send.reduce((sum, { text }) => sum + Buffer.byteLength(text) + BESIDES, 0)
    const open = latest.get(stream)
    if (open !== undefined && open.bytes + bytes <= GROUP_BYTES) {
      open.bytes += bytes
      open.group.batches.push(plan)
      open.group.send.push(...plan.send)
    } else {
      const group = groupOf(plan)
      groups.push(group)
      latest.set(stream, { group, bytes })
    }
  }
  return groups
}

/** A group of one batch. */
export const groupOf = ({ one, stand, expected, send, result }: Planned): Group => ({
  stream: one.batch.stream,
  ...{ stand, expected, batches: [{ one, result }], send: [...send] },
})
