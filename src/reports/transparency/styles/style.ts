import type { Subject } from '../../../../projections/projection.ts'
import type { Case, Dimension, Measure, Section } from '../figures.ts'

export type StyleId = 'dsa' | 'platform'

/** A kind of report: its tables, and what one account adds to them. */
export type Style = {
  readonly id: StyleId
  readonly title: string
  readonly sections: ReadonlyArray<Section>
  /** All of an account's cases, of any time. */
  readonly casesOf: (subject: Subject) => ReadonlyArray<Case>
  /** What such a report requires but no event records. */
  readonly notCovered: ReadonlyArray<string>
}

export const count = (name: string, about: string): Measure => ({ name, about, unit: 'count' })
export const median = (name: string, about: string): Measure => ({ name, about, unit: 'ms' })
export const share = (name: string, about: string, of: string, over: string): Measure => ({
  name,
  about,
  unit: 'share',
  of,
  over,
})
/** An end of where the true share lies, at 95 %, however often one looks. */
export const shareLimit = (end: 'low' | 'high', name: string, of: string, over: string): Measure => ({
  name,
  about: `the ${end === 'low' ? 'lower' : 'upper'} end of where it lies, at 95%, however often one looks`,
  unit: 'share',
  of,
  over,
  end,
})

/** 1 if a condition holds, otherwise 0: for counting. */
export const one = (holds: boolean): number => (holds ? 1 : 0)

export const category: Dimension = {
  name: 'category',
  about: 'the category that the decision (or the notice) gives; unknown: the decision is not on record',
}
export const basis: Dimension = {
  name: 'basis',
  about: 'law: illegal content; terms: against the terms and conditions; unstated: the decision does not say',
}
export const kind: Dimension = {
  name: 'kind',
  about: 'content: a removal of content; account: a deactivation; unknown: the decision is not on record',
}
export const means: Dimension = {
  name: 'means',
  about:
    'fully_automated, partially_automated or not_automated, according to the decision itself; unknown: it is not on record',
}
