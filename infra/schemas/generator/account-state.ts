import type { FieldWords } from '../../../src/domain/definition/event-definition.ts'
import { AccountId } from '../../../src/domain/ids.ts'
import { DRAFT, type FileSchema, referringTo, worded } from '../../../src/domain/json-schema/event-schema.ts'
import { objectParts, part, type SchemaPart, valueParts } from '../../../src/domain/json-schema/parts.ts'
import { schemaOf } from '../../../src/domain/schema.ts'
import { SCHEMA_HEADER } from '../../../src/ingest/account-feed/message.ts'
import {
  ACCOUNT_STATE,
  NO_END,
  OpenAppeal,
  PublishedState,
  StandingDeactivation,
  StandingFlag,
  StandingRemoval,
} from '../../../src/ingest/account-feed/state.ts'

const SAYS =
  'The state of an account according to its events. It does not depend on when it was produced: at a moment T ' +
  'after its last event the account is terminated if terminatedUntil is after T, else suspended if ' +
  'suspendedUntil is, else active.'

const fields = {
  type: 'The name and version of this schema.',
  events: 'The number of events about the account. Of two states, the one with more is later.',
  lastEventAt: 'When the latest of these events happened.',
  lastRecordedAt: 'When the last of these events was recorded in the ledger.',
  suspendedUntil: `When the last suspension that was not reversed ends; ${NO_END} if it has no end, null if there is none.`,
  terminatedUntil: `When the last termination that was not reversed ends; ${NO_END} if it has no end, null if there is none.`,
  deactivationsMade: 'The number of deactivations.',
  deactivationsReversed: 'How many of these were reversed.',
  removalsMade: 'The number of removals of content.',
  removalsReversed: 'How many of these were reversed.',
  flagsRaised: 'The number of flags.',
  flagsStanding: 'How many of these count.',
  appealsFiled: 'The number of appeals.',
  appealsOpen: 'How many of these have no answer.',
  reversalsOwed: 'The number of decisions that were overturned on appeal but not reversed.',
  truncated:
    'Whether the lists contain only their newest entries, because all of them would be too large for the topic. The counts ' +
    'are of all entries.',
  deactivations: 'Deactivations that were not reversed, including expired ones.',
  removals: 'Removals of content that were not reversed.',
  flags: 'Flags that count.',
  openAppeals: 'Appeals that have no answer.',
  decisionsToReverse: 'Decisions that were overturned on appeal but not reversed.',
} satisfies FieldWords<PublishedState>

const standingDecision = {
  since: 'When it was made.',
  until: 'When it expires, as last changed; null: never.',
  category: "What was violated, in the platform's codes.",
  ruleset: 'The ruleset that it was made under; null if none was named.',
  rulesetVersion: 'Its version.',
  decidedByKind: 'Who or what decided.',
  decidedById: 'Its id.',
}

const standingParts: ReadonlyArray<SchemaPart> = [
  part('standingDeactivation', StandingDeactivation, 'A deactivation that was not reversed.', {
    ...standingDecision,
    restriction: 'Which restriction it is, as last changed.',
  }),
  part('standingRemoval', StandingRemoval, 'A removal of content that was not reversed.', standingDecision),
  part('standingFlag', StandingFlag, 'A flag that counts.', {
    category: "What was found, in the platform's codes.",
    rule: 'The rule that fired; null if none was named.',
    ruleset: 'The ruleset that the detector applied; null if none was named.',
    rulesetVersion: 'Its version.',
    contentKind: 'What the flag is about; null if it is about the account itself.',
  }),
  part('openAppeal', OpenAppeal, 'An appeal that has no answer.'),
]

/** The schema of the topic for account states. */
export const accountStateSchema = (): FileSchema => {
  const { refer, defs } = referringTo([...objectParts, ...standingParts, ...valueParts])
  return {
    $schema: DRAFT,
    $id: `urn:redress:schema:${ACCOUNT_STATE}`,
    title: ACCOUNT_STATE,
    description: SAYS,
    ...worded(schemaOf(PublishedState, refer), fields),
    $defs: defs(),
  }
}

/** An account's state as a message. */
export const accountStateMessage = {
  name: ACCOUNT_STATE,
  title: ACCOUNT_STATE,
  summary: 'The state of an account.',
  contentType: 'application/json',
  headers: {
    type: 'object',
    properties: {
      'content-type': { const: 'application/json' },
      [SCHEMA_HEADER]: { description: 'The name and version of the schema.', const: ACCOUNT_STATE },
    },
    required: ['content-type', SCHEMA_HEADER],
  },
  payload: {
    schemaFormat: 'application/schema+json;version=2020-12',
    schema: { $ref: `./${ACCOUNT_STATE}.json` },
  },
  bindings: {
    kafka: {
      key: {
        description: 'The account: a compacted topic keeps the last state of each.',
        ...schemaOf(AccountId),
      },
      bindingVersion: '0.5.0',
    },
  },
}
