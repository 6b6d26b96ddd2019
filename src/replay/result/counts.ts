import { facts } from './facts.ts'
import type { Row } from './rows.ts'

/** What a row can be, in the order of reports. */
export const rowClasses = [
  'wrongful',
  'unexplained_wrongful',
  'excessive',
  'lenient',
  'upheld',
  'unexplained_upheld',
  'indeterminate',
  'unreproducible',
  'missed',
] as const satisfies ReadonlyArray<Row['class']>
const remedies = ['reinstate', 'restore', 'annul', 'review', 'none']

/** How many rows there are of each kind. */
export type Counts = {
  /** The rows that are about a decision: all but missed accounts. */
  readonly decisions: number
  readonly classes: Readonly<Record<string, number>>
  readonly facts: Readonly<Record<string, number>>
  /** Of decisions. */
  readonly remedies: Readonly<Record<string, number>>
}

/** What of a row is counted. */
export type Counted = Pick<Row, 'decisionId' | 'class' | 'facts' | 'remedy'>

/** Counts rows. */
export const collectCounts = () => {
  const zeros = (words: ReadonlyArray<string>): Record<string, number> =>
    Object.fromEntries(words.map((word) => [word, 0]))
  const ofClasses = zeros(rowClasses)
  const ofFacts = zeros(facts)
  const ofRemedies = zeros(remedies)
  let decisions = 0
  return {
    /** Adds rows that are counted alike. */
    add: (row: Counted, rows = 1): void => {
      const count = (counts: Record<string, number>, word: string): void => {
        counts[word] = (counts[word] ?? 0) + rows
      }
      count(ofClasses, row.class)
      for (const fact of row.facts) count(ofFacts, fact)
      if (row.decisionId === null) return
      decisions += rows
      count(ofRemedies, row.remedy)
    },
    finish: (): Counts => ({ decisions, classes: ofClasses, facts: ofFacts, remedies: ofRemedies }),
  }
}
