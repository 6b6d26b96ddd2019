import { formatInstant } from '../../domain/time.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import type { FiringCounts } from '../../incidents/rehearsal/counts.ts'
import type { Unexpected } from '../../incidents/rehearsal/expectations.ts'
import type { Drawn, Rehearsal, RehearsedRule } from '../../incidents/rehearsal/rehearsal.ts'
import { describeWindow } from '../../incidents/rehearsal/window.ts'
import { format } from '../table.ts'

/** A table for people; columns after the first `keys` are numbers. */
export type RehearsalTable = {
  readonly head: ReadonlyArray<string>
  readonly keys: number
  readonly rows: ReadonlyArray<ReadonlyArray<string>>
}

const COUNTS = ['only old', 'only new', 'both', 'unknown', 'of these old fires', 'new fires']

const countCells = (counts: FiringCounts): ReadonlyArray<string> =>
  [
    counts.onlyOld,
    counts.onlyNew,
    counts.both,
    counts.unknown,
    counts.unknownOldFires,
    counts.unknownNewFires,
  ].map(format)

export const titleOfRehearsal = ({ old, next }: Rehearsal): string =>
  `Rehearsal of ${next.id} ${next.version} ${old === null ? '(no version is in force)' : `against ${old.version}`}`

export const evidenceLine = ({ evidence: { flags, evaluations }, window }: Rehearsal): string =>
  `Evidence of the ${describeWindow(window)}: ${countOf(flags, 'flag')} by machines, ${countOf(evaluations, 'evaluation')}`

export const accountsLine = ({ accounts: { onlyNew, onlyOld } }: Rehearsal): string =>
  `Only the new version would deactivate ${countOf(onlyNew, 'account')}, only the old one ${countOf(onlyOld, 'account')}`

export const rulesTable = ({ rules }: Rehearsal): RehearsalTable => ({
  head: ['rule', '', ...COUNTS],
  keys: 2,
  rows: rules.map(({ id, change, replaces, counts }) => [
    id,
    replaces.length > 0 ? `was ${replaces.join(', ')}` : change === 'kept' ? '' : change,
    ...countCells(counts),
  ]),
})

/** Whether a rule fires on other evidence under the two versions. */
export const firesOtherwise = ({ counts }: RehearsedRule): boolean =>
  counts.onlyOld + counts.onlyNew + counts.unknownOldFires + counts.unknownNewFires > 0

export const detectorTable = ({ byDetector }: RehearsedRule): RehearsalTable => ({
  head: ['detector', ...COUNTS],
  keys: 1,
  rows: byDetector.map(({ detector, counts }) => [
    `${detector.id} ${detector.version}`,
    ...countCells(counts),
  ]),
})

export const ageTable = ({ byAccountAge }: RehearsedRule): RehearsalTable => ({
  head: ['account age', ...COUNTS],
  keys: 1,
  rows: byAccountAge.map(({ age, counts }) => [age, ...countCells(counts)]),
})

export const sampleTable = ({ sample }: RehearsedRule): RehearsalTable => ({
  head: ['content', 'occurred', 'evidence', 'detector', 'signals', 'old', 'new'],
  keys: 7,
  rows: sample.map((drawn) => [
    drawn.content === null ? '(the account)' : `${drawn.content.kind} ${drawn.content.id}`,
    formatInstant(drawn.occurredAt),
    drawn.kind,
    `${drawn.detector.id} ${drawn.detector.version}`,
    signalsOf(drawn),
    drawn.truth.was,
    drawn.truth.now,
  ]),
})

const signalsOf = ({ signals }: Drawn): string =>
  Object.entries(signals)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? JSON.stringify(value) : value}`)
    .join(' ')

/** Why a version is refused. */
export const unexpectedLine = ({ rule, newlyFired, fired, allowed }: Unexpected): string =>
  `${rule} fires on ${countOf(newlyFired, 'piece')} of evidence on which the old version does not; it fires on ` +
  `${format(fired)}, and at most ${format(allowed)} more ${allowed === 1 ? 'was' : 'were'} expected`
