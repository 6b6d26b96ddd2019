import { DAY, HOUR, lastPost, start, wakingMoment } from '../calendar.ts'
import { nothingWrong } from '../corrections.ts'
import { browse, caughtAndJudged, grumble } from '../habits.ts'
import { noMistakes, type Persona, type Scenario } from '../persona.ts'
import { incident } from '../rulesets.ts'
import { overlook } from '../services/detection.ts'
import { findings } from '../services/findings.ts'

/** Posts adult content that only the lower threshold reaches: not flagged before, and rightly flagged since. */
const belowTheOldThreshold: Persona = {
  name: 'below-the-old-threshold',
  accounts: 1,
  share: 40,
  play: ({ random, open }) => {
    const account = open()
    const before = wakingMoment(random, start + DAY, incident.from - HOUR, account.zone)
    browse(account, random.below(7), start, before)
    overlook(account, before, findings.explicitByTighter(random))
    if (random.chance(500)) return
    const after = wakingMoment(random, incident.from + HOUR, lastPost - 3 * DAY, account.zone)
    const found = Array.from({ length: random.between(1, 3) }, () => findings.explicitByTighter(random))
    const ban = caughtAndJudged(account, after, found)
    if (ban !== null) grumble(account, ban)
  },
}

export const expectedTightening: Scenario = {
  name: 'expected-tightening',
  says: 'a version rightly lowers a threshold from 0.97 to 0.93: many more flags, and all of them right',
  mistakes: noMistakes,
  change: 'tighter threshold',
  wrongEvidence: nothingWrong,
  faulty: [],
  personas: [belowTheOldThreshold],
}
