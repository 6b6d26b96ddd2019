import type * as t from 'io-ts'
import { closed, where } from './codec.ts'
import { Id, Sha256, Source } from './ids.ts'
import { DecidedBy } from './parts.ts'

/** A version of a detector; without `version`, all of them. */
const DetectorVersion = closed('an object {id}', { id: Id }, { version: Id })

const fields = { ruleset: Id, rule: Id, version: Id, detector: DetectorVersion, decidedBy: DecidedBy }
// Cast: the keys of a constant object are those of its type.
const names = Object.keys(fields) as ReadonlyArray<keyof typeof fields>

/** What is on hold: what fits all that is given, and one thing at least is. `version`: of the ruleset. */
export const HoldKey = where(
  closed(`an object of ${names.join(', ')}`, {}, fields),
  `at least one of ${names.join(', ')}`,
  (key) => names.some((name) => key[name] !== undefined),
  { anyOf: names.map((name) => ({ required: [name] })) },
)
export type HoldKey = t.TypeOf<typeof HoldKey>

/** What may be at fault; what is left out may be anything. `source`: the CloudEvents source of a service. */
export const Suspect = closed(`an object of ${names.join(', ')}, source`, {}, { ...fields, source: Source })
export type Suspect = t.TypeOf<typeof Suspect>

/** What an alarm is about; `sha256`: of a ruleset's document. */
export const AlarmKey = closed(
  `an object of ${names.join(', ')}, source, sha256`,
  {},
  { ...fields, source: Source, sha256: Sha256 },
)
export type AlarmKey = t.TypeOf<typeof AlarmKey>
