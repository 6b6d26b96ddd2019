import type { StoredEvent } from '../../../domain/event.ts'
import { type Place, placeOf } from '../../../domain/order.ts'
import { collectHistory } from '../../../replay/model/collect.ts'
import type { Evaluation, History } from '../../../replay/model/history.ts'
import { fitsSignal } from '../../../rulesets/cel/evidence-scope.ts'
import { ageBandOf, ageType } from '../account-age.ts'
import { isNewlyFiring } from '../counts.ts'
import { type EvidenceByRule, evidenceOfEvaluation, evidenceOfFlag, truthOfPair } from '../evidence.ts'
import type { Drawn, Question, Rehearsal, RehearsalWindow, RehearsedAccounts } from '../rehearsal.ts'
import { pairRules } from '../rule-pairs.ts'
import { tallyRule } from '../tally.ts'
import { wouldDeactivate } from './deactivated.ts'
import { drawAccounts, drawEvidence } from './draw.ts'

/** Evidence of the window: what both kinds have in common. */
type Seen = Pick<Drawn, 'kind'> & {
  readonly place: Place
  readonly data: Evaluation['data'] | StoredEvent<'flag.raised.v1'>['data']
}

/**
 * The meaning of a rehearsal: takes each event of the ledger once, in any order. It keeps the flags and decisions, and the
 * evaluations on which a rule of either version fires.
 */
export const collectRehearsal = (question: Question, window: RehearsalWindow) => {
  const { old, next, sample } = question
  const pairs = pairRules(old, next).map((pair) => ({
    pair,
    tally: tallyRule(pair),
    drawn: drawEvidence(sample),
  }))
  const age = ageType(old, next)
  const signals = [...next.signals].map(([name, type]) => ({ name, type, lacking: 0 }))
  const evidence = { flags: 0, evaluations: 0 }
  const collection = collectHistory({
    // Its versions are not needed.
    rulesetId: null,
    needsVersions: false,
    keepsEvaluation: ({ data }) => isFired(data),
  })
  const rules = [...(old?.rules ?? []), ...next.rules]
  const isFired = (data: Evaluation['data']): boolean => {
    const evidenceFor = evidenceOfEvaluation(data)
    return rules.some((rule) => rule.condition(evidenceFor(rule)) === 'true')
  }
  const isInWindow = ({ at }: Place): boolean => at >= window.from && at <= window.to

  const look = ({ kind, place, data }: Seen, evidenceFor: EvidenceByRule): void => {
    for (const signal of signals) {
      if (!fitsSignal(data.signals[signal.name], signal.type)) signal.lacking++
    }
    const { detector } = data
    const band = age === null ? null : ageBandOf(data.signals, age)
    for (const { pair, tally, drawn } of pairs) {
      const truth = truthOfPair(pair, evidenceFor)
      tally.add(truth, { detector, age: band })
      if (!isNewlyFiring(truth)) continue
      const { source, id, at: occurredAt } = place
      const content = data.content === undefined ? null : { id: data.content.id, kind: data.content.kind }
      drawn.add({ ...{ kind, source, id, occurredAt, content, detector, truth }, signals: data.signals })
    }
  }

  const add = (event: StoredEvent): void => {
    // Its document would be needed.
    if (event.type === 'ruleset.published.v1') return
    collection.add(event)
    // A detector that only looked on saw what another one saw, and nobody acts on it.
    if (event.type !== 'content.evaluated.v1' || event.data.shadow === true) return
    const place = placeOf(event)
    if (!isInWindow(place)) return
    evidence.evaluations++
    look({ kind: 'evaluation', place, data: event.data }, evidenceOfEvaluation(event.data))
  }

  const accountsOf = (history: History): RehearsedAccounts => {
    const counts = { onlyOld: 0, onlyNew: 0 }
    const drawn = { onlyOld: drawAccounts(sample), onlyNew: drawAccounts(sample) }
    for (const account of history.accounts.values()) {
      const was = old !== null && wouldDeactivate(account, history, old, window)
      const will = wouldDeactivate(account, history, next, window)
      if (was === will) continue
      const which = was ? 'onlyOld' : 'onlyNew'
      counts[which]++
      drawn[which].add(account.account)
    }
    return { ...counts, sample: { onlyOld: drawn.onlyOld.finish(), onlyNew: drawn.onlyNew.finish() } }
  }

  const finish = (): Rehearsal => {
    const history = collection.finish(new Map())
    for (const { place, data } of history.flags.values()) {
      if (data.detector.kind === 'human' || !isInWindow(place)) continue
      evidence.flags++
      look({ kind: 'flag', place, data }, evidenceOfFlag(data))
    }
    return {
      ...{ old, next, window, evidence, signals },
      rules: pairs.map(({ tally, drawn }) => tally.finish(drawn.finish())),
      accounts: accountsOf(history),
    }
  }
  return { add, finish }
}
