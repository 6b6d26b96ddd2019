import type { Suspect } from '../../../domain/suspect.ts'
import type { PlacedFlag } from '../../../replay/model/history.ts'
import type { IsSuspected } from '../../../replay/reference/false-strikes.ts'

/**
 * Which flags the suspects of an incident may be at fault for: those that agree with all that one of them says of flags. One that
 * speaks of none, only of who decided, is at fault for no flag.
 */
export const suspectedFlags =
  (suspects: ReadonlyArray<Suspect>): IsSuspected =>
  (flag) =>
    suspects.some((suspect) => speaksOfFlags(suspect) && fits(suspect, flag))

const speaksOfFlags = ({ ruleset, rule, version, detector, source }: Suspect): boolean =>
  [ruleset, rule, version, detector, source].some((named) => named !== undefined)

const fits = ({ ruleset, rule, version, detector, source }: Suspect, { data, place }: PlacedFlag): boolean =>
  (ruleset === undefined || ruleset === data.ruleset?.id) &&
  (rule === undefined || rule === data.rule?.id) &&
  (version === undefined || version === data.ruleset?.version) &&
  (detector === undefined || detector.id === data.detector.id) &&
  (detector?.version === undefined || detector.version === data.detector.version) &&
  (source === undefined || source === place.source)
