import type { Buffer } from 'node:buffer'

/** The most sent at once, in bytes: by default, a broker accepts a megabyte. */
const GROUP_BYTES = 256 * 1024

/** Messages in groups that brokers accept at once; a larger message is a group of its own. */
export function* messageGroups<M extends { readonly value: Buffer }>(
  messages: Iterable<M>,
): Iterable<ReadonlyArray<M>> {
  let group: M[] = []
  let bytes = 0
  for (const message of messages) {
    if (group.length > 0 && bytes + message.value.length > GROUP_BYTES) {
      yield group
      group = []
      bytes = 0
    }
    group.push(message)
    bytes += message.value.length
  }
  if (group.length > 0) yield group
}
