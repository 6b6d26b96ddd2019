import type { StoredEvent } from '../../../domain/event.ts'
import type { ReinstatementRequest } from '../../../domain/request.ts'
import { canonical } from '../../../foundation/canonical.ts'
import { greatest } from '../../../foundation/extremes.ts'
import { sortedIds } from '../../../replay/result/voids.ts'
import type { AccountPlan, PlannedDecision } from '../plan/model.ts'

type Kind = StoredEvent<'reinstatement.requested.v1'>['data']['kind']

/** What a wave asks for on an account: the data of `reinstatement.requested`, but for whose wave it is. */
export type WaveRequest = {
  readonly account: string
  readonly requestId: string
  /** How often this is asked for, this time included. */
  readonly attempt: number
  readonly part: { readonly n: number; readonly of: number }
  readonly kind: Kind
  readonly decisionIds: ReadonlyArray<string>
  readonly flagsVoided: ReadonlyArray<string>
  readonly appealIds: ReadonlyArray<string>
  readonly content?: PlannedDecision['content']
  readonly restriction?: PlannedDecision['to']
}

/** How many bytes the ids in a request take at most: with the rest it is below the 16 KiB of an event. */
const MOST = 13_000

/**
 * The requests for what is asked for on an account: one for its deactivations, one for each removal, one for each change, and one
 * for its standing strikes. One that is too large for an event is asked for in parts; flags of a decision are in the part, or
 * parts, that name it. `earlier`: the requests that are on record; `appealsOf`: the open appeals that a reversal makes moot.
 */
export const requestsFor = (
  account: string,
  { decisions, flags }: Pick<AccountPlan, 'decisions' | 'flags'>,
  earlier: ReadonlyArray<ReinstatementRequest>,
  appealsOf: (decision: PlannedDecision) => ReadonlyArray<string>,
): ReadonlyArray<WaveRequest> => {
  const ofKind = (kind: Kind) => decisions.filter((decision) => decision.kind === kind)
  const ask = (kind: Kind, items: ReadonlyArray<Item>, rest: Rest = {}): ReadonlyArray<WaveRequest> =>
    inParts(account, kind, items, earlier).map((part) => ({ ...part, ...rest }))
  return [
    ...ask('account', itemsOf(ofKind('account'), appealsOf)),
    ...ofKind('content').flatMap((decision) =>
      ask('content', itemsOf([decision], appealsOf), contentOf(decision)),
    ),
    ...ofKind('change').flatMap((decision) =>
      ask('change', itemsOf([decision], appealsOf), {
        ...contentOf(decision),
        ...(decision.to === undefined ? {} : { restriction: decision.to }),
      }),
    ),
    ...ask(
      'flags',
      flags.map((flagId): Item => ({ field: 'flagsVoided', id: flagId, decisionId: null })),
    ),
  ]
}

type Rest = Pick<WaveRequest, 'content' | 'restriction'>

const contentOf = ({ content }: PlannedDecision): Rest => (content === undefined ? {} : { content })

/** An id that a request names, and the decision that it belongs to. */
type Item = {
  readonly field: 'decisionIds' | 'flagsVoided' | 'appealIds'
  readonly id: string
  readonly decisionId: string | null
}

/** Each flag with the first decision that it is in evidence of. */
const itemsOf = (
  decisions: ReadonlyArray<PlannedDecision>,
  appealsOf: (decision: PlannedDecision) => ReadonlyArray<string>,
): ReadonlyArray<Item> => {
  const named = new Set<string>()
  return [...decisions]
    .sort((a, b) => (a.decisionId < b.decisionId ? -1 : 1))
    .flatMap((decision): ReadonlyArray<Item> => {
      const { decisionId } = decision
      const flags = decision.flagsVoided.filter((flagId) => !named.has(flagId))
      for (const flagId of flags) named.add(flagId)
      return [
        { field: 'decisionIds', id: decisionId, decisionId },
        ...flags.map((id): Item => ({ field: 'flagsVoided', id, decisionId })),
        ...appealsOf(decision).map((id): Item => ({ field: 'appealIds', id, decisionId })),
      ]
    })
}

const inParts = (
  account: string,
  kind: Kind,
  items: ReadonlyArray<Item>,
  earlier: ReadonlyArray<ReinstatementRequest>,
): ReadonlyArray<WaveRequest> => {
  const [first] = items
  if (first === undefined) return []
  const attempt = 1 + attemptsFor(first, earlier)
  const parts = packed(items)
  return parts.map((part, index) => {
    const ids = (field: Item['field']) =>
      sortedIds(part.flatMap((item) => (item.field === field ? item.id : [])))
    const decisionIds = sortedIds(part.flatMap((item) => item.decisionId ?? []))
    const flagsVoided = ids('flagsVoided')
    const n = index + 1
    const named = kind === 'flags' ? flagsVoided : decisionIds
    const requestId = canonical([account, kind, named, attempt, n]).sha256
    const of = parts.length
    return {
      account,
      requestId,
      attempt,
      part: { n, of },
      kind,
      decisionIds,
      flagsVoided,
      appealIds: ids('appealIds'),
    }
  })
}

/** How often the first decision, or flag, of a request was asked for before, whatever became of that. */
const attemptsFor = ({ field, id }: Item, earlier: ReadonlyArray<ReinstatementRequest>): number =>
  greatest([
    0,
    ...earlier.flatMap(({ requested: { data } }) => {
      const named: ReadonlyArray<string> = field === 'decisionIds' ? data.decisionIds : data.flagsVoided
      return named.includes(id) ? data.attempt : []
    }),
  ])

/** Items in parts, as many as fit into each; a part names the decisions that its items belong to. */
const packed = (items: ReadonlyArray<Item>): ReadonlyArray<ReadonlyArray<Item>> => {
  const parts: Item[][] = []
  let part: Item[] = []
  let bytes = 0
  for (const item of items) {
    const { id, decisionId, field } = item
    // Ids are ASCII, and stand in quotation marks before a comma.
    const own = id.length + 3
    if (bytes + own > MOST) {
      parts.push(part)
      part = []
      bytes = decisionId === null || field === 'decisionIds' ? 0 : decisionId.length + 3
    }
    part.push(item)
    bytes += own
  }
  return part.length === 0 ? parts : [...parts, part]
}
