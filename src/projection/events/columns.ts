import {
  type ColumnKind,
  columnFields,
  type DataColumn,
  dataColumns,
} from '../../domain/definition/columns.ts'
import { definitionOf, eventTypes } from '../../domain/event.ts'
import { sqlEnum } from '../../foundation/sql.ts'

/** Columns stand in this order, in which they were first published; those that are not among them come after. */
const ORDER = [
  'flag_id',
  'decision_id',
  'appeal_id',
  'category',
  'content_kind',
  'content_id',
  'content_created_at',
  'content_language',
  'detector_kind',
  'detector',
  'detector_version',
  'rule',
  'ruleset',
  'ruleset_version',
  'ruleset_sha256',
  'flag_source',
  'notice_id',
  'because_of',
  'grounds',
  'decision_ids',
  'flags_voided',
  'reason',
  'restriction',
  'until',
  'automated_detection',
  'automated_decision',
  'decided_by_kind',
  'decided_by',
  'basis_kind',
  'basis_reference',
  'territory',
  'request_id',
  'outcome',
  'reviewer_kind',
  'reviewer',
  'reasons',
  'channel',
  'template',
  'template_version',
  'template_language',
  'notifier',
  'order_id',
  'order_kind',
  'authority',
  'effective_from',
  'document_sha256',
]

const place = ({ name }: DataColumn): number => {
  const index = ORDER.indexOf(name)
  return index === -1 ? ORDER.length : index
}

const all = dataColumns(eventTypes.map(definitionOf)).toSorted((a, b) => place(a) - place(b))

/** The columns of the fields that a condition on event types chooses. */
const columnsOfTypes = (chosen: (type: string) => boolean): ReadonlyArray<DataColumn> => {
  const paths = new Set(
    eventTypes.filter(chosen).flatMap((type) => columnFields(definitionOf(type)).map(({ path }) => path)),
  )
  return all.filter(({ path }) => paths.has(path))
}

/**
 * What `content.evaluated` has in its `data`. Four of five events are such, so they have a table of their own,
 * `evidence`, with these columns only. (DuckDB spends time on empty columns.)
 */
export const evidenceColumns = columnsOfTypes((type) => type === 'content.evaluated.v1')

/** What all other events have in theirs. Fields of `data` that have the same path are in the same column. */
export const actionColumns = columnsOfTypes((type) => type !== 'content.evaluated.v1')

/** The type that a column has in DuckDB. */
export const sqlType = (kind: ColumnKind): string => {
  if (typeof kind === 'object') return sqlEnum(kind.words)
  switch (kind) {
    case 'text':
      return 'VARCHAR'
    case 'texts':
      return 'VARCHAR[]'
    case 'boolean':
      return 'BOOLEAN'
    case 'number':
      return 'DOUBLE'
    case 'instant':
      // Not TIMESTAMP_MS: `strftime` takes that to nanoseconds first, which end in 1677 and 2262.
      return 'TIMESTAMP'
  }
}
