import * as t from 'io-ts'
import { closed } from '../codec.ts'
import { defineEvent } from '../definition/event-definition.ts'
import { rulesetName } from '../definition/story.ts'
import { Id, Sha256 } from '../ids.ts'
import { RehearsalRecord } from '../rehearsal.ts'
import { described } from '../schema.ts'
import { Timestamp } from '../time.ts'
import { since } from '../vocabulary.ts'

const common = {
  ruleset: closed('an object {id, version}', { id: Id, version: Id }),
  effectiveFrom: Timestamp,
}

const document = described(
  new t.Type<Readonly<Record<string, unknown>>>(
    'the ruleset document, an object',
    t.UnknownRecord.is,
    t.UnknownRecord.validate,
    t.identity,
  ),
  () => ({ type: 'object' }),
)

export const rulesetPublished = defineEvent({
  type: 'ruleset.published.v1',
  since: 1,
  says: 'A version of a ruleset takes effect at a given time.',
  fields: {
    ruleset: 'The ruleset and its version, as in the document.',
    effectiveFrom: 'When it takes effect; may be in the future.',
    document: 'The rules themselves. They must compile, which no schema can check.',
  },
  incoming: closed('ruleset.published', { ...common, document }),
  stored: closed(
    'ruleset.published',
    { ...common, documentSha256: Sha256 },
    { rehearsal: since(3, RehearsalRecord) },
  ),
  rank: 0,
  stream: 'ruleset',
  onlyInforms: false,
  subject: {
    of: ({ ruleset }) => ruleset.id,
    expected: 'the id of the published ruleset (data.ruleset.id)',
    says: 'The ruleset: the same as data.ruleset.id, which a schema cannot check.',
  },
  names: null,
  documents: ['documentSha256'],
  columns: {
    'ruleset.id': 'the ruleset that is named or published',
    'ruleset.version': 'its version',
    effectiveFrom: 'when a ruleset version takes effect',
    documentSha256: "the hash of a published ruleset's document",
    'rehearsal.against':
      'the version that a published one was rehearsed against; null: there was none, or it was not rehearsed',
    'rehearsal.sequence': 'how much of the ledger that rehearsal read: the sequence of the last event',
    'rehearsal.by': 'who published it with redress ruleset publish; null: it came in another way',
    'rehearsal.reason':
      'why it was published without a rehearsal, or although that found more than was expected',
    'rehearsal.over':
      'how far back the evidence of that rehearsal went, such as 7d; null: it was not rehearsed',
  },
  story: ({ data: { ruleset } }) => ({ headline: `ruleset ${rulesetName(ruleset)} published`, details: [] }),
  sample: {
    ruleset: { id: 'community-guidelines', version: '2025-04-28' },
    effectiveFrom: '2025-04-28T00:00:00Z',
    document: {
      ruleset: 'community-guidelines',
      version: '2025-04-28',
      signals: { adult_score: 'double', is_illustration: 'bool' },
      rules: [
        {
          id: 'adult.explicit',
          category: 'adult_content',
          when: 'signals.adult_score >= 0.97 && !signals.is_illustration',
          strikes: 2,
          removes_content: true,
        },
      ],
      deactivations: [{ id: 'three-strikes', at_least: 3, restriction: 'suspended' }],
    },
  },
})
