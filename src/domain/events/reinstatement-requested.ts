import { grouped } from '../../foundation/text/grouped.ts'
import { closed, listOf, where } from '../codec.ts'
import { defineEvent } from '../definition/event-definition.ts'
import { listed, onContent } from '../definition/story.ts'
import { AppealId, DecisionId, FlagId, Id } from '../ids.ts'
import { Content, Count, Restriction } from '../parts.ts'
import { RequestKind } from './request-parts.ts'
import { contentSample } from './sample-parts.ts'

const data = closed(
  'reinstatement.requested',
  {
    requestId: Id,
    remediationId: Id,
    wave: Count,
    attempt: Count,
    part: closed('an object {n, of}', { n: Count, of: Count }),
    kind: RequestKind,
    decisionIds: listOf(DecisionId, 'a list of decision ids'),
    flagsVoided: listOf(FlagId, 'a list of flag ids'),
    appealIds: listOf(AppealId, 'a list of appeal ids'),
  },
  { content: Content, restriction: Restriction },
)

const asked = {
  account: 'to be reinstated',
  content: 'to be restored',
  flags: 'flags to be voided',
  change: 'to be changed',
} as const

export const reinstatementRequested = defineEvent({
  type: 'reinstatement.requested.v1',
  since: 6,
  says: 'A service is asked to reverse decisions, to make one milder, or to void flags, as an approved plan says.',
  fields: {
    requestId: 'The request. Whoever carries it out names it.',
    wave: 'The wave of the remediation, from 1.',
    attempt: 'How often this has been asked for, this time included.',
    part: 'Which part of a request this is, from 1, and how many there are: a large one is asked for in parts.',
    kind: 'What is asked for.',
    decisionIds: 'The decisions to reverse or to change; none if only flags are to be voided.',
    flagsVoided: 'The false flags that must no longer count.',
    appealIds: 'The open appeals that become moot.',
    content: 'What the decisions removed; always given if it is to be restored.',
    restriction: 'What the decisions become; exactly for a change.',
  },
  incoming: null,
  stored: where(
    data,
    'content to restore it, and a restriction exactly for a change',
    ({ kind, content, restriction }) =>
      (kind !== 'content' || content !== undefined) && (kind === 'change') === (restriction !== undefined),
    {
      oneOf: [
        { properties: { kind: { enum: ['account', 'flags'] } }, not: { required: ['restriction'] } },
        {
          properties: { kind: { const: 'content' }, content: {} },
          ...{ required: ['content'], not: { required: ['restriction'] } },
        },
        { properties: { kind: { const: 'change' }, restriction: {} }, required: ['restriction'] },
      ],
    },
  ),
  rank: 14,
  stream: 'account',
  onlyInforms: true,
  names: null,
  columns: {
    kind: { kind: 'text' },
    wave: 'the wave of a remediation',
    attempt: 'how often something has been asked for',
  },
  story: ({ data: { requestId, remediationId, wave, part, kind, ...request } }) => ({
    headline:
      `${asked[kind]}${onContent(request.content)}, as remediation ${remediationId} asks in wave ${grouped(wave)}` +
      (request.decisionIds.length === 0 ? '' : `: ${listed(request.decisionIds)}`),
    details: [
      `request ${requestId}${part.of === 1 ? '' : `, part ${grouped(part.n)} of ${grouped(part.of)}`}`,
      ...(request.attempt === 1 ? [] : [`asked for ${grouped(request.attempt)} times`]),
      ...(request.restriction === undefined ? [] : [`to ${request.restriction}`]),
      ...(request.flagsVoided.length === 0 ? [] : [`flags to void: ${listed(request.flagsVoided)}`]),
      ...(request.appealIds.length === 0 ? [] : [`appeals that become moot: ${listed(request.appealIds)}`]),
    ],
  }),
  sample: {
    requestId: 'r1',
    remediationId: 'i1-1',
    wave: 2,
    attempt: 1,
    part: { n: 1, of: 1 },
    kind: 'change',
    decisionIds: ['d1'],
    flagsVoided: ['f1'],
    appealIds: ['a1'],
    content: contentSample,
    restriction: 'suspended',
  },
})
