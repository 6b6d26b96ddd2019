import * as E from '#fp/Either'
import type { History } from '../../replay/model/history.ts'
import type { Replay } from '../../replay/result/replay.ts'
import type { Row } from '../../replay/result/rows.ts'
import { readStory } from '../account/read-story.ts'
import type { Story } from '../account/story.ts'
import type { AppError } from '../error.ts'
import { ledgerResult } from '../results.ts'
import { readingLedger } from '../stores.ts'

/** The story, at the end of the history, of an account banned by the most harmful bug and waiting for an answer to its appeal. */
export const exampleStory = async (
  result: Replay,
  history: History,
  data: string,
): Promise<E.Either<AppError, Story | null>> => {
  const row = exampleRow(result, history)
  if (row === undefined) return E.right(null)
  const now = history.end ?? Date.parse(row.occurredAt)
  return readingLedger({ data }, async ({ ledger, vault }) => {
    return ledgerResult(await readStory(ledger, vault, row.account, { asOf: null, happenedBy: null, now }))
  })
}

const exampleRow = ({ rows, blame }: Replay, history: History): Row | undefined => {
  const candidates = rows
    .all()
    .filter(({ kind, remedy }) => kind === 'deactivation' && remedy === 'reinstate')
  const cause = blame.find((entry) => entry.cause.kind === 'flags')?.cause
  return (
    candidates.find(({ facts, fallen: [flagId = ''] }) => {
      const flag = history.flags.get(flagId)?.data
      const isTheirs =
        cause?.kind === 'flags' &&
        flag?.rule?.id === cause.rule &&
        flag.ruleset?.version === cause.rulesetVersion
      return isTheirs && facts.includes('appeal_pending')
    }) ?? candidates[0]
  )
}
