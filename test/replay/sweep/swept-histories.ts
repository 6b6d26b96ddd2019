import * as fc from 'fast-check'
import type { IncomingEvent } from '../../../src/domain/event.ts'
import { parseSweep } from '../../../src/replay/sweep/expression.ts'
import { type Sweep, sweepOf } from '../../../src/replay/sweep/sweep.ts'
import { compiled, type Document, histories } from '../histories.ts'
import { unwrap } from '../ledgers.ts'

/** A history, a sweep of a ruleset that corrects it, and that ruleset as a person writes it for one threshold. */
export type SweptHistory = {
  readonly events: ReadonlyArray<IncomingEvent>
  readonly sweep: Sweep
  readonly written: (threshold: string) => Document
}

/** Conditions with one threshold. Under the last ones, a higher threshold makes some evidence fire and other not. */
const conditions = fc.constantFrom<{ operator: string; when: (threshold: string) => string }>(
  { operator: '>=', when: (n) => `signals.score >= ${n}` },
  { operator: '<', when: (n) => `signals.score < ${n} || signals.drawn` },
  { operator: '>', when: (n) => `!(${n} < signals.score) && has(content.id)` },
  { operator: '<=', when: (n) => `(signals.score <= ${n}) == signals.drawn` },
  { operator: '>=', when: (n) => `(${n} <= signals.score) != (detector.version == "1")` },
)

const sweptHistory = (
  events: ReadonlyArray<IncomingEvent>,
  corrected: Document,
  { operator, when }: { readonly operator: string; readonly when: (threshold: string) => string },
  [own, from, to, step]: ReadonlyArray<number>,
): SweptHistory => {
  const written = (threshold: string): Document => ({
    ...corrected,
    rules: corrected.rules.map((rule) => (rule.id === 'a' ? { ...rule, when: when(threshold) } : rule)),
  })
  const document = written(String(own))
  const expression = unwrap(parseSweep(`a: signals.score ${operator} ${from}..${to} step ${step}`))
  return { events, written, sweep: unwrap(sweepOf(expression, { ruleset: compiled(document), document })) }
}

/** Histories with few accounts, on which any threshold from 0 to 10 often decides. */
export const sweptHistories: fc.Arbitrary<SweptHistory> = fc
  .record({
    history: histories,
    condition: conditions,
    numbers: fc.tuple(
      fc.integer({ min: -1, max: 11 }),
      fc.integer({ min: -1, max: 5 }),
      fc.integer({ min: 5, max: 11 }),
      fc.integer({ min: 1, max: 4 }),
    ),
  })
  .map(({ history: { events, corrected }, condition, numbers }) =>
    sweptHistory(events, corrected, condition, numbers),
  )
