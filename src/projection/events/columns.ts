/** How a field is kept. `words`: one of a few, which takes a byte. */
type Kind =
  | 'text'
  | 'instant'
  | 'boolean'
  | 'texts'
  | { readonly words: readonly [string, ...ReadonlyArray<string>] }

/** A column, the field of an event's `data` that it holds, whatever the event's type, and what it means. */
export type DataColumn = {
  readonly name: string
  readonly path: string
  readonly about: string
  readonly kind: Kind
}

const column = (name: string, path: string, about: string, kind: Kind = 'text'): DataColumn => ({
  name,
  path,
  about,
  kind,
})
const words = (...list: readonly [string, ...ReadonlyArray<string>]): Kind => ({ words: list })

/**
 * What `content.evaluated` has in its `data`. Four of five events are such, so they have a table of their own,
 * `evidence`, with these columns only; `actions` has them too. (DuckDB spends time on empty columns.)
 */
export const evidenceColumns: ReadonlyArray<DataColumn> = [
  column('content_kind', 'content.kind', 'what kind of content it is about'),
  column('content_id', 'content.id', 'the content that it is about'),
  column('content_created_at', 'content.createdAt', 'when that content was made', 'instant'),
  column('content_language', 'content.language', 'the language of that content'),
  column(
    'detector_kind',
    'detector.kind',
    'what kind of detector looked at it',
    words('rule', 'model', 'hash_match', 'human'),
  ),
  column('detector', 'detector.id', 'the detector that looked at it'),
  column('detector_version', 'detector.version', 'the version of that detector'),
]

/** What all other events have in theirs. Each field of `data` that has the same path is in the same column. */
export const actionColumns: ReadonlyArray<DataColumn> = [
  column('flag_id', 'flagId', 'the flag that was raised or dismissed'),
  column('decision_id', 'decisionId', 'the decision that was made, or that the event is about'),
  column('appeal_id', 'appealId', 'the appeal that was filed, or that the event is about'),
  column('category', 'category', 'what a flag, a decision, a notice or an order is for'),
  ...evidenceColumns,
  column('rule', 'rule.id', 'the rule that a flag names'),
  column('ruleset', 'ruleset.id', 'the ruleset that is named or published'),
  column('ruleset_version', 'ruleset.version', 'its version'),
  column('ruleset_sha256', 'ruleset.sha256', 'the hash of its document, where the event names it'),
  column(
    'flag_source',
    'source',
    'what led to a flag',
    words('own_initiative', 'user_notice', 'trusted_flagger', 'authority'),
  ),
  column('notice_id', 'noticeId', 'the notice that was received, or that a flag came from'),
  column('because_of', 'becauseOf', 'earlier decisions because of which a flag was raised', 'texts'),
  column('grounds', 'grounds', 'the flags that a decision rests on', 'texts'),
  column('decision_ids', 'decisionIds', 'the decisions that a reversal takes back', 'texts'),
  column('flags_voided', 'flagsVoided', 'the flags that a reversal voids', 'texts'),
  column('reason', 'reason', 'why something was dismissed, changed or taken back'),
  column('restriction', 'restriction', 'what an account is put under', words('suspended', 'terminated')),
  column('until', 'until', 'when a restriction ends; null: never, or not spoken of', 'instant'),
  column('automated_detection', 'automation.detection', 'whether machines found it', 'boolean'),
  column(
    'automated_decision',
    'automation.decision',
    'how far machines decided',
    words('fully', 'partially', 'not'),
  ),
  column('decided_by_kind', 'decidedBy.kind', 'what kind of decider it was', words('rule', 'model', 'human')),
  column('decided_by', 'decidedBy.id', 'who decided'),
  column('basis_kind', 'basis.kind', 'whether a decision rests on a law or on terms', words('law', 'terms')),
  column('basis_reference', 'basis.reference', 'which law or term'),
  column('territory', 'territory', 'where a decision holds; null: everywhere'),
  column('request_id', 'requestId', 'the request that the event answers'),
  column(
    'outcome',
    'outcome',
    'how an appeal was decided',
    words('upheld', 'reversed', 'modified', 'omitted'),
  ),
  column('reviewer_kind', 'reviewer.kind', 'what kind of reviewer it was', words('human', 'automated')),
  column('reviewer', 'reviewer.id', 'who reviewed'),
  column('reasons', 'reasons', "the codes of an appeal's answer", 'texts'),
  column('channel', 'channel', 'how a notice was sent'),
  column('template', 'template.id', 'the template of a notice'),
  column('template_version', 'template.version', 'the version of that template'),
  column('template_language', 'template.language', 'the language of that template'),
  column('notifier', 'notifier', 'who sent a notice in', words('user', 'trusted_flagger')),
  column('order_id', 'orderId', 'the order that was received'),
  column('order_kind', 'kind', 'what an order asks for', words('act', 'inform')),
  column('authority', 'authority', 'the authority that gave an order'),
  column('effective_from', 'effectiveFrom', 'when a ruleset version takes effect', 'instant'),
  column('document_sha256', 'documentSha256', "the hash of a published ruleset's document"),
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

export const enumOf = (values: ReadonlyArray<string>): string => `ENUM (${values.map(sqlText).join(', ')})`

/** A text as a literal of SQL. */
export const sqlText = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** A name as an identifier of SQL. */
export const sqlName = (name: string): string => `"${name.replaceAll('"', '""')}"`
