import * as E from '#fp/Either'
import type { OwnerStatement } from '../../reports/statements/owner/codec.ts'
import { ownerStatementOf, refsOf } from '../../reports/statements/owner/owner-statement.ts'
import { readRulesets } from '../../reports/statements/owner/rulesets.ts'
import { readStory } from '../account/read-story.ts'
import { identityOf } from '../account/story.ts'
import { type AppError, notFound } from '../error.ts'
import { ledgerResult } from '../results.ts'
import { type LedgerPlace, nameOf, readingLedger } from '../stores.ts'
import { accountOfDecision } from './account-of.ts'

export type StatementOptions = LedgerPlace & {
  readonly decisionId: string
  /** The account that the decision affects; null: looked up in the projections. */
  readonly account: string | null
  /** Where to appeal, by when, and who decides; null: left out of the statement. */
  readonly howToAppeal: string | null
  /** The time of the statement, in ms. */
  readonly now: number
}

/** Explains a decision to the account's owner: what was done, why, and what has happened since. */
export const explainDecisionToOwner = async ({
  decisionId,
  account: given,
  howToAppeal,
  now,
  ...place
}: StatementOptions): Promise<E.Either<AppError, OwnerStatement>> => {
  const found = given === null ? await accountOfDecision(place.data, decisionId) : E.right(given)
  if (E.isLeft(found)) return found
  const account = found.right
  return readingLedger(place, async ({ ledger, vault }) => {
    const story = ledgerResult(await readStory(ledger, vault, account, { asOf: null, happenedBy: null, now }))
    if (E.isLeft(story)) return story
    if (story.right === null) return notFound(`${nameOf(place)} has no events about the account ${account}`)
    const { account: folded, decisions, events, texts } = story.right
    const decision = decisions.get(decisionId)
    if (decision === undefined) {
      return notFound(`${nameOf(place)} has no decision ${decisionId} on the account ${account}`)
    }
    const rulesetNamed = ledgerResult(await readRulesets(ledger, vault, refsOf(decision, folded)))
    if (E.isLeft(rulesetNamed)) return rulesetNamed
    return E.right(
      ownerStatementOf({
        decision,
        account: folded,
        events,
        textOf: (event) => texts.get(identityOf(event)),
        rulesetNamed: rulesetNamed.right,
        howToAppeal,
        at: now,
      }),
    )
  })
}
