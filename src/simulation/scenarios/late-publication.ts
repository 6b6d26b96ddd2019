import { HOUR, MINUTE, period, start } from '../calendar.ts'
import { nothingWrong } from '../corrections.ts'
import { browse, caughtAndJudged, grumble } from '../habits.ts'
import { noMistakes, type Persona, type Scenario } from '../persona.ts'
import { incident, rulesetId, versionAt } from '../rulesets.ts'
import { findings } from '../services/findings.ts'

/** When the version that the services had followed since the morning was published. */
const publishedAt = incident.from + 6 * HOUR

/** Rightly caught under a version that was not published yet. */
const caughtBefore: Persona = {
  name: 'caught-before-publication',
  accounts: 1,
  share: 20,
  play: ({ random, open }) => {
    const account = open()
    browse(account, random.below(7), start, incident.from)
    const at = random.between(incident.from + MINUTE, publishedAt - 30 * MINUTE)
    const found = Array.from({ length: random.between(1, 2) }, () => findings.explicit(random))
    const ban = caughtAndJudged(account, at, found)
    if (ban !== null) grumble(account, ban)
  },
}

export const latePublication: Scenario = {
  name: 'late-publication',
  says: 'the services follow a version for six hours before it is published; everything they do is right',
  mistakes: noMistakes,
  publishedLate: publishedAt,
  wrongEvidence: nothingWrong,
  faulty: [{ ruleset: rulesetId, version: versionAt(incident.from), ...period(incident.from, publishedAt) }],
  personas: [caughtBefore],
}
