import type { Ruleset } from '../../../rulesets/ruleset.ts'
import type { Versions } from '../../model/versions.ts'
import type { Span } from '../spans.ts'
import type { RuleConditions } from './conditions.ts'

/** The corrected ruleset, and what it is compared with: the rules as they were. */
export type Compared = {
  readonly corrected: Ruleset
  /** This and the others that are compared at the same time. */
  readonly correctedAny: ReadonlyArray<Ruleset>
  /** Every published version of its id. */
  readonly published: ReadonlyArray<Ruleset>
  readonly versions: Versions
  /** All of time, by the version in force. */
  readonly spans: ReadonlyArray<Span>
  readonly conditions: RuleConditions
}

/** How accounts are found. */
export type Search = {
  /** Each returns some of them (`account_no`), perhaps more than once. */
  readonly queries: ReadonlyArray<string>
  /** If none of these returns a row, nor do those; they are much faster. */
  readonly onlyIfAny?: ReadonlyArray<string>
}
