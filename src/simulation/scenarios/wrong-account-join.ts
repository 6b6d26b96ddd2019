import type { FlagTruth, SimulatedAccount } from '../account.ts'
import { atTime, HOUR, MINUTE, period, SECOND, wakingMoment } from '../calendar.ts'
import { browse, liveWith } from '../habits.ts'
import { noMistakes, type Persona, type Scenario } from '../persona.ts'
import { enforce, latency } from '../services/deactivation.ts'
import { newContent, raise } from '../services/detection.ts'
import { services } from '../services/directory.ts'
import { findings } from '../services/findings.ts'

/** When the pipeline joined findings to the wrong accounts. */
const hours = { from: atTime('2025-04-16T05:00:00Z'), to: atTime('2025-04-16T19:00:00Z') }

/** Flags that the join's log shows to be about another account's pins. */
const MOVED = 'joined-to-the-wrong-account'
/** Flags of a worker whose log is lost: they may be about another's pins, or not. */
const NO_LOG = 'no-log-of-the-join'

const duringTheJoin = ({ random, zone }: SimulatedAccount): number =>
  wakingMoment(random, hours.from, hours.to - HOUR, zone)

/**
 * A number of pins posted again and again, flagged within minutes; `owner` is whose they are. The detector says that they are
 * the flagged account's: it knows that from the same join.
 */
const flagPins = (
  account: SimulatedAccount,
  count: number,
  at: number,
  { owner = account, standing = 'holds' }: { owner?: SimulatedAccount; standing?: FlagTruth } = {},
): number => {
  const { random } = account
  let last = at
  for (let i = 0; i < count; i++) {
    last += random.between(2 * SECOND, 40 * SECOND)
    const finding = {
      ...findings.repeatPin(random, standing),
      ...(standing === 'falls' ? { listedIn: MOVED } : {}),
      ...(standing === 'unclear' ? { listedIn: NO_LOG, awaitsRescoring: true } : {}),
    }
    raise(account, last, finding, { content: newContent(owner, last) })
  }
  return last
}

const judged = (account: SimulatedAccount, at: number, posts: number): void =>
  liveWith(account, enforce(account, at + latency(account)), account.random.below(posts))

/** Banned for a spammer's pins; nothing is recorded about the spammer. */
const victim: Persona = {
  name: 'flagged-for-a-stranger',
  accounts: 2,
  share: 60,
  play: ({ random, open }) => {
    const account = open()
    const stranger = open()
    const at = duringTheJoin(account)
    browse(stranger, random.below(6))
    judged(account, flagPins(account, random.between(3, 5), at, { owner: stranger, standing: 'falls' }), 14)
  },
}

/** Spammers themselves: what they did is enough without the stranger's pins, or not quite. */
const spammer: Persona = {
  name: 'spammer-flagged-for-a-stranger',
  accounts: 2,
  share: 24,
  play: ({ random, turn, open }) => {
    const account = open()
    const stranger = open()
    const own = turn % 3 === 2 ? random.between(1, 2) : random.between(3, 4)
    const at = flagPins(account, own, duringTheJoin(account))
    browse(stranger, random.below(6))
    const foreign = random.between(1, 3)
    judged(account, flagPins(account, foreign, at + MINUTE, { owner: stranger, standing: 'falls' }), 8)
  },
}

/** Nobody knows whose pins they were. Some spammed enough otherwise. */
const noLog: Persona = {
  name: 'flagged-without-a-log',
  accounts: 1,
  share: 20,
  play: ({ random, turn, open }) => {
    const account = open()
    const at = flagPins(account, turn % 3 === 1 ? 3 : 0, duringTheJoin(account))
    judged(account, flagPins(account, random.between(3, 4), at, { standing: 'unclear' }), 10)
  },
}

/** In the same hours, by workers that joined rightly. */
const rightlyJoined: Persona = {
  name: 'joined-rightly',
  accounts: 1,
  share: 15,
  play: ({ random, open }) => {
    const account = open()
    judged(account, flagPins(account, random.between(3, 5), duringTheJoin(account)), 8)
  },
}

export const wrongAccountJoin: Scenario = {
  name: 'wrong-account-join',
  says: "for some hours, a pipeline puts flags on other people's accounts; part of its log is lost",
  mistakes: noMistakes,
  faulty: [{ source: services.scanner.source, ...period(hours.from, hours.to) }],
  wrongEvidence: {
    withdrawals: [
      { id: MOVED, truth: 'false' },
      { id: NO_LOG, truth: 'unknown' },
    ],
  },
  personas: [victim, spammer, noLog, rightlyJoined],
}
