import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { IncomingEvent } from '../../../src/domain/event.ts'
import { comparePlaces } from '../../../src/domain/order.ts'
import type { Correction } from '../../../src/replay/correction/correction.ts'
import { capsBy } from '../../../src/replay/reference/caps.ts'
import { indexDependents } from '../../../src/replay/reference/dependents.ts'
import { judgeAccount } from '../../../src/replay/reference/judge.ts'
import { type Findings, judgeHistory } from '../../../src/replay/reference/judge-history.ts'
import { lower } from '../../../src/replay/reference/truth.ts'
import { often } from '../../long/often.ts'
import { correctionOf } from '../corrections.ts'
import { correcting, type Document, histories, historyOf, RULESET, service } from '../histories.ts'

const { banned, flagged, published } = service

const judged = (events: ReadonlyArray<IncomingEvent>, correction: Correction): Findings =>
  judgeHistory(historyOf(events, correction), correction)

/** Evading a ban is enough for one, for five hours. */
const document: Document = {
  ruleset: RULESET,
  version: 'v1',
  signals: {},
  rules: [{ id: 'evasion', category: 'evasion', when: 'true', strikes: 3 }],
  deactivations: [{ id: 'few', at_least: 3, within: '5h', restriction: 'suspended' }],
}
const evading = (subject: string, hour: number, flagId: string, of: string): IncomingEvent =>
  flagged(subject, hour, { flagId, rule: { id: 'evasion' }, becauseOf: [of] })

const classesOf = (events: ReadonlyArray<IncomingEvent>): Readonly<Record<string, string>> => {
  const { byDecision } = judged([published(document), ...events], correcting(document))
  return Object.fromEntries([...byDecision].map(([id, { class: cls }]) => [id, cls]).sort())
}

/** A ban without any ground, with which all others fall. */
const baseless = banned('baseless', 0, { decisionId: 'baseless' })

describe('given decisions that fall with each other, and clocks that differ', () => {
  test('when each refers to an earlier one, then all fall', () => {
    const events = [
      baseless,
      evading('u1', 1, 'f1', 'baseless'),
      banned('u1', 2, { decisionId: 'd1' }),
      evading('u2', 3, 'f2', 'd1'),
      banned('u2', 4, { decisionId: 'd2' }),
    ]
    expect(classesOf(events)).toEqual({ baseless: 'unexplained_wrongful', d1: 'wrongful', d2: 'wrongful' })
  })

  test('when a flag refers to a later decision, while its account has a decision with a late ground, then both fall', () => {
    const events = [
      baseless,
      // Refers to what is decided three hours later.
      evading('u1', 1, 'early', 'later'),
      banned('u1', 2, { decisionId: 'd1' }),
      evading('u2', 3, 'f2', 'baseless'),
      banned('u2', 4, { decisionId: 'later' }),
      // Is decided two hours before its ground.
      banned('u1', 10, { decisionId: 'd2', grounds: ['late'] }),
      evading('u1', 12, 'late', 'baseless'),
    ]
    expect(classesOf(events)).toEqual({
      ...{ baseless: 'unexplained_wrongful', later: 'wrongful' },
      ...{ d1: 'wrongful', d2: 'wrongful' },
    })
  })

  test('when flags refer to later decisions of two accounts, and one falls with the other, then so does what follows', () => {
    const events = [
      baseless,
      evading('u1', 1, 'early', 'later'),
      evading('u2', 2, 'f2', 'baseless'),
      banned('u2', 3, { decisionId: 'later' }),
      banned('u1', 4, { decisionId: 'd1' }),
      evading('u3', 5, 'f3', 'd1'),
      banned('u3', 6, { decisionId: 'd3' }),
      // Of the first account too, and earlier than what it refers to.
      evading('u4', 20, 'f4', 'last'),
      evading('u1', 21, 'f5', 'baseless'),
      banned('u1', 22, { decisionId: 'last' }),
    ]
    expect(classesOf(events)).toEqual({
      ...{ baseless: 'unexplained_wrongful', later: 'wrongful', last: 'wrongful' },
      ...{ d1: 'wrongful', d3: 'wrongful' },
    })
  })
})

test('given any history, when its cascades have settled, then capping and judging once more changes nothing', () => {
  let capped = 0
  fc.assert(
    fc.property(histories, ({ events, ...given }) => {
      const correction = correctionOf(given.correction)
      const { context, byDecision } = judged(events, correction)
      const capOf = capsBy(context, byDecision)
      const flags = [...indexDependents(context.history).ofDecision.values()].flat()
      for (const flag of new Set(flags.sort((a, b) => comparePlaces(a.place, b.place)))) {
        const { cap } = context.corrected.read(undefined)(flag)
        if (cap !== 'true') capped++
        // A flag that was lowered stays so.
        expect(lower(cap, capOf(flag))).toBe(cap)
      }
      for (const account of context.history.accounts.values()) {
        for (const { decision, corrected: again, class: cls } of judgeAccount(context, account)) {
          const judgement = byDecision.get(decision.data.decisionId)
          expect({ corrected: judgement?.corrected, class: judgement?.class }).toEqual({
            corrected: again,
            class: cls,
          })
        }
      }
    }),
    { numRuns: often(400, 20_000) },
  )
  expect(capped).toBeGreaterThan(50)
})
