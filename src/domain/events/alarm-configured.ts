import { closed } from '../codec.ts'
import { defineEvent } from '../definition/event-definition.ts'
import { Line, Sha256 } from '../ids.ts'

export const alarmConfigured = defineEvent({
  type: 'alarm.configured.v1',
  since: 4,
  says: 'The parameters of alarms were set; from here on, alarms are recorded.',
  fields: {
    parametersSha256: 'The SHA-256 of the parameters in canonical form (RFC 8785).',
    by: 'Who set them.',
  },
  incoming: null,
  stored: closed('alarm.configured', { parametersSha256: Sha256, by: Line }),
  rank: 14,
  stream: 'alarm-parameters',
  onlyInforms: true,
  subject: {
    of: () => 'alarm-parameters',
    expected: '"alarm-parameters"',
    says: 'Always "alarm-parameters".',
  },
  names: null,
  documents: ['parametersSha256'],
  columns: { by: { name: 'by_whom', about: 'who configured, requested or lifted something' } },
  story: ({ data: { by } }) => ({ headline: `alarms configured by ${by}`, details: [] }),
  sample: { parametersSha256: 'cd'.repeat(32), by: 'ana' },
})
