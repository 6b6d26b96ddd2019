import { definitionOf, type EventType } from '../../domain/event.ts'
import type { Place } from '../../domain/order.ts'
import { formatInstant } from '../../domain/time.ts'
import { sqlText } from '../../foundation/sql.ts'
import type { Happening } from '../model/collect.ts'

/** Returns the next column of a row as text; an empty text is null: no id is empty. */
type Next = () => string

/** How what a replay needs of a type of event is read: columns, as expressions whose values are texts, and the `data` of their cells. */
type Reading = { readonly columns: ReadonlyArray<string>; readonly data: (next: Next) => object }

const texts = (...columns: ReadonlyArray<string>): ReadonlyArray<string> =>
  columns.map((column) => `${column}::VARCHAR`)
/** Null and empty lists differ. */
const list = (column: string): string => `'=' || array_to_string(${column}, ',')`
const instant = (column: string): string => `epoch_ms(${column})::VARCHAR`

const DETECTOR = texts('detector_kind', 'detector', 'detector_version')
const RULESET = texts('ruleset', 'ruleset_version', 'ruleset_sha256')
const CONTENT = texts('content_kind', 'content_id')

const detectorOf = (next: Next) => ({ kind: next(), id: next(), version: next() })
const contentOf = (next: Next) => ({ kind: next(), id: next() })
const signalsOf = (next: Next): unknown => JSON.parse(next())

/** An optional field, only if it has a value. */
const optional = <K extends string, V>(name: K, value: V | undefined): { readonly [N in K]?: V } =>
  // Cast: a computed name widens to any text.
  (value === undefined ? {} : { [name]: value }) as { readonly [N in K]?: V }
const textOf = (cell: string): string | undefined => (cell === '' ? undefined : cell)
const instantOf = (cell: string): string | undefined =>
  cell === '' ? undefined : formatInstant(Number(cell))
const listOf = (cell: string): ReadonlyArray<string> | undefined =>
  cell === '' ? undefined : cell === '=' ? [] : cell.slice(1).split(',')

const rulesetOf = (next: Next) => {
  const [id, version, sha256] = [next(), next(), next()]
  return id === '' ? undefined : { id, version, ...optional('sha256', textOf(sha256)) }
}

const decision: Reading = {
  columns: [...texts('decision_id'), list('grounds'), ...texts('decided_by_kind', 'decided_by'), ...RULESET],
  data: (next) => ({
    decisionId: next(),
    grounds: listOf(next()) ?? [],
    decidedBy: { kind: next(), id: next() },
    ...optional('ruleset', rulesetOf(next)),
  }),
}

const reversal: Reading = {
  columns: [list('decision_ids'), ...texts('reason'), list('flags_voided')],
  data: (next) => ({
    decisionIds: listOf(next()) ?? [],
    reason: next(),
    ...optional('flagsVoided', listOf(next())),
  }),
}

/** What a replay needs of each type of event. */
const readings = {
  'ruleset.published.v1': {
    columns: [...texts('ruleset', 'ruleset_version'), instant('effective_from'), ...texts('document_sha256')],
    data: (next) => ({
      ruleset: { id: next(), version: next() },
      effectiveFrom: instantOf(next()),
      documentSha256: next(),
    }),
  },
  'content.evaluated.v1': {
    columns: [...CONTENT, ...DETECTOR, ...texts('signals')],
    data: (next) => ({ content: contentOf(next), detector: detectorOf(next), signals: signalsOf(next) }),
  },
  'flag.raised.v1': {
    columns: [
      ...texts('flag_id', 'category', 'flag_source'),
      ...DETECTOR,
      ...texts('signals'),
      ...CONTENT,
      ...texts('rule'),
      ...RULESET,
      list('because_of'),
    ],
    data: (next) => {
      const [flagId, category, source] = [next(), next(), next()]
      const detector = detectorOf(next)
      const signals = signalsOf(next)
      const content = contentOf(next)
      const rule = next()
      return {
        ...{ flagId, category, source, detector, signals },
        ...optional('content', content.id === '' ? undefined : content),
        ...optional('rule', rule === '' ? undefined : { id: rule }),
        ...optional('ruleset', rulesetOf(next)),
        ...optional('becauseOf', listOf(next())),
      }
    },
  },
  'flag.rescored.v1': {
    columns: [...texts('flag_id'), ...DETECTOR, ...texts('signals')],
    data: (next) => ({ flagId: next(), detector: detectorOf(next), signals: signalsOf(next) }),
  },
  'flag.dismissed.v1': { columns: texts('flag_id'), data: (next) => ({ flagId: next() }) },
  'account.deactivated.v1': {
    columns: [...decision.columns, ...texts('restriction'), instant('until')],
    data: (next) => ({
      ...decision.data(next),
      restriction: next(),
      ...optional('until', instantOf(next())),
    }),
  },
  'content.removed.v1': {
    columns: [...decision.columns, ...CONTENT],
    data: (next) => ({ ...decision.data(next), content: contentOf(next) }),
  },
  'decision.changed.v1': {
    columns: [...texts('decision_id', 'restriction', 'until_lifted'), instant('until')],
    data: (next) => {
      const [decisionId, restriction, isLifted, until] = [next(), next(), next(), next()]
      return {
        decisionId,
        ...optional('restriction', textOf(restriction)),
        ...optional('until', isLifted === 'true' ? null : instantOf(until)),
      }
    },
  },
  'account.reinstated.v1': reversal,
  'content.restored.v1': reversal,
  'appeal.filed.v1': {
    columns: texts('appeal_id', 'decision_id'),
    data: (next) => ({ appealId: next(), decisionId: next() }),
  },
  'appeal.decided.v1': {
    columns: texts('appeal_id', 'decision_id', 'outcome'),
    data: (next) => ({ appealId: next(), decisionId: next(), outcome: next() }),
  },
} as const satisfies Partial<Record<EventType, Reading>>

/** A type of event that a replay needs. */
export type NeededType = keyof typeof readings

// Neither can occur in a column: ids, codes and sources are printable, and canonical JSON escapes control characters.
const CELL = '\x1f'
const ROW = '\x1e'

// A publication has no account; nothing depends on its subject.
const place = [
  ...texts('account', 'account_no'),
  instant('occurred_at'),
  ...texts('occurred_ns', 'source', 'id'),
]

/** No text of as many events is too long for V8. */
const EVENTS_OF_TEXT = 2 ** 20

/**
 * Texts of many rows each, with what a replay needs of events of some types: each has its type, the rows, and the value of
 * `batch`, an expression that keeps rows apart. `from` is a table or view with the columns of the history, which is read once.
 */
export const happeningsSql = (
  types: ReadonlyArray<NeededType>,
  from: string,
  where: string,
  batch = '0',
): string => {
  const isOf = (type: NeededType): string => `type = ${sqlText(type)}`
  const rows = types.map((type) => `WHEN ${isOf(type)} THEN ${rowSql(type)}`)
  return `SELECT type::VARCHAR, string_agg(CASE ${rows.join(' ')} END, chr(30)), ${batch} AS batch
    FROM ${from} WHERE (${types.map(isOf).join(' OR ')}) AND ${where}
    GROUP BY type, batch, sequence // ${EVENTS_OF_TEXT}`
}

const rowSql = (type: NeededType): string => {
  const cells = [...place, ...readings[type].columns].map((column) => `coalesce(${column}, '')`)
  return `concat_ws(chr(31), ${cells.join(', ')})`
}

/** A type of event by its name. */
export const neededType = (name: unknown): NeededType => {
  if (typeof name !== 'string' || !Object.hasOwn(readings, name)) {
    throw new RangeError(`no replay needs events of type ${String(name)}`)
  }
  // Cast: it is a key.
  return name as NeededType
}

/** Reads such a text: hands over each event with its place and the number of its account (0: it is about a ruleset). */
export const readHappenings = (
  type: NeededType,
  rows: string,
  onEach: (happening: Happening, place: Place, accountNo: number) => void,
): void => {
  const { columns, data } = readings[type]
  const { rank } = definitionOf(type)
  for (const row of rows.split(ROW)) {
    const cells = row.split(CELL)
    if (cells.length !== place.length + columns.length)
      throw new RangeError(`a row of ${type} cannot be read`)
    let at = place.length
    const next = (): string => cells[at++] ?? ''
    const [subject = '', accountNo, ms, nanos, source = '', id = ''] = cells
    // Cast: the columns of an event that was decoded when it was recorded; a property test compares both.
    const happening = { type, data: data(next) } as Happening
    const placed = { at: Number(ms), nanos: Number(nanos), rank, source, id, subject }
    onEach(happening, placed, Number(accountNo))
  }
}
