import { envelope } from '../../domain/decode.ts'
import { traceExtensions } from '../../domain/envelope.ts'
import { isSameMediaType } from '../../domain/media-type.ts'
import { Sealed } from '../../domain/parts.ts'
import { isSameInstant, Timestamp } from '../../domain/time.ts'
import { timePathsOf } from '../../domain/time-paths.ts'
import { upcast } from '../../domain/upcast.ts'
import type { VaultWriter } from '../vault/vault.ts'
import { canonicalSealed, RECORDED_AT_BYTES } from './leaf.ts'
import type { PreparedEvent } from './prepare.ts'

/**
 * Whether an event that arrives under a known source and id is the recorded one: equal in everything but `recordedat`,
 * `backfill` and the trace extensions, with times compared as instants and JSON media types regardless of charset (SDKs write
 * the same event in several ways). Null when it is, otherwise the path of the first field (in canonical order) that
 * differs. Personal text is sealed again with the original key and compared in that form; if that key was destroyed,
 * the comparison is impossible and the rest decides. `recorded` is the stored text.
 */
export const difference = (
  recorded: string,
  event: PreparedEvent,
  vault: Pick<VaultWriter, 'sealAgain'>,
): string | null => {
  if (event.kind === 'plain' && isRecordingOf(recorded, event.head, event.tail)) return null
  const before: unknown = JSON.parse(recorded)
  const head =
    event.kind === 'plain' ? event.head : event.head + sealedAgain(before, event, vault) + event.middle
  return isRecordingOf(recorded, head, event.tail)
    ? null
    : firstDifference(before, JSON.parse(`${head},${event.tail}`))
}

/** The whole text without the member `recordedat`, which always has the same length. */
const isRecordingOf = (recorded: string, head: string, tail: string): boolean =>
  recorded.length === head.length + RECORDED_AT_BYTES + tail.length &&
  recorded.startsWith(head) &&
  recorded.endsWith(tail)

/** The text's replacement in canonical form; `null` if the recorded event had no text. */
const sealedAgain = (
  recorded: unknown,
  event: PreparedEvent & { kind: 'personal' },
  vault: Pick<VaultWriter, 'sealAgain'>,
): string => {
  const first = isRecord(recorded) && isRecord(recorded.data) ? recorded.data.sealed : undefined
  if (!Sealed.is(first)) return 'null'
  const resealed = vault.sealAgain(first.keyId, event, event.personal)
  return canonicalSealed(resealed === 'erased' ? first : resealed)
}

/** Takes parsed stored forms; the recorded one is upgraded to the current version of its type first. */
const firstDifference = (recorded: unknown, redelivered: unknown): string | null => {
  const a = isRecord(recorded) ? upcast(recorded) : recorded
  const times = isRecord(redelivered) ? timePathsOf(redelivered.type) : NO_PATHS
  const path = differing(compared(a), compared(redelivered), '', (x, y, at) => isSameValue(x, y, at, times))
  return path === null ? null : published(path)
}

const NO_PATHS: ReadonlySet<string> = new Set()

const isSameValue = (a: unknown, b: unknown, path: string, times: ReadonlySet<string>): boolean =>
  Object.is(a, b) ||
  (times.has(path) && Timestamp.is(a) && Timestamp.is(b) && isSameInstant(a, b)) ||
  (path === MEDIA_TYPE && typeof a === 'string' && typeof b === 'string' && isSameMediaType(a, b))

type JsonRecord = Readonly<Record<string, unknown>>

const isRecord = (value: unknown): value is JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const leftOut: ReadonlySet<string> = new Set([
  'recordedat',
  ...Object.keys(envelope.ours),
  ...traceExtensions,
])

const MEDIA_TYPE = 'datacontenttype'

/** What two events are compared by; a missing media type means JSON. */
const compared = (event: unknown): unknown => {
  if (!isRecord(event)) return event
  const members = Object.entries(event).filter(([name]) => !leftOut.has(name))
  return { [MEDIA_TYPE]: 'application/json', ...Object.fromEntries(members) }
}

type Same = (a: unknown, b: unknown, path: string) => boolean

const differing = (a: unknown, b: unknown, path: string, isSame: Same): string | null => {
  if (isSame(a, b, path)) return null
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let i = 0; i < Math.max(a.length, b.length); i++) {
      const found = differing(a[i], b[i], `${path}[${i}]`, isSame)
      if (found !== null) return found
    }
    return null
  }
  if (!isRecord(a) || !isRecord(b)) return path
  for (const name of [...new Set([...Object.keys(a), ...Object.keys(b)])].sort()) {
    const below = path === '' ? name : `${path}.${name}`
    if (Object.hasOwn(a, name) !== Object.hasOwn(b, name)) return below
    const found = differing(a[name], b[name], below, isSame)
    if (found !== null) return found
  }
  return null
}

/** The sender knows `personal` and `document`, not what the ledger stores in their place. */
const published = (path: string): string =>
  path.replace(/^data\.sealed(?:\..*)?$/, 'data.personal').replace(/^data\.documentSha256$/, 'data.document')
