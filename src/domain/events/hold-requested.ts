import { closed } from '../codec.ts'
import { defineEvent } from '../definition/event-definition.ts'
import { suspectName } from '../definition/story.ts'
import { Id, Line } from '../ids.ts'
import { HoldKey } from '../suspect.ts'
import { holdSubject } from './hold-parts.ts'

export const holdRequested = defineEvent({
  type: 'hold.requested.v1',
  since: 4,
  says: 'Services are asked to stop acting on a rule, a detector or a service, while flags go on.',
  fields: {
    by: 'Who asks for it.',
    reason: 'Why. Put no personal data here: it is never sealed.',
    alarmId: 'The alarm that asked for it.',
    key: 'What is on hold: what fits all that is given here.',
  },
  incoming: null,
  stored: closed('hold.requested', { holdId: Id, by: Line, reason: Line, key: HoldKey }, { alarmId: Id }),
  rank: 14,
  stream: 'holds',
  onlyInforms: true,
  subject: holdSubject,
  names: null,
  columns: {
    holdId: 'the hold',
    by: { name: 'by_whom' },
  },
  story: ({ data: { holdId, by, reason, key } }) => ({
    headline: `hold ${holdId} on ${suspectName(key)} requested by ${by}`,
    details: [`reason: ${reason}`],
  }),
  sample: {
    holdId: 'h1',
    by: 'ana',
    reason: 'it flags quilts',
    alarmId: 'a91',
    key: {
      ruleset: 'community-guidelines',
      rule: 'adult.explicit',
      version: '2025-04-28',
      detector: { id: 'nudity-net', version: '7.3.0' },
      decidedBy: { kind: 'rule', id: 'three-strikes' },
    },
  },
})
