import * as E from '#fp/Either'
import { writeFile } from '../../foundation/files/write-file.ts'
import { jsonText } from '../../foundation/text/json-text.ts'
import { readPlan, type StoredPlan } from '../../incidents/remediation/plan/stored.ts'
import type { LedgerError } from '../../ledger/port.ts'
import type { AppError } from '../error.ts'
import { fileResult, ledgerResult } from '../results.ts'
import { type LedgerPlace, readingLedger } from '../stores.ts'
import { readRemediation } from './read.ts'

export type WritePlanOptions = LedgerPlace & {
  readonly remediationId: string
  /** The file: NDJSON, an account a line, as in the plan. */
  readonly out: string
}

/** Writes a whole plan into a file, and returns how many accounts it has. */
export const writePlan = ({
  remediationId,
  out,
  ...place
}: WritePlanOptions): Promise<E.Either<AppError, number>> =>
  readingLedger(place, async ({ ledger, vault }) => {
    const read = await readRemediation(ledger, remediationId, place)
    if (E.isLeft(read)) return read
    const plan = ledgerResult(await readPlan(vault, read.right.remediation.planned.data.planSha256))
    if (E.isLeft(plan)) return plan
    let accounts = 0
    const count = (): void => {
      accounts++
    }
    try {
      const written = fileResult(await writeFile(out, linesOf(plan.right, count)))
      return E.isLeft(written) ? written : E.right(accounts)
    } catch (error) {
      if (error instanceof Unreadable) return ledgerResult(E.left(error.why))
      throw error
    }
  })

/** Ends the writing of a file whose content cannot be read. */
class Unreadable extends Error {
  readonly why: LedgerError
  constructor(why: LedgerError) {
    super('a part of the plan cannot be read')
    this.why = why
  }
}

async function* linesOf(plan: StoredPlan, onLine: () => void): AsyncGenerator<string> {
  for await (const page of plan.accounts()) {
    if (E.isLeft(page)) throw new Unreadable(page.left)
    for (const account of page.right) {
      onLine()
      yield `${jsonText(account)}\n`
    }
  }
}
