import { AlarmFamilyWord, TripwireWord } from '../alarm-words.ts'
import { closed, listOf } from '../codec.ts'
import { defineEvent } from '../definition/event-definition.ts'
import { listed, suspectName } from '../definition/story.ts'
import { Id, Sha256 } from '../ids.ts'
import { Count, FiniteNumber } from '../parts.ts'
import { AlarmKey } from '../suspect.ts'

const data = closed(
  'alarm.raised',
  {
    alarmId: Id,
    key: AlarmKey,
    keySha256: Sha256,
    sequence: Count,
    first: listOf(Id, 'a list of ids of events'),
    accounts: Count,
    parametersSha256: Sha256,
  },
  {
    family: AlarmFamilyWord,
    tripwire: TripwireWord,
    statistic: FiniteNumber,
    threshold: FiniteNumber,
    units: Count,
    repeats: Id,
  },
)

export const alarmRaised = defineEvent({
  type: 'alarm.raised.v1',
  since: 4,
  says: 'Something looks like a fault of a rule, a detector or a service: an alarm sounded, or a tripwire was set off.',
  fields: {
    alarmId: 'The same for whoever folds the ledger.',
    key: 'What is suspected.',
    keySha256: 'The SHA-256 of the family or tripwire and the key.',
    sequence: 'The event by which it is known: the ledger up to this sequence is enough.',
    first: 'The first events that show it, ten at most.',
    accounts: 'How many accounts are known to be concerned.',
    parametersSha256: 'The parameters by which it sounded.',
    family: 'Which family of alarms; left out: it is a tripwire.',
    tripwire: 'Which tripwire; left out: it is of a family.',
    statistic: 'How much evidence there was.',
    threshold: 'How much it takes.',
    units: 'How many units there were since the key started, or started again.',
    repeats: 'The first alarm on the same key, in the 24 hours before.',
  },
  incoming: null,
  stored: data,
  rank: 14,
  stream: 'alarm',
  onlyInforms: true,
  subject: {
    of: ({ keySha256 }) => keySha256,
    expected: 'the SHA-256 of what it is about (data.keySha256)',
    says: 'What it is about: the same as data.keySha256.',
  },
  names: null,
  columns: {
    keySha256: 'the hash of what an alarm is about',
    alarmId: 'the alarm that sounded, or that an event is about',
    sequence: { name: 'as_of_sequence' },
    first: { name: 'first_events', about: 'the first events that an alarm is about, ten at most' },
    accounts: 'how many accounts an alarm concerns',
    parametersSha256: 'the hash of the parameters of alarms',
    family: 'of which family an alarm is; null: a tripwire',
    tripwire: 'which tripwire was set off',
    statistic: 'how much evidence for an alarm there was',
    threshold: 'how much evidence an alarm takes',
    units: 'how many units an alarm rests on',
    repeats: 'the first alarm on the same key, in the 24 hours before',
  },
  story: ({ data: { alarmId, key, family, tripwire, accounts, first } }) => ({
    headline: `alarm ${alarmId}: ${tripwire ?? family} of ${suspectName(key)}`,
    details: [`${accounts} accounts`, `first events: ${listed(first)}`],
  }),
  sample: {
    alarmId: 'a91',
    key: {
      ruleset: 'community-guidelines',
      rule: 'adult.explicit',
      version: '2025-04-28',
      sha256: 'ab'.repeat(32),
      detector: { id: 'nudity-net', version: '7.3.0' },
      decidedBy: { kind: 'rule', id: 'three-strikes' },
      source: '/services/enforcement',
    },
    keySha256: 'ef'.repeat(32),
    sequence: 412,
    first: ['e1'],
    accounts: 6,
    parametersSha256: 'cd'.repeat(32),
    family: 'counterfactual',
    tripwire: 'unknown_version',
    statistic: 52_000.5,
    threshold: 52_000,
    units: 14,
    repeats: 'a90',
  },
})
