import type { SimulatedAccount } from '../account.ts'
import { atTime, MINUTE, period, SECOND, wakingMoment } from '../calendar.ts'
import { browse, liveWith } from '../habits.ts'
import { noMistakes, type Persona, type Scenario } from '../persona.ts'
import { enforce, latency } from '../services/deactivation.ts'
import { newContent, raise } from '../services/detection.ts'
import { services } from '../services/directory.ts'
import { findings } from '../services/findings.ts'

/** When the scanner sent its flags with the account of the message before. */
const hours = { from: atTime('2025-05-07T08:20:00Z'), to: atTime('2025-05-07T14:50:00Z') }

/** The flags whose content is another account's. */
const OTHERS = 'other-accounts-content'

const duringIt = ({ random, zone }: SimulatedAccount): number =>
  wakingMoment(random, hours.from, hours.to - 10 * MINUTE, zone)

/** Pins that were posted again and again by `owner`, flagged within minutes at an account; returns when the last one was. */
const flagPinsOf = (
  owner: SimulatedAccount,
  account: SimulatedAccount,
  count: number,
  at: number,
): number => {
  const { random } = account
  let last = at
  for (let i = 0; i < count; i++) {
    last += random.between(2 * SECOND, 40 * SECOND)
    const content = newContent(owner, last)
    const finding =
      owner === account
        ? findings.repeatPin(random)
        : { ...findings.repeatPin(random, 'falls'), listedIn: OTHERS }
    raise(account, last, finding, { content, owner: owner.id })
  }
  return last
}

const judged = (account: SimulatedAccount, at: number, posts: number): void =>
  liveWith(account, enforce(account, at + latency(account)), account.random.below(posts))

/** Banned for the pins of whoever came before; nothing happens to that one. */
const victim: Persona = {
  name: 'flagged-for-the-one-before',
  accounts: 2,
  share: 50,
  play: ({ random, open }) => {
    const account = open()
    const spammer = open()
    browse(spammer, random.below(6))
    judged(account, flagPinsOf(spammer, account, random.between(3, 5), duringIt(account)), 14)
  },
}

/** Spammers themselves, whose own pins are enough. */
const spammer: Persona = {
  name: 'spammer-flagged-for-the-one-before',
  accounts: 2,
  share: 20,
  play: ({ random, open }) => {
    const account = open()
    const other = open()
    browse(other, random.below(6))
    const own = flagPinsOf(account, account, random.between(3, 4), duringIt(account))
    judged(account, flagPinsOf(other, account, random.between(1, 2), own + MINUTE), 8)
  },
}

export const ownerMismatch: Scenario = {
  name: 'owner-mismatch',
  says: "for some hours, a detector puts flags on other people's accounts, and names the owners of what it flags",
  mistakes: noMistakes,
  faulty: [{ source: services.scanner.source, ...period(hours.from, hours.to) }],
  wrongEvidence: { withdrawals: [{ id: OTHERS, truth: 'false' }] },
  personas: [victim, spammer],
}
