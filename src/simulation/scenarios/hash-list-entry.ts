import { DAY, HOUR, lastPost, MINUTE, period, start, wakingMoment } from '../calendar.ts'
import { browse, caughtAndJudged, grumble, liveWith } from '../habits.ts'
import { noMistakes, type Persona, type Scenario } from '../persona.ts'
import type { Random } from '../random.ts'
import { findings } from '../services/findings.ts'

/** The entry of the hash list that is a harmless picture, shared everywhere. */
const WRONG_ENTRY = 'vm-20417'

const harmless = (random: Random) => findings.matchOf(WRONG_ENTRY, random, 'falls')

const anyDay = (random: Random, zone: number): number =>
  wakingMoment(random, start + DAY, lastPost - 3 * DAY, zone)

/** Pinned the harmless picture, and was terminated at the first match. */
const harmlessMatch: Persona = {
  name: 'harmless-match',
  accounts: 1,
  share: 40,
  play: ({ random, open }) => {
    const account = open()
    const found = random.chance(200) ? [harmless(random), harmless(random)] : [harmless(random)]
    const ban = caughtAndJudged(account, anyDay(random, account.zone), found)
    liveWith(account, ban, random.below(16))
  },
}

/** Other entries of the list are right: whoever matched one stays banned, even after a match of the wrong one. */
const rightEntry: Persona = {
  name: 'right-entry-too',
  accounts: 1,
  share: 20,
  play: ({ random, turn, open }) => {
    const account = open()
    const found =
      turn % 2 === 0 ? [findings.knownMedia(random)] : [harmless(random), findings.knownMedia(random)]
    const ban = caughtAndJudged(account, anyDay(random, account.zone), found)
    if (ban !== null) grumble(account, ban)
  },
}

/** Terminated for the harmless picture and real adult content: what remains is enough for a suspension, or for nothing. */
const otherSins: Persona = {
  name: 'harmless-match-and-other-sins',
  accounts: 1,
  share: 12,
  play: ({ random, turn, open }) => {
    const account = open()
    const own = Array.from({ length: 1 + (turn % 2) }, () => findings.explicit(random))
    const ban = caughtAndJudged(account, anyDay(random, account.zone), [...own, harmless(random)])
    liveWith(account, ban, random.below(8))
  },
}

/**
 * The matcher did not record the entry: it may have been the wrong one, so a person must look, or the matcher again. Some
 * also matched a right entry, which is enough.
 */
const entryNotRecorded: Persona = {
  name: 'entry-not-recorded',
  accounts: 1,
  share: 15,
  play: ({ random, turn, open }) => {
    const account = open()
    const at = anyDay(random, account.zone)
    browse(account, random.below(8), start, at - HOUR)
    const unrecorded = { ...findings.matchOf(null, random, 'unclear'), awaitsRescoring: true }
    const others = turn % 3 === 2 ? [findings.knownMedia(random)] : []
    const ban = caughtAndJudged(account, at + MINUTE, [unrecorded, ...others])
    if (ban !== null && turn % 3 === 0) grumble(account, ban)
  },
}

export const hashListEntry: Scenario = {
  name: 'hash-list-entry',
  says: 'one entry of a hash list is a harmless picture; the rules and all other entries are right',
  mistakes: noMistakes,
  faulty: [{ detector: 'phash', ...period(start, null) }],
  wrongEvidence: {
    signals: { list_entry: 'string' },
    withdrawals: [
      {
        id: 'harmless-picture',
        where: `detector.kind == "hash_match" && signals.list_entry == "${WRONG_ENTRY}"`,
        truth: 'false',
      },
    ],
  },
  personas: [harmlessMatch, rightEntry, otherSins, entryNotRecorded],
}
