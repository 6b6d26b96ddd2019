import type { IncomingEvent } from '../../src/domain/event.ts'
import { service } from '../replay/histories.ts'
import { DAY, event } from './health/looking.ts'

/** Three decisions whose SHA-256 is in the lowest 2 %, and one whose is not: see `audit-sample.test.ts`. */
export const sampled = ['d-12', 'd-56', 'd-189'] as const
export const outsideSample = 'd-13'

/** A ban on 11 March based on a flag by a rule, and what audits say of it, day by day from the 13th. */
export const audited = (
  decisionId: string,
  rule: string,
  ...verdicts: ReadonlyArray<string>
): ReadonlyArray<IncomingEvent> => {
  const account = `a-${decisionId}`
  return [
    service.flagged(account, 10 * DAY, { flagId: `f-${decisionId}`, rule: { id: rule } }),
    service.banned(account, 10 * DAY + 1, { decisionId, grounds: [`f-${decisionId}`] }),
    ...verdicts.map((verdict, i) =>
      event('decision.audited.v1', account, 12 + i, {
        decisionId,
        verdict,
        reviewer: { kind: 'human', id: 'reviewer-1' },
      }),
    ),
  ]
}
