import type { AppealOutcome, ReversalReason } from '../../domain/parts.ts'
import {
  newId,
  publish,
  type SimulatedAccount,
  type SimulatedDecision,
  type SimulatedFlag,
} from '../account.ts'
import { DAY, formatTime, HOUR, MINUTE, SECOND } from '../calendar.ts'
import { answerText, guiltyAppeal, innocentAppeal } from '../words/appeals.ts'
import { services } from './directory.ts'

/** The owner appeals against a decision; null if the simulation ends first. */
export const appeal = (account: SimulatedAccount, decision: SimulatedDecision, at: number): string | null => {
  const { random, language, theme } = account
  const appealId = newId(account, 'a')
  const write = decision.warranted === 'yes' && decision.judged ? guiltyAppeal : innocentAppeal
  const silent = random.chance(60)
  const text = write(random, language, theme)
  const happened = publish(account, services.appeals, 'appeal.filed.v1', at, {
    appealId,
    decisionId: decision.id,
    ...(silent ? {} : { personal: { text } }),
  })
  return happened ? appealId : null
}

/** The platform answers an appeal; returns whether it did before the simulation's end. */
export const answerAppeal = (
  account: SimulatedAccount,
  decision: SimulatedDecision,
  appealId: string,
  at: number,
  outcome: AppealOutcome,
): boolean => {
  const { random } = account
  const automated = outcome === 'upheld' && random.chance(500)
  const happened = publish(account, services.appeals, 'appeal.decided.v1', at, {
    appealId,
    decisionId: decision.id,
    outcome,
    reviewer: automated
      ? { kind: 'automated', id: 'appeal-triage' }
      : { kind: 'human', id: `reviewer-${random.between(41, 60)}` },
    ...(automated ? {} : { reasons: [`${outcome}.${random.between(1, 4)}`] }),
    personal: { text: answerText(random, outcome) },
  })
  if (happened && outcome === 'reversed') {
    decision.appealWon = true
    spend(account, decision.grounds, at)
  }
  if (happened && outcome === 'modified') decision.changeOwed = true
  return happened
}

/** A flag whose decision was reversed no longer counts; applies only to the account's own flags. */
const spend = (account: SimulatedAccount, flags: ReadonlyArray<SimulatedFlag>, at: number): void => {
  for (const flag of flags) if (flag.account === account.id) flag.voidedAt ??= at
}

/**
 * Reverses decisions. With `voided`, only those flags are spent; without it, the grounds of the decisions are, unless a
 * suspension merely ended.
 */
export const reverse = (
  account: SimulatedAccount,
  decision: SimulatedDecision,
  at: number,
  reason: ReversalReason,
  voided?: ReadonlyArray<SimulatedFlag>,
): boolean => {
  const data = {
    decisionIds: [decision.id],
    reason,
    ...(voided === undefined ? {} : { flagsVoided: voided.map(({ id }) => id) }),
  }
  const happened =
    decision.kind === 'deactivation'
      ? publish(account, services.enforcement, 'account.reinstated.v1', at, data)
      : publish(account, services.removal, 'content.restored.v1', at, {
          ...data,
          ...(decision.content === null ? {} : { content: decision.content }),
        })
  if (!happened) return false
  if (reason === 'expiry') decision.expired = true
  else decision.reversedAt ??= at
  decision.changeOwed = false
  spend(account, voided ?? (reason === 'expiry' ? [] : decision.grounds), at)
  return true
}

/** A suspension ends as it should; the service is seconds late, or fails to report it. */
export const expire = (account: SimulatedAccount, decision: SimulatedDecision): void => {
  const { until } = decision.now
  if (until === null || account.random.chance(80)) return
  reverse(account, decision, until + account.random.between(SECOND, MINUTE), 'expiry')
}

/** Changes a decision: its restriction, its end (null: none). */
export const change = (
  account: SimulatedAccount,
  decision: SimulatedDecision,
  at: number,
  reason: 'appeal' | 'correction' | 'order',
  to: Partial<SimulatedDecision['now']>,
): boolean => {
  const { restriction, until } = to
  const happened = publish(account, services.enforcement, 'decision.changed.v1', at, {
    decisionId: decision.id,
    reason,
    ...(restriction === undefined || restriction === null ? {} : { restriction }),
    ...(until === undefined ? {} : { until: until === null ? null : formatTime('milliseconds', until) }),
  })
  if (!happened) return false
  decision.now = { ...decision.now, ...to }
  decision.changeOwed = false
  return true
}

/** How long people take to appeal. */
export const hesitation = (account: SimulatedAccount): number =>
  account.random.chance(500)
    ? account.random.between(4 * MINUTE, 10 * HOUR)
    : account.random.between(10 * HOUR, 6 * DAY)
