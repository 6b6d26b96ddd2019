import { REHEARSAL_REPORT } from '../../../src/app/ruleset/rehearsal-json.ts'
import { DRAFT, type FileSchema } from '../../../src/domain/json-schema/event-schema.ts'
import type { JsonSchema } from '../../../src/domain/schema.ts'
import { ageBands } from '../../../src/incidents/rehearsal/account-age.ts'

const SAYS =
  'What a new version of a ruleset would do that the version in force does not, over recorded evidence: the output of ' +
  'redress ruleset rehearse --json. Evidence is the flags that machines raised and what was evaluated without a flag.'

const says = (description: string, schema: JsonSchema): JsonSchema => ({ description, ...schema })
const text: JsonSchema = { type: 'string' }
const count: JsonSchema = { type: 'integer', minimum: 0 }
const time: JsonSchema = { type: 'string', format: 'date-time' }
const sha256: JsonSchema = { type: 'string', pattern: '^[0-9a-f]{64}$' }
const boolean: JsonSchema = { type: 'boolean' }
const truth: JsonSchema = { enum: ['true', 'false', 'unknown'] }
const list = (items: JsonSchema): JsonSchema => ({ type: 'array', items })
const orNull = (schema: JsonSchema): JsonSchema => ({ anyOf: [schema, { type: 'null' }] })
/** Closed, with every field. */
const object = (properties: Readonly<Record<string, JsonSchema>>): JsonSchema => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
})
const part = (name: string): JsonSchema => ({ $ref: `#/$defs/${name}` })

const counts = object({
  onlyOld: says('The old version fires, and the new one is false.', count),
  onlyNew: says('The new version fires, and the old one is false.', count),
  both: says('Both versions fire.', count),
  unknown: says('One version or both are unknown, because a signal is missing.', count),
  unknownOldFires: says('Of these: the old version fires.', count),
  unknownNewFires: says('Of these: the new version fires, and the old one did not.', count),
})

const drawn = object({
  kind: says('A flag, or an evaluation without a flag.', { enum: ['flag', 'evaluation'] }),
  source: says('The source of its event.', text),
  id: says('The id of its event.', text),
  occurredAt: time,
  content: says('What it is about; null: the account itself.', orNull(object({ id: text, kind: text }))),
  detector: object({ kind: text, id: text, version: text }),
  signals: says('What was recorded.', {
    type: 'object',
    additionalProperties: { anyOf: [text, { type: 'number' }, boolean] },
  }),
  truth: says('What the two conditions say of it.', object({ was: truth, now: truth })),
})

const rule = object({
  id: says("The new rule's id; if no rule continues it, the old rule's.", text),
  change: { enum: ['kept', 'added', 'removed'] },
  replaces: says('The ids of the old rules that it continues, other than its own.', list(text)),
  was: says('The old conditions, one for each rule that it continues.', list(text)),
  now: says('The new condition; null: the rule is removed.', orNull(text)),
  evidence: part('counts'),
  byDetector: says(
    'The same by detector; what fires under neither version is left out.',
    list(object({ detector: object({ id: text, version: text }), evidence: part('counts') })),
  ),
  byAccountAge: says(
    'The same by the age of the account, if a version declares the signal account_age_days.',
    list(object({ age: { enum: ageBands }, evidence: part('counts') })),
  ),
  sample: says('Some evidence on which only the new version fires.', list(part('drawn'))),
  asExpected: says('Whether it fires on no more new evidence than expected.', boolean),
  allowed: says('Otherwise, the most that was expected.', orNull(count)),
})

const accounts = object({ onlyOld: list(text), onlyNew: list(text) })

/** The schema of what `redress ruleset rehearse --json` prints. */
export const rehearsalSchema = (): FileSchema => ({
  $schema: DRAFT,
  $id: `urn:redress:schema:${REHEARSAL_REPORT}`,
  title: REHEARSAL_REPORT,
  description: SAYS,
  ...object({
    type: { const: REHEARSAL_REPORT },
    ruleset: says('The new version.', object({ id: text, version: text, sha256 })),
    against: says(
      'The version it is compared with; null: none is in force.',
      orNull(object({ version: text, sha256 })),
    ),
    sequence: says('How much of the ledger was read: the sequence of its last event.', count),
    window: says('Evidence of this time, both ends included, is compared.', object({ from: time, to: time })),
    evidence: says('How much evidence there is.', object({ flags: count, evaluations: count })),
    asExpected: says('Whether no rule fires on more new evidence than expected.', boolean),
    rules: says('The rules of the new version, then those that it no longer has.', list(part('rule'))),
    accounts: says(
      'How many accounts only one of the versions would deactivate, and some of them.',
      object({ onlyOld: count, onlyNew: count, sample: accounts }),
    ),
    signals: says(
      'The signals that the new version declares, and how much evidence has no value of that type.',
      list(object({ name: text, type: text, lacking: count })),
    ),
    remarks: says(
      'What limits what the rehearsal can say.',
      list(
        object({
          code: {
            enum: ['nothing_to_compare_with', 'no_evaluations', 'signal_not_recorded', 'signals_lacking'],
          },
          signal: orNull(text),
          says: text,
        }),
      ),
    ),
  }),
  $defs: { counts, drawn, rule },
})
