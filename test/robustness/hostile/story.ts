import type { PublishedType } from '../../../src/domain/event.ts'
import type { Path } from './fields.ts'

/** What is known by name in the story of one account. */
export type Account = { readonly account: string; readonly removal: string; readonly deactivation: string }

/** What happens first in a story; all else comes after. */
export const ORDER: ReadonlyArray<PublishedType> = [
  'content.evaluated.v1',
  'notice.received.v1',
  'order.received.v1',
  'flag.raised.v1',
  'content.removed.v1',
  'account.deactivated.v1',
  'notice.sent.v1',
  'appeal.filed.v1',
  'appeal.decided.v1',
]

/**
 * The id that a field of the `i`-th story has, so that its events speak of the same things; undefined: any value will do.
 * `sha256` is that of the ruleset `x1`, version `x1`.
 */
export const linked = (
  type: PublishedType,
  path: Path,
  i: number,
  { removal, deactivation }: Account,
  sha256: string,
): string | undefined => {
  const field = path.filter((name) => !/^\d+$/.test(name)).at(-1) ?? ''
  const owner = path.at(-2) ?? ''
  if (/^(?:flagId|grounds|flagsVoided)$/.test(field)) return `f${i}`
  if (field === 'appealId') return `a${i}`
  if (field === 'decisionId') return type === 'content.removed.v1' ? removal : deactivation
  if (field === 'decisionIds') return type === 'content.restored.v1' ? removal : deactivation
  if (owner === 'ruleset') return field === 'sha256' ? sha256 : 'x1'
  if (owner === 'rule') return 'r1'
  if (field === 'category') return 'spam'
  if (owner === 'content' && field === 'createdAt') return '2025-05-01T00:00:00Z'
  return undefined
}
