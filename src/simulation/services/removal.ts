import {
  newId,
  publish,
  type SimulatedAccount,
  type SimulatedDecision,
  type SimulatedFlag,
} from '../account.ts'
import { humanJudgement, removalJudgement } from '../judgement.ts'
import { rulesetId, versionAt } from '../rulesets.ts'
import { services } from './directory.ts'
import { sendStatement } from './notices.ts'

/** The service removes the content that a flag is about; null if there is none, or the simulation ends first. */
export const remove = (
  account: SimulatedAccount,
  at: number,
  flag: SimulatedFlag,
  { human = false }: { readonly human?: boolean } = {},
): SimulatedDecision | null => {
  const { content } = flag
  if (content === null) return null
  const judgement = human
    ? humanJudgement(account, at, null, [flag])
    : removalJudgement(account, at, content, [flag])
  const decision: SimulatedDecision = {
    id: newId(account, 'd'),
    account: account.id,
    kind: 'removal',
    at,
    content,
    restriction: null,
    grounds: [flag],
    ...judgement,
    restsOnWrong: false,
    now: { restriction: null, until: null },
    reversedAt: null,
    expired: false,
    appealWon: false,
    changeOwed: false,
  }
  const happened = publish(account, services.removal, 'content.removed.v1', at, {
    decisionId: decision.id,
    content,
    ruleset: { id: rulesetId, version: versionAt(at) },
    grounds: [flag.id],
    category: flag.category,
    automation: { detection: true, decision: human ? 'not' : 'fully' },
    decidedBy: human
      ? { kind: 'human', id: `reviewer-${account.random.between(1, 40)}` }
      : { kind: 'rule', id: 'removal-service' },
    basis: { kind: 'terms', reference: 'Community guidelines' },
  })
  if (!happened) return null
  account.decisions.push(decision)
  sendStatement(account, decision.id, at, flag.category, null)
  return decision
}
