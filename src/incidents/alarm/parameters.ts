import type * as t from 'io-ts'
import * as E from '#fp/Either'
import { closed, type DecodeError, listOf, problems, where } from '../../domain/codec.ts'
import { Id } from '../../domain/ids.ts'
import { FiniteNumber } from '../../domain/parts.ts'
import { canonical } from '../../foundation/canonical.ts'

const FalseAlarms = where(
  FiniteNumber,
  'a number above 0, at most 1000',
  (number) => number > 0 && number <= 1_000,
)
const Share = where(FiniteNumber, 'a number above 0, at most 0.5', (share) => share > 0 && share <= 0.5)

/** What an operator decides about alarms. */
const Parameters = closed(
  'the parameters of alarms',
  {
    /** How many false alarms are expected in a year, at most. */
    falseAlarmsAYear: FalseAlarms,
    /** The share of audited decisions that may be wrong, for each rule without an entry of its own. */
    wrongDecisions: Share,
  },
  {
    /** The same for the rules that are known to be less precise, or must be more so. */
    wrongDecisionsOf: where(
      listOf(
        closed('an object {ruleset, rule, share}', { ruleset: Id, rule: Id, share: Share }),
        'a list of {ruleset, rule, share}',
      ),
      'a list that names each rule once',
      (shares) => new Set(shares.map(({ ruleset, rule }) => `${ruleset} ${rule}`)).size === shares.length,
    ),
  },
)
export type AlarmParameters = t.TypeOf<typeof Parameters>

/** Used as long as nobody has set others. */
export const defaultParameters: AlarmParameters = { falseAlarmsAYear: 1, wrongDecisions: 0.1 }

/** Checks parameters (JSON data); every problem with its path. */
export const checkParameters = (json: unknown): E.Either<ReadonlyArray<DecodeError>, AlarmParameters> => {
  const found = problems(Parameters, json)
  // Cast: the codec found nothing wrong.
  return found.length === 0 ? E.right(json as AlarmParameters) : E.left(found)
}

/** Their document: its canonical form and its SHA-256. */
export const parametersDocument = (parameters: AlarmParameters) => {
  const { text, sha256 } = canonical(parameters)
  return { canonical: text, sha256 }
}
