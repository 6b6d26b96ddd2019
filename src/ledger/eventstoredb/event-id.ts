import { hash } from 'node:crypto'

/** The namespace of Redress's event ids, a UUID generated once. */
const NAMESPACE = Buffer.from('6f2b5d0c8a1e4b7f9c3d2e1f0a5b6c7d', 'hex')

/**
 * The cluster's id of a stored event: a UUID of version 5 (RFC 9562, section 5.5) of its identity, its leaf hash and
 * its writer's name. The same bytes sent again have the same id, so that the server recognises them. Another writer's
 * recording of the event has another id: otherwise the server, which does not compare bytes, would confirm both
 * writes even if the two contradict each other.
 */
export const eventIdOf = (
  { source, id }: { readonly source: string; readonly id: string },
  leafHash: string,
  writer: string,
): string => {
  const name = Buffer.from(JSON.stringify([source, id, leafHash, writer]))
  const bytes = hash('sha1', Buffer.concat([NAMESPACE, name]), 'buffer').subarray(0, 16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
