import { atTime, DAY, HOUR, MINUTE } from '../calendar.ts'
import { nothingWrong } from '../corrections.ts'
import { caughtAndJudged, grumble } from '../habits.ts'
import { noMistakes, type Persona, type Scenario } from '../persona.ts'
import { findings } from '../services/findings.ts'

/** When the waves began, with the hours that each lasted: at night, on a holiday, days after a new version. */
const waves = [
  { at: atTime('2025-03-19T02:10:00Z'), hours: 2 },
  { at: atTime('2025-04-04T17:30:00Z'), hours: 1 },
  { at: atTime('2025-04-20T09:00:00Z'), hours: 4 },
  { at: atTime('2025-04-30T22:45:00Z'), hours: 1 },
  { at: atTime('2025-05-11T12:00:00Z'), hours: 3 },
]

/** One account of a farm: opened for the wave, and deactivated within minutes of its first links. */
const waveSpammer: Persona = {
  name: 'wave-spammer',
  accounts: 1,
  share: 150,
  play: ({ random, turn, open }) => {
    const wave = waves[turn % waves.length]
    if (wave === undefined) throw new RangeError('no such wave')
    const age = Math.floor((atTime('2025-03-10T00:00:00Z') - wave.at) / DAY) + random.between(2, 4)
    const account = open({ age })
    const at = wave.at + random.below(wave.hours * HOUR)
    const ban = caughtAndJudged(account, at, [
      findings.linkFarm(random),
      random.chance(800) ? findings.linkFarm(random) : findings.repeatPin(random),
      findings.linkFarm(random),
    ])
    if (ban !== null && random.chance(100)) grumble(account, ban)
    if (ban === null) caughtAndJudged(account, at + 10 * MINUTE, [findings.linkFarm(random)])
  },
}

export const spamWaves: Scenario = {
  name: 'spam-waves',
  says: 'farms of hundreds of accounts post at once, and are rightly deactivated',
  mistakes: noMistakes,
  wrongEvidence: nothingWrong,
  faulty: [],
  personas: [waveSpammer],
}
