import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { evidenceWantedByAny } from '../../../src/replay/reference/sightings.ts'
import { replay, type Window } from '../../../src/replay/result/replay.ts'
import { collectSweep } from '../../../src/replay/sweep/judge-sweep.ts'
import { outermost } from '../../../src/replay/sweep/sweep.ts'
import { often } from '../../long/often.ts'
import { correcting, historyOf } from '../histories.ts'
import { type SweptHistory, sweptHistories } from './swept-histories.ts'

const always: Window = { from: null, to: null }

/** The classes of a replay under each threshold's ruleset, as a person would write it. */
const replayedByHand = ({ events, sweep, written }: SweptHistory, window: Window) =>
  sweep.steps.map(({ threshold }) => {
    const correction = correcting(written(threshold))
    return replay(historyOf(events, correction), correction, window).counts.classes
  })

describe('given any history', () => {
  test('when a threshold is swept, then each step counts what a replay of its ruleset counts', () => {
    fc.assert(
      fc.property(sweptHistories, fc.boolean(), (swept, isLate) => {
        const { events, sweep } = swept
        const window = isLate ? { from: Date.UTC(2025, 2, 6), to: null } : always
        const collection = collectSweep(sweep, window)
        collection.add(historyOf(events, null, evidenceWantedByAny(outermost(sweep))))
        expect(collection.finish()).toEqual(replayedByHand(swept, window))
      }),
      { numRuns: often(30, 2_000), endOnFailure: true },
    )
  })
})
