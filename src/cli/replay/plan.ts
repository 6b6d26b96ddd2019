import { countOf } from '../../foundation/text/count-of.ts'
import type { PlanStep } from '../../replay/columnar/plan.ts'

/** A step of the columnar engine: what it found, then its query. */
export const planLines = ({ what, found, unit, sql }: PlanStep): ReadonlyArray<string> => [
  `${what}: ${countOf(found, unit)}`,
  ...(sql === null ? [] : [`    ${sql.replace(/\s+/g, ' ').trim()}`]),
]
