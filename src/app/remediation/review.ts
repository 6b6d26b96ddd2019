import * as E from '#fp/Either'
import { Line } from '../../domain/ids.ts'
import type { Remediation } from '../../domain/remediation.ts'
import type { ForReview } from '../../incidents/remediation/plan/model.ts'
import { readPlan } from '../../incidents/remediation/plan/stored.ts'
import type { WrittenResolution } from '../../incidents/remediation/resolutions-file.ts'
import type { Vault } from '../../ledger/vault/vault.ts'
import { severity } from '../../replay/reference/verdict.ts'
import { type AppError, invalid, refused } from '../error.ts'
import { ledgerResult } from '../results.ts'
import { type LedgerPlace, type RecordingPlace, readingLedger } from '../stores.ts'
import { addingToRemediation, type ReadRemediation, readRemediation, recordSaid } from './read.ts'

/** A row for a person, and how one settled it; null: nobody did. */
export type ReviewRow = ForReview & {
  readonly account: string
  readonly settled: (Pick<WrittenResolution, 'resolution' | 'restriction'> & { readonly by: string }) | null
}

/** Lists the rows of a plan that are for a person. */
export const listReview = ({
  remediationId,
  ...place
}: LedgerPlace & { readonly remediationId: string }): Promise<E.Either<AppError, ReadonlyArray<ReviewRow>>> =>
  readingLedger(place, async ({ ledger, vault }) => {
    const read = await readRemediation(ledger, remediationId, place)
    return E.isLeft(read) ? read : reviewRows(vault, read.right.remediation)
  })

const reviewRows = async (
  vault: Vault,
  { planned, reviewed }: Remediation,
): Promise<E.Either<AppError, ReadonlyArray<ReviewRow>>> => {
  const plan = ledgerResult(await readPlan(vault, planned.data.planSha256))
  if (E.isLeft(plan)) return plan
  const rows: ReviewRow[] = []
  for await (const accounts of plan.right.accounts()) {
    if (E.isLeft(accounts)) return ledgerResult(accounts)
    for (const { account, review } of accounts.right) {
      for (const row of review) rows.push({ account, ...row, settled: reviewed.get(row.decisionId) ?? null })
    }
  }
  return E.right(rows)
}

export type ReviewOptions = RecordingPlace & {
  readonly remediationId: string
  readonly resolutions: ReadonlyArray<WrittenResolution>
  /** Who settles. */
  readonly by: string
}

/** How many rows were settled, and how many were settled so before. */
export type Reviewed = { readonly recorded: number; readonly unchanged: number }

/** Records how a person settles rows that no replay could; nothing if one of them cannot be settled so. The next plan counts them. */
export const review = async ({
  remediationId,
  resolutions,
  by,
  ...place
}: ReviewOptions): Promise<E.Either<AppError, Reviewed>> => {
  if (!Line.is(by)) return invalid(`the name must be ${Line.name}`, 'by')
  return addingToRemediation({ remediationId, ...place }, async ({ ledger, vault }, read) => {
    const { remediation } = read
    const rows = await reviewRows(vault, remediation)
    if (E.isLeft(rows)) return rows
    const known = new Map(rows.right.map((row) => [row.decisionId, row]))
    for (const resolution of resolutions) {
      const why = whyNot(resolution, known.get(resolution.decisionId), read)
      if (why !== null) return refused(why)
    }
    const fresh = resolutions.filter(({ decisionId, resolution, restriction }) => {
      const settled = known.get(decisionId)?.settled
      return settled?.resolution !== resolution || settled.restriction !== restriction
    })
    const said = fresh.map((resolution) => ({
      type: 'remediation.reviewed.v1' as const,
      data: { ...resolution, by },
    }))
    return E.map((): Reviewed => ({ recorded: fresh.length, unchanged: resolutions.length - fresh.length }))(
      await recordSaid(ledger, read, said, place.clock),
    )
  })
}

/** Why a row cannot be settled so; null: it can. */
const whyNot = (
  { decisionId, resolution, restriction }: WrittenResolution,
  row: ReviewRow | undefined,
  { incident, remediation: { remediationId } }: ReadRemediation,
): string | null => {
  if (row === undefined) {
    const earlier = incident.remediations.findLast(({ reviewed }) => reviewed.has(decisionId))
    return (
      `decision ${decisionId} is not a row for a person in ${remediationId}; ` +
      (earlier === undefined
        ? `redress remediation review ${remediationId} lists those`
        : `it was settled in ${earlier.remediationId}, where it can be settled otherwise`)
    )
  }
  if (resolution !== 'change' || severity(restriction ?? null) < severity(row.now)) return null
  return row.kind === 'removal'
    ? `decision ${decisionId} removed content, which is put back or not; it cannot be changed`
    : `decision ${decisionId} is ${row.now} now, and a change makes it milder; keep it, or put it back`
}
