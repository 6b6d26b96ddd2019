import { canonicalString } from '../../foundation/canonical.ts'
import type { Row } from './rows.ts'

/**
 * A row in canonical form (RFC 8785): a line of `decisions.ndjson`, and what the digest is over. Written member by member,
 * because a large replay has a million rows; what is not an id is a word, which needs no escape.
 */
export const canonicalRow = (row: Row): string =>
  `{"account":${canonicalString(row.account)},"class":"${row.class}","corrected":${answer(row.corrected)},"decisionId":${
    row.decisionId === null ? 'null' : canonicalString(row.decisionId)
  },"facts":${list(row.facts)},"fallen":${list(row.fallen)},"kind":"${row.kind}","occurredAt":"${
    row.occurredAt
  }","original":${row.original === null ? 'null' : answer(row.original)},"recorded":{"restriction":${word(
    row.recorded.restriction,
  )}},"remedy":"${row.remedy}"}`

const answer = ({ restriction, verdict }: Row['corrected']): string =>
  `{"restriction":${word(restriction)},"verdict":"${verdict}"}`

const word = (value: Row['recorded']['restriction']): string => (value === null ? 'null' : `"${value}"`)

const list = (texts: ReadonlyArray<string>): string =>
  texts.length === 0 ? '[]' : `[${texts.map(canonicalString).join(',')}]`
