/** How a field is kept. `words`: one of a few, which takes a byte. */
type Kind =
  | 'text'
  | 'instant'
  | 'boolean'
  | 'texts'
  | { readonly words: readonly [string, ...ReadonlyArray<string>] }

/** A column, and the field of an event's `data` that it holds, whatever the event's type. */
export type DataColumn = { readonly name: string; readonly path: string; readonly kind: Kind }

const column = (name: string, path: string, kind: Kind = 'text'): DataColumn => ({ name, path, kind })
const words = (...list: readonly [string, ...ReadonlyArray<string>]): Kind => ({ words: list })

/**
 * What `content.evaluated` has in its `data`. Four of five events are such, so they have a table of their own,
 * `evidence`, with these columns only; `actions` has them too. (DuckDB spends time on empty columns.)
 */
export const evidenceColumns: ReadonlyArray<DataColumn> = [
  column('content_kind', 'content.kind'),
  column('content_id', 'content.id'),
  column('content_created_at', 'content.createdAt', 'instant'),
  column('content_language', 'content.language'),
  column('detector_kind', 'detector.kind', words('rule', 'model', 'hash_match', 'human')),
  column('detector', 'detector.id'),
  column('detector_version', 'detector.version'),
]

/** What all other events have in theirs. Each field of `data` that has the same path is in the same column. */
export const actionColumns: ReadonlyArray<DataColumn> = [
  column('flag_id', 'flagId'),
  column('decision_id', 'decisionId'),
  column('appeal_id', 'appealId'),
  column('category', 'category'),
  ...evidenceColumns,
  column('rule', 'rule.id'),
  column('ruleset', 'ruleset.id'),
  column('ruleset_version', 'ruleset.version'),
  column('ruleset_sha256', 'ruleset.sha256'),
  column('flag_source', 'source', words('own_initiative', 'user_notice', 'trusted_flagger', 'authority')),
  column('notice_id', 'noticeId'),
  column('because_of', 'becauseOf', 'texts'),
  column('grounds', 'grounds', 'texts'),
  column('decision_ids', 'decisionIds', 'texts'),
  column('flags_voided', 'flagsVoided', 'texts'),
  column('reason', 'reason'),
  column('restriction', 'restriction', words('suspended', 'terminated')),
  column('until', 'until', 'instant'),
  column('automated_detection', 'automation.detection', 'boolean'),
  column('automated_decision', 'automation.decision', words('fully', 'partially', 'not')),
  column('decided_by_kind', 'decidedBy.kind', words('rule', 'model', 'human')),
  column('decided_by', 'decidedBy.id'),
  column('basis_kind', 'basis.kind', words('law', 'terms')),
  column('basis_reference', 'basis.reference'),
  column('territory', 'territory'),
  column('request_id', 'requestId'),
  column('outcome', 'outcome', words('upheld', 'reversed', 'modified', 'omitted')),
  column('reviewer_kind', 'reviewer.kind', words('human', 'automated')),
  column('reviewer', 'reviewer.id'),
  column('reasons', 'reasons', 'texts'),
  column('channel', 'channel'),
  column('template', 'template.id'),
  column('template_version', 'template.version'),
  column('template_language', 'template.language'),
  column('notifier', 'notifier', words('user', 'trusted_flagger')),
  column('order_id', 'orderId'),
  column('order_kind', 'kind', words('act', 'inform')),
  column('authority', 'authority'),
  column('effective_from', 'effectiveFrom', 'instant'),
  column('document_sha256', 'documentSha256'),
]

/** The type that a column has in DuckDB. */
export const sqlType = (kind: Kind): string => {
  if (typeof kind === 'object') return enumOf(kind.words)
  switch (kind) {
    case 'text':
      return 'VARCHAR'
    case 'texts':
      return 'VARCHAR[]'
    case 'boolean':
      return 'BOOLEAN'
    case 'instant':
      // Not TIMESTAMP_MS: `strftime` takes that to nanoseconds first, which end in 1677 and 2262.
      return 'TIMESTAMP'
  }
}

export const enumOf = (values: ReadonlyArray<string>): string => `ENUM (${values.map(quoted).join(', ')})`

/** A text as a literal of SQL. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** A name as an identifier of SQL. */
export const named = (name: string): string => `"${name.replaceAll('"', '""')}"`
