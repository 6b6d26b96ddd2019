import * as E from '#fp/Either'
import { decodeIncoming } from '../../src/domain/decode.ts'
import type { IncomingEvent } from '../../src/domain/event.ts'
import type { Correction } from '../../src/replay/correction/correction.ts'
import { parseCorrection } from '../../src/replay/correction/document.ts'
import { type Replay, replay } from '../../src/replay/result/replay.ts'
import type { Row } from '../../src/replay/result/rows.ts'
import type { Simulation } from '../../src/simulation/simulate.ts'
import type { GroundTruth } from '../../src/simulation/truth.ts'
import { correcting, historyOf } from '../replay/histories.ts'
import { eventsOf, type Line } from './simulated.ts'

/** Personal text is not needed to judge, and only a ledger seals it. */
const withoutWords = (line: Line): IncomingEvent => {
  const { personal: _, ...data } = line.data
  const decoded = decodeIncoming({ ...line, data })
  if (E.isLeft(decoded)) throw new Error(JSON.stringify(decoded.left))
  return decoded.right.event
}

/** A simulation's events, as far as they matter to a replay. */
export const incomingEventsOf = (simulation: Simulation): ReadonlyArray<IncomingEvent> =>
  eventsOf(simulation).map(withoutWords)

/** A simulation's events, judged by a correction. */
export const replayed = (simulation: Simulation, correction: Correction): Replay =>
  replay(historyOf(incomingEventsOf(simulation), correction), correction, undefined, () => true)

/** What the truth says was wrong: the rules, or the evidence. */
export const correctionIn = ({ correction, rulesetCorrected }: GroundTruth): Correction => {
  if (rulesetCorrected !== null) return correcting(rulesetCorrected)
  const parsed = parseCorrection(JSON.stringify(correction))
  if (E.isLeft(parsed)) throw new Error(JSON.stringify(parsed.left))
  return parsed.right
}

/** What a replay found, in the words of the truth. */
export const found = ({ rows, restingElsewhere, falseStrikes }: Replay) => {
  const ids = (holds: (row: Row) => boolean): ReadonlyArray<string> =>
    rows
      .all()
      .flatMap((row) => (holds(row) ? (row.decisionId ?? []) : []))
      .sort()
  return {
    putBack: ids(({ remedy }) => remedy === 'reinstate' || remedy === 'restore'),
    review: ids(({ remedy }) => remedy === 'review'),
    annul: ids(({ remedy }) => remedy === 'annul'),
    wrongful: ids(({ class: cls }) => cls === 'wrongful' || cls === 'unexplained_wrongful'),
    otherRulesets: restingElsewhere.map(({ decision }) => String(decision.data.decisionId)).sort(),
    missed: rows
      .all()
      .flatMap((row) => (row.decisionId === null ? [row.account] : []))
      .sort(),
    falseStrikes: falseStrikes.map(({ flagId }) => flagId).sort(),
  }
}

/** What the simulator knows, in the same form. */
export const known = ({ truth }: Simulation): ReturnType<typeof found> => ({
  putBack: truth.putBack.flatMap(({ decisionIds }) => decisionIds).sort(),
  review: [...truth.review].sort(),
  annul: [...truth.annul].sort(),
  wrongful: [...truth.wrongful].sort(),
  otherRulesets: [...truth.otherRulesets].sort(),
  missed: [...truth.missed].sort(),
  falseStrikes: [...truth.falseStrikes].sort(),
})
