import * as E from '#fp/Either'
import { describeLedgerError } from '../../ledger/port.ts'
import type { OwnerStatement } from '../../reports/statements/owner/codec.ts'
import { readRulesets } from '../../reports/statements/owner/rulesets.ts'
import { refsOf, tellOwner } from '../../reports/statements/owner/tell.ts'
import { readStory } from '../account/read-story.ts'
import { identityOf } from '../account/story.ts'
import { type AppError, failed, notFound } from '../error.ts'
import { type LedgerPlace, nameOf, readingLedger } from '../stores.ts'
import { accountOfDecision } from './account-of.ts'

export type StatementOptions = LedgerPlace & {
  readonly decisionId: string
  /** Whose decision it is; null: looked up in what is projected. */
  readonly account: string | null
  /** Where to appeal, by when, and who decides; null: the statement does not say. */
  readonly howToAppeal: string | null
  /** The moment that it is told at, in ms. */
  readonly now: number
}

/** Tells an account's owner what was done by one decision, why, and what happened since. */
export const tellStatement = async ({
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
    const story = await readStory(ledger, vault, account, { asOf: null, happenedBy: null, now })
    if (E.isLeft(story)) return failed(describeLedgerError(story.left))
    if (story.right === null) return notFound(`${nameOf(place)} holds nothing about an account ${account}`)
    const { account: folded, decisions, events, texts } = story.right
    const decision = decisions.get(decisionId)
    if (decision === undefined) {
      return notFound(`${nameOf(place)} holds no decision ${decisionId} on the account ${account}`)
    }
    const rulesetNamed = await readRulesets(ledger, vault, refsOf(decision, folded))
    if (E.isLeft(rulesetNamed)) return failed(describeLedgerError(rulesetNamed.left))
    return E.right(
      tellOwner({
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
