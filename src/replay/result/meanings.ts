import type { Fact } from './facts.ts'
import type { Remedy } from './remedy.ts'
import type { Row } from './rows.ts'

/** What each class, fact and remedy means, in a few words. */
const meanings: Readonly<Record<Row['class'] | Fact | Remedy, string>> = {
  wrongful: 'the rules of the day asked for it; the corrected rules do not',
  unexplained_wrongful: 'no rule ever asked for it: the pipeline itself failed',
  excessive: 'the corrected rules ask for less',
  lenient: 'the corrected rules ask for more',
  upheld: 'both ask for it',
  unexplained_upheld: 'the corrected rules ask for it; the rules of the day did not',
  indeterminate: 'too little evidence to apply the corrected rules',
  unreproducible: 'too little evidence to apply the rules of the day',
  missed: 'accounts that the corrected rules would have deactivated',
  aggravated: 'it was made more severe later',
  already_reversed: 'it has already been reversed',
  appeal_denied: 'an appeal against it was denied, and none succeeded',
  appeal_pending: 'an appeal against it is still unanswered',
  cascaded: 'one of its flags fell because the decision behind that flag fell',
  change_owed: 'an appeal called for a change that was never made',
  eased: 'it was changed later and is now no more severe than the corrected rules ask for',
  evidence_rescored: 'a detector looked at its evidence again, and what it found then is used',
  evidence_withdrawn: 'the correction withdraws some of its evidence',
  ground_after_decision: 'one of its grounds is dated after it',
  human_decided: 'a person decided it, which no rule overrules',
  missed_since: 'the corrected rules would have deactivated the account since then',
  other_grounds_active: 'another decision still applies',
  other_grounds_unsettled: 'another decision may still apply, but cannot be judged',
  over: 'it has expired',
  reinstatement_owed: 'an appeal against it succeeded, but it was never reversed',
  reinstate: 'lift the restriction on the account',
  restore: 'put the content back online',
  annul: 'reverse this decision; another still applies',
  review: 'needs human review',
  none: 'nothing to do',
}

const byWord: ReadonlyMap<string, string> = new Map(Object.entries(meanings))

/** What a class, a fact or a remedy means, in a few words; empty for any other word. */
export const meaningOf = (word: string): string => byWord.get(word) ?? ''
