import { type Account, foldAccount } from '../../../domain/account.ts'
import { appealed } from '../../../domain/appeal.ts'
import type { StoredEvent } from '../../../domain/event.ts'
import { compareUtf8 } from '../../../domain/order.ts'
import { standingOf, stateAt } from '../../../domain/standing.ts'
import { imagined } from './imagined.ts'
import type { AccountPlan, Standing } from './model.ts'

/** What is asked for on an account. */
export type Asked = Pick<AccountPlan, 'account' | 'decisions' | 'flags'>

/** When a state is looked at (ms), and how many strikes a flag gave. */
export type EffectsAsOf = {
  readonly at: number
  readonly strikesOf: (raised: StoredEvent<'flag.raised.v1'>) => number
}

/** What an account becomes by what is asked for: folded as recorded, and again with the reversals imagined. Pure. */
export const effectsOf = (
  events: ReadonlyArray<StoredEvent>,
  asked: Asked,
  { at, strikesOf }: EffectsAsOf,
): AccountPlan['effects'] => {
  const before = foldAccount(events)
  const reversals = imagined(asked, at)
  const after = reversals.length === 0 ? before : foldAccount([...events, ...reversals])
  const stood = new Set(
    before.flags.flatMap(({ raised, voided }) => (voided === null ? raised.data.flagId : [])),
  )
  const voided = after.flags.filter((flag) => flag.voided !== null && stood.has(flag.raised.data.flagId))
  return {
    before: standing(before, at),
    after: standing(after, at),
    strikePoints: voided.reduce((sum, { raised }) => sum + strikesOf(raised), 0),
    appealIds: mootAppeals(before, asked.decisions),
  }
}

const standing = (account: Account, at: number): Standing => {
  const state = stateAt(account, at)
  return {
    status: state.status,
    heldBy: state.status === 'active' ? [] : state.heldBy.map(({ decisionId }) => decisionId),
    removed: account.decisions
      .filter((decision) => decision.kind === 'removal' && standingOf(decision, at) === 'holds')
      .map(({ decisionId }) => decisionId),
  }
}

/** The open appeals against decisions that are reversed, sorted. */
export const mootAppeals = (
  { appeals }: Pick<Account, 'appeals'>,
  decisions: Asked['decisions'],
): ReadonlyArray<string> => {
  const reversed = new Set(
    decisions.filter(({ kind }) => kind !== 'change').map(({ decisionId }) => decisionId),
  )
  return appeals
    .flatMap((appeal) =>
      appeal.status === 'open' && reversed.has(appealed(appeal)) ? appeal.filed.data.appealId : [],
    )
    .sort(compareUtf8)
}
