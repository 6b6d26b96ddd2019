import type { Fact } from './facts.ts'
import type { Remedy } from './remedy.ts'
import type { Row } from './rows.ts'

/** What each class, fact and remedy means, in a few words. */
const meanings: Readonly<Record<Row['class'] | Fact | Remedy, string>> = {
  wrongful: 'the rules of the day asked for it, the corrected ones do not',
  unexplained_wrongful: 'no rule ever asked for it: the pipeline itself failed',
  excessive: 'the corrected rules ask for less',
  lenient: 'the corrected rules ask for more',
  upheld: 'both ask for it',
  unexplained_upheld: 'the corrected rules ask for it, those of the day did not',
  indeterminate: 'what the corrected rules say can\u2019t be told',
  unreproducible: 'what the rules of the day said can\u2019t be told',
  missed: 'accounts that the corrected rules would have deactivated',
  aggravated: 'it was made severer later',
  already_reversed: 'it was reversed already',
  appeal_denied: 'an appeal against it was denied, and none succeeded',
  appeal_pending: 'an appeal against it has no answer yet',
  cascaded: 'a flag fell with the decision that it exists because of',
  change_owed: 'an appeal asked for a change, and none came',
  eased: 'it was changed since, and is no severer now than the corrected rules ask for',
  ground_after_decision: 'a flag of its grounds is dated after it',
  human_decided: 'a person decided it: no rule overrules that',
  missed_since: 'since then the corrected rules would have deactivated the account',
  other_grounds_active: 'another decision still holds',
  other_grounds_unsettled: 'another decision may still hold, but can\u2019t be judged',
  over: 'it has ended by itself',
  reinstatement_owed: 'an appeal against it succeeded, yet nobody reversed it',
  reinstate: 'put the account back',
  restore: 'put the content back',
  annul: 'take this decision back; another still holds',
  review: 'a person must look',
  none: 'nothing to do',
}

const byWord: ReadonlyMap<string, string> = new Map(Object.entries(meanings))

/** What a class, a fact or a remedy means, in a few words; empty for any other word. */
export const meaningOf = (word: string): string => byWord.get(word) ?? ''
