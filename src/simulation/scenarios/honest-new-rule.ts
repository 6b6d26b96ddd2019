import { DAY, HOUR, lastPost, MINUTE, start, wakingMoment } from '../calendar.ts'
import { nothingWrong } from '../corrections.ts'
import { browse, caughtAndJudged, grumble } from '../habits.ts'
import { noMistakes, type Persona, type Scenario } from '../persona.ts'
import { incident, redirectsRecordedFrom } from '../rulesets.ts'
import { overlook } from '../services/detection.ts'
import { findings } from '../services/findings.ts'

/** Posts links that lead on and on: recorded for a week without a rule, and rightly flagged since. */
const redirector: Persona = {
  name: 'redirector',
  accounts: 1,
  share: 40,
  play: ({ random, turn, open }) => {
    const account = open()
    const before = wakingMoment(random, redirectsRecordedFrom + HOUR, incident.from - HOUR, account.zone)
    browse(account, random.below(7), start, before)
    for (let i = random.between(1, 3); i > 0; i--) {
      overlook(account, before + i * MINUTE, findings.redirects(random))
    }
    if (turn % 2 === 1) return
    const after = wakingMoment(random, incident.from + HOUR, lastPost - 3 * DAY, account.zone)
    const found = Array.from({ length: random.between(1, 4) }, () => findings.redirects(random))
    const ban = caughtAndJudged(account, after, found)
    if (ban !== null) grumble(account, ban)
  },
}

export const honestNewRule: Scenario = {
  name: 'honest-new-rule',
  says: 'a version rightly adds a rule, which no earlier version has',
  mistakes: noMistakes,
  change: 'new rule',
  wrongEvidence: nothingWrong,
  faulty: [],
  personas: [redirector],
}
