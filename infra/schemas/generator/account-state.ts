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
  type: 'The name and the version of this schema.',
  events: 'How many events of the account there are. Of two states the one with more is the later one.',
  lastEventAt: 'When the latest of them happened.',
  lastRecordedAt: 'When the last of them was recorded in the ledger.',
  suspendedUntil: `When the last suspension that is not reversed ends; ${NO_END} when it has no end, null when there is none.`,
  terminatedUntil: `When the last termination that is not reversed ends; ${NO_END} when it has no end, null when there is none.`,
  deactivationsMade: 'How many deactivations there were.',
  deactivationsReversed: 'How many of them were reversed.',
  removalsMade: 'How many removals of content there were.',
  removalsReversed: 'How many of them were reversed.',
  flagsRaised: 'How many flags there were.',
  flagsStanding: 'How many of them count.',
  appealsFiled: 'How many appeals there were.',
  appealsOpen: 'How many of them have no answer.',
  reversalsOwed: 'How many decisions were overturned on appeal but not reversed.',
  truncated:
    'Whether the lists have only their newest entries, because all would be too large for the topic. The counts say how ' +
    'many there are.',
  deactivations: 'Deactivations that are not reversed, including expired ones.',
  removals: 'Removals of content that are not reversed.',
  flags: 'Flags that count.',
  openAppeals: 'Appeals that have no answer.',
  decisionsToReverse: 'Decisions that were overturned on appeal but not reversed.',
} satisfies FieldWords<PublishedState>

const standingDecision = {
  since: 'When it was made.',
  until: 'When it expires, as last changed; null for never.',
  category: 'What was violated, in the codes of the platform.',
  ruleset: 'The ruleset that it was made under; null if none was named.',
  rulesetVersion: 'The version of it.',
  decidedByKind: 'Who or what decided.',
  decidedById: 'The id of it.',
}

const standingParts: ReadonlyArray<SchemaPart> = [
  part('standingDeactivation', StandingDeactivation, 'A deactivation that is not reversed.', {
    ...standingDecision,
    restriction: 'What it is, as last changed.',
  }),
  part('standingRemoval', StandingRemoval, 'A removal of content that is not reversed.', standingDecision),
  part('standingFlag', StandingFlag, 'A flag that counts.', {
    category: 'What was found, in the codes of the platform.',
    rule: 'The rule that fired; null if none was named.',
    ruleset: 'The ruleset that the detector applied; null if none was named.',
    rulesetVersion: 'The version of it.',
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
      [SCHEMA_HEADER]: { description: 'The name and the version of the schema.', const: ACCOUNT_STATE },
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
