import type { SimulatedAccount, SimulatedDecision, SimulatedFlag } from './account.ts'
import { DAY, HOUR, lastPost, MINUTE, SECOND, start, wakingMoments } from './calendar.ts'
import { incident } from './rulesets.ts'
import { answerAppeal, appeal, hesitation, reverse } from './services/appeals.ts'
import { type Enforcing, enforce, latency } from './services/deactivation.ts'
import { evaluate, raise } from './services/detection.ts'
import type { SimulatedFinding } from './services/findings.ts'
import { remove } from './services/removal.ts'

/** A harmless person's posts between two instants, each evaluated. */
export const browse = (
  account: SimulatedAccount,
  posts: number,
  from: number = start,
  to: number = lastPost,
): void => {
  const since = Math.max(from, account.bornAt)
  if (since >= to) return
  for (const at of wakingMoments(account.random, posts, since, to, account.zone)) evaluate(account, at)
}

/** A post is caught: a flag, and the content removed if the rule says so. */
export const caught = (account: SimulatedAccount, at: number, finding: SimulatedFinding): SimulatedFlag => {
  const flag = raise(account, at, finding)
  if (flag.removes) remove(account, flag.at + account.random.between(SECOND, 90 * SECOND), flag)
  return flag
}

/** Several posts are caught within minutes, and then the deactivation service looks at the account. */
export const caughtAndJudged = (
  account: SimulatedAccount,
  at: number,
  found: ReadonlyArray<SimulatedFinding>,
  options: Enforcing = {},
): SimulatedDecision | null => {
  let last = at
  for (const finding of found) {
    last = caught(account, last + account.random.between(SECOND, 40 * SECOND), finding).at
  }
  return enforce(account, last + latency(account), options)
}

/** The removals of content among an account's decisions. */
export const removalsOf = (account: SimulatedAccount): ReadonlyArray<SimulatedDecision> =>
  account.decisions.filter(({ kind }) => kind === 'removal')

/** What people do whose account was rightly deactivated: some appeal, mostly without success. */
export const grumble = (account: SimulatedAccount, decision: SimulatedDecision): void => {
  const { random } = account
  if (!random.chance(300)) return
  const filedAt = decision.at + hesitation(account)
  const appealId = appeal(account, decision, filedAt)
  if (appealId === null || random.chance(350)) return
  const outcome = random.chance(70) ? 'omitted' : 'upheld'
  answerAppeal(account, decision, appealId, filedAt + random.between(6 * HOUR, 5 * DAY), outcome)
}

/**
 * What becomes of a person who was wronged: most wait, some are refused, a few are reinstated, by a successful appeal or
 * by the platform itself once it has noticed its mistake. Returns the instant when they are back, or null.
 */
const beWronged = (account: SimulatedAccount, decision: SimulatedDecision): number | null => {
  const { random } = account
  const fate = random.below(1000)
  if (fate < 250) return null
  if (fate >= 880) return correctLater(account, decision)
  const filedAt = decision.at + hesitation(account)
  const appealId = appeal(account, decision, filedAt)
  if (appealId === null) return null
  if (fate < 560) {
    if (random.chance(250)) appeal(account, decision, filedAt + random.between(DAY, 6 * DAY))
    return null
  }
  const decidedAt = filedAt + random.between(12 * HOUR, 8 * DAY)
  if (fate < 780) {
    const refused = answerAppeal(account, decision, appealId, decidedAt, fate < 740 ? 'upheld' : 'omitted')
    if (refused && random.chance(300)) appeal(account, decision, decidedAt + random.between(HOUR, 3 * DAY))
    return null
  }
  // If the simulation ended between an answer and its consequence, the promise would be broken by accident.
  const backAt = decidedAt + random.between(MINUTE, 5 * HOUR)
  if (backAt > lastPost || !answerAppeal(account, decision, appealId, decidedAt, 'reversed')) return null
  return reverseWithContent(account, decision, backAt, 'appeal')
}

/** From the day on which the error was understood, the platform reinstates some people on its own initiative. */
const correctLater = (account: SimulatedAccount, decision: SimulatedDecision): number | null => {
  const at = Math.max(incident.to, decision.at) + account.random.between(3 * HOUR, 4 * DAY)
  if (at > lastPost) return null
  return reverseWithContent(account, decision, at, 'correction')
}

/** A reinstatement, usually with the removed content. */
const reverseWithContent = (
  account: SimulatedAccount,
  decision: SimulatedDecision,
  at: number,
  reason: 'appeal' | 'correction',
): number => {
  const wrong = decision.grounds.filter(({ standing }) => standing === 'falls')
  reverse(account, decision, at, reason, reason === 'correction' ? wrong : undefined)
  for (const removal of removalsOf(account)) {
    if (removal.warranted === 'no' && removal.reversedAt === null && account.random.chance(750)) {
      reverse(account, removal, at + account.random.between(SECOND, 5 * MINUTE), reason)
    }
  }
  return at
}

/** The whole time of a person who was wronged: before, the ban, what became of it, and after. */
export const liveWith = (account: SimulatedAccount, ban: SimulatedDecision | null, posts: number): void => {
  if (ban === null) {
    browse(account, posts)
    return
  }
  const before = Math.max(start, account.bornAt)
  browse(account, posts, before, Math.max(before + HOUR, Math.min(...account.flags.map(({ at }) => at))))
  const back = ban.warranted === 'yes' ? null : beWronged(account, ban)
  if (ban.warranted === 'yes') grumble(account, ban)
  if (back !== null) browse(account, account.random.below(1 + posts), back)
}
