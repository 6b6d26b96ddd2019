import type { RehearsalRecord } from '../../domain/rehearsal.ts'
import {
  describeExpectation,
  type Expectations,
  unexpectedIn,
} from '../../incidents/rehearsal/expectations.ts'
import { formatDuration } from '../../rulesets/duration.ts'
import type { Rehearsed } from './rehearse.ts'

/** A reason is one line of at most this many characters. */
const LONGEST = 1000
/** So many rules fit into an event, however long their ids are. */
const MOST_RULES = 60

/**
 * What the ledger keeps of a rehearsal: the rules that fire on evidence on which the old version does not, those with the
 * most of it first. If one fires on more than it may without an expectation, the reason is what was expected.
 */
export const recordOfRehearsal = (
  { rehearsal, sequence }: Rehearsed,
  expectations: Expectations,
  by: RehearsalRecord['by'],
): RehearsalRecord => {
  const rules = rehearsal.rules
    .filter(({ counts }) => counts.onlyNew > 0)
    .toSorted((a, b) => b.counts.onlyNew - a.counts.onlyNew)
    .slice(0, MOST_RULES)
    .map(({ id, counts: { onlyNew, both } }) => [id, { newOnly: onlyNew, both }])
  const expected = unexpectedIn(rehearsal, new Map()).flatMap(({ rule }) => {
    const expectation = expectations.get(rule)
    return expectation === undefined ? [] : [describeExpectation(rule, expectation)]
  })
  const record = {
    against: rehearsal.old?.version ?? null,
    sequence,
    rules: Object.fromEntries(rules),
    by,
    over: formatDuration(rehearsal.window.to - rehearsal.window.from),
    ...(expected.length === 0 ? {} : { reason: `expected ${expected.join(', ')}`.slice(0, LONGEST) }),
  }
  // Cast: a compiled ruleset's ids have the form of ids, and so has the line that is made of them.
  return record as RehearsalRecord
}
