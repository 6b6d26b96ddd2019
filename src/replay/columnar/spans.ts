import type { Ruleset } from '../../rulesets/ruleset.ts'
import type { VersionOnRecord } from '../model/history.ts'

/** A time in which one version was in force, or none was. In ms, `until` exclusive; null: no limit. */
export type Span = {
  readonly ruleset: Ruleset | null
  readonly from: number | null
  readonly until: number | null
}

/** When each version was in force; in order. */
export const spansOf = (
  versions: ReadonlyArray<VersionOnRecord>,
): ReadonlyArray<Span & { readonly ruleset: Ruleset; readonly from: number }> =>
  versions.flatMap(({ ruleset, effectiveFrom }, index) => {
    const until = versions[index + 1]?.effectiveFrom ?? null
    return until === effectiveFrom ? [] : [{ ruleset, from: effectiveFrom, until }]
  })

/** All of time, divided by which version was in force; in order. */
export const allSpans = (versions: ReadonlyArray<VersionOnRecord>): ReadonlyArray<Span> => {
  const inForce = spansOf(versions)
  return [{ ruleset: null, from: null, until: inForce[0]?.from ?? null }, ...inForce]
}

/** When something counts. */
export type SpanLimits = Pick<Span, 'from' | 'until'>

/** A condition that is true of what happened in any of some spans, which must be in order. */
export const withinSql = (spans: ReadonlyArray<SpanLimits>): string => {
  const joined: SpanLimits[] = []
  for (const { from, until } of spans) {
    const last = joined.at(-1)
    if (last !== undefined && last.until === from) joined[joined.length - 1] = { from: last.from, until }
    else joined.push({ from, until })
  }
  return joined.length === 0 ? 'false' : `(${joined.map(limitsSql).join(' OR ')})`
}

const limitsSql = ({ from, until }: SpanLimits): string => {
  const limits = [
    ...(from === null ? [] : [`occurred_at >= epoch_ms(${from})`]),
    ...(until === null ? [] : [`occurred_at < epoch_ms(${until})`]),
  ]
  return limits.length === 0 ? 'true' : limits.join(' AND ')
}
