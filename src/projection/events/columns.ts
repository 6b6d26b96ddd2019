import {
  type ColumnKind,
  columnFields,
  type DataColumn,
  dataColumns,
} from '../../domain/definition/columns.ts'
import { definitionOf, type EventType, eventTypes } from '../../domain/event.ts'
import { sqlEnum } from '../../foundation/sql.ts'

/** The order of the columns, in which they were first published; columns that are not listed come after. */
export const columnOrder: ReadonlyArray<string> = [
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
  'asked_for',
  'authority',
  'effective_from',
  'document_sha256',
  'shadow',
  'content_owner',
  'rehearsal_against',
  'rehearsal_sequence',
  'rehearsal_by',
  'rehearsal_reason',
  'rehearsal_over',
  'as_of_sequence',
  'verdict',
  'alarm_id',
  'key_sha256',
  'family',
  'tripwire',
  'statistic',
  'threshold',
  'units',
  'accounts',
  'first_events',
  'repeats',
  'parameters_sha256',
  'by_whom',
  'incident_id',
  'title',
  'opened_by_kind',
  'opened_by',
  'alarm_ids',
  'hold_id',
  'conclusion',
  'summary',
  'correction_sha256',
  'digest',
  'remediation_id',
  'plan_sha256',
  'exceptions_sha256',
  'resolution',
  'authenticated',
  'tolerance',
  'verdicts',
  'disagreements',
  'appeal_ids',
  'wave',
  'attempt',
  'decline_code',
  'rows_sha256',
]

/** The tables of the history. */
export type EventTable = 'actions' | 'evidence'

/** The table for events of a type. */
export const tableOfType = (type: EventType): EventTable =>
  definitionOf(type).stream === 'evidence' ? 'evidence' : 'actions'

const place = ({ name }: DataColumn): number => {
  const index = columnOrder.indexOf(name)
  return index === -1 ? columnOrder.length : index
}

const all = dataColumns(eventTypes.map(definitionOf)).toSorted((a, b) => place(a) - place(b))

/** The columns of the fields of the event types of a table. */
const columnsIn = (table: EventTable): ReadonlyArray<DataColumn> => {
  const paths = new Set(
    eventTypes
      .filter((type) => tableOfType(type) === table)
      .flatMap((type) => columnFields(definitionOf(type)).map(({ path }) => path)),
  )
  return all.filter(({ path }) => paths.has(path))
}

/**
 * The columns for the `data` of evidence. Four of five events are evidence, so they have their own table, `evidence`, with
 * these columns only. (DuckDB spends time on empty columns.)
 */
export const evidenceColumns = columnsIn('evidence')

/** The columns for the `data` of all other events. Fields of `data` with the same path share a column. */
export const actionColumns = columnsIn('actions')

/** The type of a column in DuckDB. */
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
      // Not TIMESTAMP_MS: `strftime` converts it to nanoseconds first, which only cover 1677 to 2262.
      return 'TIMESTAMP'
  }
}
