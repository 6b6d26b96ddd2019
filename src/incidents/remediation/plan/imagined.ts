import type { StoredEvent } from '../../../domain/event.ts'
import { formatInstant } from '../../../domain/time.ts'
import type { AccountPlan, PlannedDecision } from './model.ts'

type Reversing = 'account.reinstated.v1' | 'content.restored.v1' | 'decision.changed.v1' | 'flag.dismissed.v1'

/** The events by which services would carry out what is asked for on an account: as if all of it happened just after a moment (ms). */
export const imagined = (
  { account, decisions, flags }: Pick<AccountPlan, 'account' | 'decisions' | 'flags'>,
  at: number,
): ReadonlyArray<StoredEvent> => {
  // After everything at that moment: the last change of a decision counts.
  const time = formatInstant(at + 1)
  const events: StoredEvent[] = []
  const add = (type: Reversing, data: object): void => {
    const id = `imagined-${events.length}`
    const envelope = { specversion: '1.0', id, source: '/redress/imagined', subject: account }
    // Cast: the ids in it were decoded before, and the fold reads nothing else of it.
    events.push({ ...envelope, type, time, recordedat: time, data } as unknown as StoredEvent)
  }
  const reversal = (reversed: ReadonlyArray<PlannedDecision>) => ({
    decisionIds: reversed.map(({ decisionId }) => decisionId),
    reason: 'correction',
    flagsVoided: [...new Set(reversed.flatMap(({ flagsVoided }) => flagsVoided))],
  })
  const ofAccount = decisions.filter(({ kind }) => kind === 'account')
  if (ofAccount.length > 0) add('account.reinstated.v1', reversal(ofAccount))
  for (const decision of decisions) {
    const { kind, content, decisionId, to } = decision
    if (kind === 'content') add('content.restored.v1', { ...reversal([decision]), content })
    if (kind === 'change') add('decision.changed.v1', { decisionId, restriction: to, reason: 'correction' })
  }
  for (const flagId of flags)
    add('flag.dismissed.v1', { flagId, reviewer: { kind: 'automated', id: 'redress' } })
  return events
}
