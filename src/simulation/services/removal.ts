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
import { isOnHold } from './on-hold.ts'

const decidedBy = { kind: 'rule', id: 'removal-service' } as const

/** The service removes the content that a flag is about; null if there is none, the simulation ends first, or the service was asked not to. */
export const remove = (
  account: SimulatedAccount,
  at: number,
  flag: SimulatedFlag,
  { human = false }: { readonly human?: boolean } = {},
): SimulatedDecision | null => {
  const { content } = flag
  if (content === null) return null
  const ruleset = { id: rulesetId, version: versionAt(at) }
  if (!human && isOnHold(account, at, { decidedBy, ruleset }, [flag])) return null
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
    ruleset,
    grounds: [flag.id],
    category: flag.category,
    automation: { detection: true, decision: human ? 'not' : 'fully' },
    decidedBy: human ? { kind: 'human', id: `reviewer-${account.random.between(1, 40)}` } : decidedBy,
    basis: { kind: 'terms', reference: 'Community guidelines' },
  })
  if (!happened) return null
  account.decisions.push(decision)
  sendStatement(account, decision.id, at, flag.category, null)
  return decision
}
