import type * as t from 'io-ts'
import type { FieldWords, Words } from '../../../src/domain/definition/event-definition.ts'
import { AccountId, Id, Sha256 } from '../../../src/domain/ids.ts'
import { DRAFT, type FileSchema, referringTo, worded } from '../../../src/domain/json-schema/event-schema.ts'
import { objectParts, part, type SchemaPart, valueParts } from '../../../src/domain/json-schema/parts.ts'
import { schemaOf } from '../../../src/domain/schema.ts'
import { HoldKey } from '../../../src/domain/suspect.ts'
import { ALARM_NOTICE, AlarmNotice } from '../../../src/incidents/feeds/alarms.ts'
import { AUDIT_REQUEST, AuditRequest } from '../../../src/incidents/feeds/audits.ts'
import { HOLD_STATE, HoldState } from '../../../src/incidents/feeds/holds.ts'
import {
  REINSTATEMENT_REQUEST,
  REINSTATEMENT_WITHDRAWAL,
  RequestNotice,
  WithdrawalNotice,
} from '../../../src/incidents/feeds/requests.ts'
import { SCHEMA_HEADER } from '../../../src/ingest/account-feed/message.ts'

/** What is sent of a ledger: a value, and its key. */
type FeedMessage = {
  readonly name: string
  readonly codec: t.Mixed
  readonly says: string
  readonly fields: Words
  readonly key: { readonly codec: t.Mixed; readonly says: string }
}

const sent = <C extends t.Mixed>(message: FeedMessage & { codec: C; fields: FieldWords<t.TypeOf<C>> }) =>
  message

const account = {
  codec: AccountId,
  says: 'The account, so that what is about an account stays together, and in order.',
}

/** In the order of their topics. */
export const feedMessages: ReadonlyArray<FeedMessage> = [
  sent({
    name: ALARM_NOTICE,
    codec: AlarmNotice,
    says: 'An alarm that sounded, or a tripwire that was set off.',
    fields: {
      type: 'The name and version of this schema.',
      alarmId: 'The same for whoever folds the ledger.',
      key: 'What is suspected.',
      says: 'What is wrong with it, for people.',
      recordedAt: 'When it was recorded.',
      sequence: 'The event by which it is known: the ledger up to this sequence is enough.',
      first: 'The ids of the first events that show it, ten at most.',
      accounts: 'How many accounts are known to be concerned.',
      family: 'Which family of alarms; left out: it is a tripwire.',
      tripwire: 'Which tripwire; left out: it is of a family.',
      statistic: 'How much evidence there was.',
      threshold: 'How much it takes.',
      units: 'How many units there were since the key started, or started again.',
      repeats: 'The first alarm on the same key, in the 24 hours before: the accounts have doubled since.',
    },
    key: { codec: Sha256, says: 'A hash of what it is about, so that repeats come in order.' },
  }),
  sent({
    name: AUDIT_REQUEST,
    codec: AuditRequest,
    says:
      "A machine's decision that a reviewer is to look at. The answer is a decision.audited event with its decisionId, on " +
      'the same account.',
    fields: {
      type: 'The name and version of this schema.',
      account: 'The account that it was made on: the subject of the answer.',
      madeAt: 'When it was made.',
      because:
        'new: it is one of the first decisions of a key; sample: it is of the 2 % that are always audited.',
      keys: 'The rules that it rests on, each with the detector that feeds it.',
    },
    key: account,
  }),
  sent({
    name: HOLD_STATE,
    codec: HoldState,
    says: 'A hold: services are asked to stop acting on what fits its key, until it is lifted. Flags go on.',
    fields: {
      type: 'The name and version of this schema.',
      state: 'Whether it stands (requested), or is over (lifted).',
      by: 'Who asked for this state.',
      reason: 'Why.',
      recordedAt: 'When it was recorded.',
      key: 'What is on hold: what fits all that is given here. Left out once it is lifted.',
      alarmId: 'The alarm that asked for it.',
    },
    key: { codec: Id, says: 'The hold: a compacted topic keeps the last state of each.' },
  }),
  sent({
    name: REINSTATEMENT_REQUEST,
    codec: RequestNotice,
    says:
      'A request to undo decisions on an account, or to void flags. The answer is an event with its requestId: account.reinstated, ' +
      'content.restored, decision.changed or flag.dismissed, or reinstatement.declined; then notice.sent.',
    fields: {
      type: 'The name and version of this schema.',
      account: 'The account that it is about: the subject of the answer.',
      requestId: 'The same whenever the same is asked for: what was carried out is not carried out again.',
      remediationId: 'The remediation whose plan asks for it.',
      wave: 'In which wave of the plan, from 1.',
      attempt: 'How often this has been asked for, this time included.',
      part: 'Which part it is, from 1, and of how many: what is too large for one request is asked for in parts.',
      kind:
        'account: reverse deactivations with account.reinstated; content: reverse removals with content.restored; change: make a ' +
        'deactivation milder with decision.changed; flags: void flags that no decision names, with a flag.dismissed for each.',
      decisionIds: 'The decisions to reverse, or to make milder. Empty for flags.',
      flagsVoided: 'The false flags that must not count any more: repeat them in the reversal.',
      appealIds: 'Open appeals against these decisions, which are settled by it.',
      content: 'The content to restore; always given if the kind is content.',
      restriction: 'What the decision is to become; given exactly if the kind is change.',
      recordedAt: 'When it was recorded.',
      sequence: 'Its place in the ledger.',
    },
    key: account,
  }),
  sent({
    name: REINSTATEMENT_WITHDRAWAL,
    codec: WithdrawalNotice,
    says: 'A request is withdrawn: it is not to be carried out any more.',
    fields: {
      type: 'The name and version of this schema.',
      account: 'The account that the request is about.',
      requestId: 'The request.',
      reason: 'Why.',
      recordedAt: 'When it was recorded.',
      sequence: 'Its place in the ledger.',
    },
    key: account,
  }),
]

const parts: ReadonlyArray<SchemaPart> = [
  part('holdKey', HoldKey, 'What is on hold: what fits all that is given, and one thing at least is.', {
    version: 'The version of the ruleset.',
  }),
]

/** The schema of a message. */
export const feedSchema = ({ name, codec, says, fields }: FeedMessage): FileSchema => {
  const { refer, defs } = referringTo([...parts, ...objectParts, ...valueParts])
  return {
    $schema: DRAFT,
    $id: `urn:redress:schema:${name}`,
    title: name,
    description: says,
    ...worded(schemaOf(codec, refer), fields),
    $defs: defs(),
  }
}

/** The same as a message of AsyncAPI. */
export const feedMessage = ({ name, says, key }: FeedMessage) => ({
  name,
  title: name,
  summary: says,
  contentType: 'application/json',
  headers: {
    type: 'object',
    properties: {
      'content-type': { const: 'application/json' },
      [SCHEMA_HEADER]: { description: 'The name and version of the schema.', const: name },
    },
    required: ['content-type', SCHEMA_HEADER],
  },
  payload: {
    schemaFormat: 'application/schema+json;version=2020-12',
    schema: { $ref: `./${name}.json` },
  },
  bindings: { kafka: { key: { description: key.says, ...schemaOf(key.codec) }, bindingVersion: '0.5.0' } },
})
