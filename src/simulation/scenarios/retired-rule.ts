import { DAY, lastPost, period, start, wakingMoment } from '../calendar.ts'
import { browse, caught, caughtAndJudged, liveWith } from '../habits.ts'
import { noMistakes, type Persona, type Scenario } from '../persona.ts'
import { rulesetId } from '../rulesets.ts'
import { findings } from '../services/findings.ts'

/** Sells or shares their own patterns, which the rule took for counterfeits. */
const patternSeller: Persona = {
  name: 'pattern-seller',
  accounts: 1,
  share: 55,
  play: ({ random, open }) => {
    const account = open()
    const at = wakingMoment(random, start + DAY, lastPost - 3 * DAY, account.zone)
    const found = Array.from({ length: random.between(2, 3) }, () => findings.patternResale(random, 'falls'))
    liveWith(account, caughtAndJudged(account, at, found), random.below(14))
  },
}

const patternPin: Persona = {
  name: 'pattern-pin',
  accounts: 1,
  share: 25,
  play: ({ random, open }) => {
    const account = open()
    browse(account, random.below(14))
    caught(
      account,
      wakingMoment(random, start, lastPost, account.zone),
      findings.patternResale(random, 'falls'),
    )
  },
}

/** The rule is dropped, but what remains is enough. */
const carriedByOthers: Persona = {
  name: 'carried-by-others',
  accounts: 1,
  share: 15,
  play: ({ random, turn, open }) => {
    const account = open()
    const at = wakingMoment(random, start + DAY, lastPost - 3 * DAY, account.zone)
    const own = [findings.explicit(random), ...(turn % 3 === 0 ? [] : [findings.repeatPin(random)])]
    const ban = caughtAndJudged(account, at, [findings.patternResale(random, 'falls'), ...own])
    liveWith(account, ban, random.below(8))
  },
}

export const retiredRule: Scenario = {
  name: 'retired-rule',
  says: 'a rule should never have existed; the corrected rules drop it',
  mistakes: { ...noMistakes, patternRule: true },
  faulty: [{ ruleset: rulesetId, rule: 'goods.pattern_resale', ...period(start, null) }],
  personas: [patternSeller, patternPin, carriedByOthers],
}
