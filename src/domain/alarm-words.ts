import { oneOf } from './codec.ts'

/** Each family of alarms, which need many events. */
export const AlarmFamilyWord = oneOf('counterfactual', 'paired', 'pipeline', 'audit')

/** Each tripwire: an alarm at the first event of a fault, or the third. */
export const TripwireWord = oneOf(
  'unknown_version',
  'owner_mismatch',
  'unrehearsed_publication',
  'no_grounds',
  'severer_than_the_rule',
  'banned_again',
  'replayed_queue',
)
