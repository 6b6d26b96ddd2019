import type * as t from 'io-ts'
import { closed, matching, orNull } from './codec.ts'
import { Id, Line } from './ids.ts'
import { Count } from './parts.ts'
import { recordOf } from './record-of.ts'
import { since } from './vocabulary.ts'

/** As `--over` takes it. */
const Over = matching<'Over'>('a duration such as 7d, 12h, 30m or 45s', /^[1-9][0-9]{0,11}[dhms]$/u)

/**
 * What a version of a ruleset did on recorded evidence before it was published. Only Redress records one: what others say
 * about it is not evidence.
 */
export const RehearsalRecord = closed(
  'an object {against, sequence, rules, by}',
  {
    /** The version that was in force; null: there was none. */
    against: orNull(Id, 'a version or null'),
    /** How much of the ledger it read: the sequence of the last event. */
    sequence: Count,
    /** By rule: the evidence on which only the new version fires, and on which both do. */
    rules: recordOf(
      Id,
      closed('an object {newOnly, both}', { newOnly: Count, both: Count }),
      'an object of {newOnly, both} by rule',
    ),
    /** Who published it. */
    by: Line,
  },
  {
    /** Why it was published although it was not rehearsed, or although a rule fires more often than expected. */
    reason: Line,
    /** How far back the evidence went, from the last event of a service. */
    over: since(4, Over),
  },
)
export type RehearsalRecord = t.TypeOf<typeof RehearsalRecord>
