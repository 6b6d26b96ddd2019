import type { RefusedVersion, SimulatedHistory } from '../../app/simulate/to-ledger.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import type { GroundTruth } from '../../simulation/truth.ts'
import { format, type TableColumn, table } from '../table.ts'

type Count = { readonly name: string; readonly count: number; readonly says: string }

const countsOf = (truth: GroundTruth): ReadonlyArray<Count> => [
  {
    name: 'putBack',
    count: truth.putBack.reduce((sum, { decisionIds }) => sum + decisionIds.length, 0),
    says: 'decisions to reverse',
  },
  { name: 'annul', count: truth.annul.length, says: 'decisions to annul: another one still applies' },
  { name: 'review', count: truth.review.length, says: 'decisions for human review' },
  { name: 'wrongful', count: truth.wrongful.length, says: 'wrongful decisions in total, corrected or not' },
  {
    name: 'otherRulesets',
    count: truth.otherRulesets.length,
    says: 'decisions under other rulesets that depend on those',
  },
  {
    name: 'awaitingRescoring',
    count: truth.awaitingRescoring.length,
    says: 'undecided decisions that a rescoring could settle',
  },
  { name: 'missed', count: truth.missed.length, says: 'accounts that should have been deactivated' },
]

const columns: ReadonlyArray<TableColumn<Count>> = [
  { title: '', align: 'right', cell: ({ count }) => count },
  { title: '', cell: ({ says }) => says },
]

/** What was simulated, and the counts of the ground truth, as JSON. */
export const truthJson = (truth: GroundTruth) => {
  const { scenario, seed, accounts, faultShare, events, duplicates, late } = truth
  return {
    ...{ scenario, seed, accounts, faultShare, events, duplicates, late },
    truth: Object.fromEntries(countsOf(truth).map(({ name, count }) => [name, count])),
  }
}

const title = ({ scenario, accounts, seed }: GroundTruth): string =>
  `Simulated ${scenario}: ${countOf(accounts, 'account')}, seed ${seed}`

const sent = ({ events, late, duplicates }: GroundTruth): string =>
  `  ${countOf(events, 'event')}, ${format(late)} of them more than an hour late; ` +
  countOf(duplicates, 'redelivery', 'redeliveries')

/** A simulation whose events are in a file of this size. */
export const simulatedLines = (truth: GroundTruth, bytes: number): ReadonlyArray<string> => [
  title(truth),
  `${sent(truth)}; ${format(Math.round(bytes / 1e6))} MB`,
]

/** What its rehearsal found of a version that was refused. */
export const describeRefusal = ({ version, unexpected }: RefusedVersion): string =>
  `${version} was refused at first: on new evidence, ${unexpected.map(describe).join(', ')}`

const describe = ({ rule, newlyFired, allowed }: RefusedVersion['unexpected'][number]): string =>
  `${rule} fires ${format(newlyFired)} times instead of ${format(allowed)} at most`

/** A simulation that is in a ledger. */
export const historyLines = ({
  truth,
  tally,
  publications,
  refusals,
}: SimulatedHistory): ReadonlyArray<string> => [
  title(truth),
  sent(truth),
  `  ${format(tally.accepted)} accepted, ${format(tally.duplicate)} duplicate, ${format(tally.rejected)} rejected; ` +
    `${countOf(publications, 'version')} of rulesets published`,
  ...refusals.map((refusal) => `  ${describeRefusal(refusal)}`),
]

/** The counts of the ground truth. */
export const truthLines = (truth: GroundTruth): ReadonlyArray<string> => [
  '',
  'Ground truth',
  ...table(columns, countsOf(truth), 2).slice(1),
]
