import { jsonText } from '../../foundation/text/json-text.ts'
import type { Detector, FlagSource, Signals } from '../parts.ts'
import type { Suspect } from '../suspect.ts'
import { formatInstant, type Timestamp } from '../time.ts'

/** An event for people: what happened, and the details. */
export type StoryEntry = { readonly headline: string; readonly details: ReadonlyArray<string> }

/** What an account's story knows about an event besides the event itself. Instants are in ms since the epoch. */
export type StoryContext = {
  /** The category of a flag; null: it is not on record. */
  readonly categoryOf: (flagId: string) => string | null
  /** What is known about the flag that this event raised; null: it raised none that counts. */
  readonly flag: FlagKnown | null
  /** What became of the decision that this event made; null: it made none that counts. */
  readonly decision: DecisionAftermath | null
}

type FlagKnown = {
  /** What led to it, according to the recorded notice. */
  readonly source: FlagSource
  /** null: it was not voided. */
  readonly voided: { readonly at: number; readonly by: 'dismissal' | 'reversal' | 'appeal' } | null
  /** In order. */
  readonly rescorings: ReadonlyArray<{
    readonly time: Timestamp
    readonly data: { readonly detector: Detector }
  }>
}

type DecisionAftermath = {
  /** Whether a notice of it is on record. */
  readonly isNoticed: boolean
  readonly reversal: { readonly at: number; readonly reason: string } | null
  /** When it expired, if it did. */
  readonly overSince: number | null
  /** The holds under which it was made. */
  readonly holds: ReadonlyArray<{ readonly holdId: string; readonly by: string }>
}

/** `2025-04-29 00:01` (UTC) of an instant in ms. */
export const minute = (at: number): string => formatInstant(at).slice(0, 16).replace('T', ' ')

/** The first digits of a hash: enough for people to tell it from others. */
export const shortHash = (sha256: string): string => sha256.slice(0, 12)

/** ` on pin 77`, or nothing. */
export const onContent = (content: { readonly kind: string; readonly id: string } | undefined): string =>
  content === undefined ? '' : ` on ${content.kind} ${content.id}`

/** `community-guidelines 2025-04-28` */
export const rulesetName = ({ id, version }: { readonly id: string; readonly version: string }): string =>
  `${id} ${version}`

/** `reviewer-7 (human)` */
export const actor = ({ kind, id }: { readonly kind: string; readonly id: string }): string =>
  `${id} (${kind})`

/** Ids separated by commas, or `none`. */
export const listed = (ids: ReadonlyArray<string>): string => (ids.length === 0 ? 'none' : ids.join(', '))

const detectorKinds = { rule: '', model: ' (a model)', hash_match: ' (a hash match)', human: ' (a reviewer)' }

/** `vision 3.1 (a model)` */
export const detectorName = ({ kind, id, version }: Detector): string =>
  `${id} ${version}${detectorKinds[kind]}`

/** `adult_score 0.71, is_illustration true` */
export const signalsSeen = (signals: Signals): string => {
  const seen = Object.entries(signals).map(([name, value]) => `${name} ${jsonText(value)}`)
  return seen.length === 0 ? 'no signals recorded' : seen.join(', ')
}

/** `rule adult.explicit, community-guidelines 2025-04-28` */
export const suspectName = ({ ruleset, rule, version, detector, decidedBy, source }: Suspect): string => {
  const names = [
    ...(rule === undefined ? [] : [`rule ${rule}`]),
    ...(ruleset === undefined && version === undefined ? [] : [[ruleset, version].filter(Boolean).join(' ')]),
    ...(detector === undefined
      ? []
      : [`detector ${[detector.id, detector.version].filter(Boolean).join(' ')}`]),
    ...(decidedBy === undefined ? [] : [actor(decidedBy)]),
    ...(source === undefined ? [] : [`source ${source}`]),
  ]
  return names.length === 0 ? 'anything' : names.join(', ')
}
