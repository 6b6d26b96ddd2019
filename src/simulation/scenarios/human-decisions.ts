import { DAY, HOUR, lastPost, MINUTE, start, wakingMoment } from '../calendar.ts'
import { browse, caught, caughtAndJudged, grumble } from '../habits.ts'
import { noMistakes, type Persona, type Scenario } from '../persona.ts'
import { incident, mistypedRule } from '../rulesets.ts'
import { appeal, hesitation } from '../services/appeals.ts'
import { deactivate, latency } from '../services/deactivation.ts'
import { dismiss, raise } from '../services/detection.ts'
import { findings, some } from '../services/findings.ts'
import { remove } from '../services/removal.ts'
import { duringIncident } from './threshold-typo.ts'

/** A person banned them on wrong scores. No replay overrules a person: another must review it. */
const shownTheWrong: Persona = {
  name: 'shown-the-wrong',
  accounts: 1,
  share: 40,
  play: ({ random, open }) => {
    const account = open()
    const at = duringIncident(random, account.zone, incident.to - 3 * DAY)
    browse(account, random.below(14), start, at)
    const grounds = [
      caught(account, at, findings.mistyped(random)),
      caught(
        account,
        at + MINUTE,
        random.chance(300) ? findings.explicit(random) : findings.mistyped(random),
      ),
    ]
    const restriction = random.chance(150) ? 'terminated' : 'suspended'
    const decidedAt = at + random.between(HOUR, 2 * DAY)
    const ban = deactivate(account, decidedAt, { restriction, grounds, human: true })
    if (ban !== null && random.chance(500)) appeal(account, ban, ban.at + hesitation(account))
  },
}

/** One pin that a person took down on a wrong score. */
const pinShownWrong: Persona = {
  name: 'pin-shown-wrong',
  accounts: 1,
  share: 20,
  play: ({ random, open }) => {
    const account = open()
    browse(account, random.below(14))
    const flag = raise(account, duringIncident(random, account.zone), findings.mistyped(random))
    remove(account, flag.at + random.between(10 * MINUTE, 20 * HOUR), flag, { human: true })
  },
}

/** Banned by mistake, then confirmed by a person without giving a reason: both need human review. */
const confirmed: Persona = {
  name: 'confirmed-without-why',
  accounts: 1,
  share: 14,
  play: ({ random, open }) => {
    const account = open()
    const at = duringIncident(random, account.zone, incident.to - 3 * DAY)
    browse(account, random.below(10), start, at)
    const ban = caughtAndJudged(account, at, some(random, 2, findings.mistyped))
    if (ban === null) return
    const confirmedAt = ban.at + random.between(HOUR, 2 * DAY)
    deactivate(account, confirmedAt, { restriction: 'suspended', grounds: [], human: true })
  },
}

/** A person decided on flags that hold; some recorded no grounds, and nothing earlier contradicts it. */
const sound: Persona = {
  name: 'sound-human-decision',
  accounts: 1,
  share: 24,
  play: ({ random, turn, open }) => {
    const account = open()
    const at = wakingMoment(random, start + DAY, lastPost - 4 * DAY, account.zone)
    browse(account, random.below(8), start, at)
    const find = [findings.explicit, findings.harassment, findings.reviewersWord][turn % 3]
    const grounds = find === undefined || turn % 4 === 3 ? [] : [raise(account, at, find(random))]
    const ban = deactivate(account, at + random.between(HOUR, 2 * DAY), {
      restriction: 'suspended',
      grounds,
      human: true,
    })
    if (ban !== null) grumble(account, ban)
  },
}

/** The person's ground had been dismissed the day before. */
const onDismissed: Persona = {
  name: 'human-on-dismissed',
  accounts: 1,
  share: 8,
  play: ({ random, open }) => {
    const account = open()
    const at = wakingMoment(random, start + DAY, lastPost - 5 * DAY, account.zone)
    browse(account, random.below(8), start, at)
    const flag = raise(account, at, findings.explicit(random))
    dismiss(account, flag, flag.at + random.between(HOUR, 20 * HOUR))
    deactivate(account, flag.at + random.between(DAY, 3 * DAY), {
      restriction: 'suspended',
      grounds: [flag],
      human: true,
    })
  },
}

/** The service banned them on a reviewer's word that no rule counts. */
const reviewersWord: Persona = {
  name: 'on-a-reviewers-word',
  accounts: 1,
  share: 8,
  play: ({ random, open }) => {
    const account = open()
    const at = wakingMoment(random, start + DAY, lastPost - DAY, account.zone)
    browse(account, random.below(8), start, at)
    const flag = raise(account, at, findings.reviewersWord(random))
    deactivate(account, flag.at + latency(account), {
      restriction: 'suspended',
      grounds: [flag],
      recordLost: true,
    })
  },
}

export const humanDecisions: Scenario = {
  name: 'human-decisions',
  says: 'people decided on wrong flags: nothing is reversed without human review',
  mistakes: { ...noMistakes, typo: true },
  faulty: [mistypedRule],
  personas: [shownTheWrong, pinShownWrong, confirmed, sound, onDismissed, reviewersWord],
}
