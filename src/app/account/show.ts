import * as E from '#fp/Either'
import { type AppError, notFound } from '../error.ts'
import { ledgerResult } from '../results.ts'
import { type LedgerPlace, nameOf, readingLedger } from '../stores.ts'
import { type Moment, readStory } from './read-story.ts'
import type { Story } from './story.ts'

export type ShowOptions = LedgerPlace & { readonly account: string; readonly moment: Moment }

/** An account's state at a moment, and its whole story until then. */
export const showAccount = ({ account, moment, ...place }: ShowOptions): Promise<E.Either<AppError, Story>> =>
  readingLedger(place, async ({ ledger, vault }) => {
    const story = ledgerResult(await readStory(ledger, vault, account, moment))
    if (E.isLeft(story)) return story
    return story.right === null
      ? notFound(`${nameOf(place)} has no events about the account ${account}`)
      : E.right(story.right)
  })
