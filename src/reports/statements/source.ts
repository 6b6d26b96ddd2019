import type { Flag } from '../../domain/account.ts'
import type { FlagSource } from '../../domain/parts.ts'
import type { Mapping } from './mapping.ts'
import { given, missing, type Part } from './part.ts'
import type { Stated } from './stated.ts'

/** Of several sources the first one here counts: an order outweighs a notice, and a notice the platform's own initiative. */
const sources = [
  ['authority', 'SOURCE_TYPE_OTHER_NOTIFICATION'],
  ['trusted_flagger', 'SOURCE_TRUSTED_FLAGGER'],
  ['user_notice', 'SOURCE_ARTICLE_16'],
  ['own_initiative', 'SOURCE_VOLUNTARY'],
] as const

/** For a change by order, the order; otherwise the source of the decision's grounds. */
const foundOf = ({ change }: Stated, grounds: ReadonlyArray<Flag>) =>
  change?.data.reason === 'order'
    ? sources[0]
    : sources.find(([source]) => grounds.some((flag) => flag.source === source))

/** A flag that a decision waits for, unless the mapping ignores missing grounds. */
const missingGround = (
  { made }: Stated,
  grounds: ReadonlyArray<Flag>,
  mapping: Mapping,
): string | undefined =>
  mapping.missing_grounds === 'ignore'
    ? undefined
    : made.data.grounds.find((flagId) => grounds.every(({ raised }) => raised.data.flagId !== flagId))

/** The database's word for what brought a decision about. */
export const sourceTypeOf = (stated: Stated, grounds: ReadonlyArray<Flag>, mapping: Mapping): Part => {
  // What is exported cannot be changed when a flag arrives late: a user's notice would count as own initiative.
  const flagId = missingGround(stated, grounds, mapping)
  if (flagId !== undefined) {
    return missing(
      'source_type',
      `the flag ${flagId}, one of its grounds, is not on record for this account`,
      'wait until it is, or set missing_grounds: ignore in the mapping',
    )
  }
  const source_type = foundOf(stated, grounds)?.[1] ?? mapping.source_type
  return source_type === undefined
    ? missing('source_type', 'none of its grounds is on record', 'set source_type in the mapping')
    : given({ source_type })
}

/** Orders to act (Article 9 of the Digital Services Act) do not belong in the database. */
const unlessNamed: ReadonlyArray<FlagSource> = ['authority']

/** The mapping's entry that leaves a decision out; null: none does. */
export const leftOutBy = (
  stated: Stated,
  grounds: ReadonlyArray<Flag>,
  mapping: Mapping,
): LeftOutBy | null => {
  const { categories = [], kinds = [], sources: left = unlessNamed } = mapping.leave_out ?? {}
  const { made } = stated
  const { category } = made.data
  if (categories.includes(category)) return { category }
  const kind = made.type === 'content.removed.v1' ? made.data.content.kind : 'account'
  if (kinds.some((each) => each === kind)) return { kind }
  const source = foundOf(stated, grounds)?.[0]
  // A flag that arrives late may have a weightier source; none outweighs an order.
  const isCertain = source === sources[0][0] || missingGround(stated, grounds, mapping) === undefined
  return source !== undefined && isCertain && left.includes(source) ? { source } : null
}

export type LeftOutBy =
  | { readonly category: string }
  | { readonly kind: string }
  | { readonly source: FlagSource }
