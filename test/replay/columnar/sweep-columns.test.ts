import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import type { BasePlace } from '../../../src/replay/columnar/base/keep-base.ts'
import { sweepColumns } from '../../../src/replay/columnar/sweep-columns.ts'
import { evidenceWantedByAny } from '../../../src/replay/reference/sightings.ts'
import { collectSweep } from '../../../src/replay/sweep/judge-sweep.ts'
import { outermost } from '../../../src/replay/sweep/sweep.ts'
import { often } from '../../long/often.ts'
import { documentsIn, historyOf } from '../histories.ts'
import { unwrap } from '../ledgers.ts'
import { type SweptHistory, sweptHistories } from '../sweep/swept-histories.ts'
import { type HistoryViews, openHistoryViews, sourceOf } from './history-views.ts'

let views: HistoryViews
beforeAll(async () => {
  views = await openHistoryViews()
})
afterAll(() => views.close())

const moment = fc.option(fc.integer({ min: 0, max: 20 }).map((day) => Date.UTC(2025, 2, 1 + day)))
const window = fc.record({ from: moment, to: fc.constant(null) })

/** What each step counts, over columns. */
const overColumns = async (
  { events, sweep }: SweptHistory,
  inside: { readonly from: number | null; readonly to: null },
  partSize: number,
  base: BasePlace | null,
) => {
  await views.take(events)
  const source = await sourceOf(views, events)
  const documents = async () => E.right(documentsIn(events))
  return unwrap(await sweepColumns(source, { sweep, window: inside, partSize, base, documents })).counts
}

describe('given any history, in columns', () => {
  test('when a threshold is swept, then each step counts what the reference counts, over a base or over everything', async () => {
    await fc.assert(
      fc.asyncProperty(
        sweptHistories,
        window,
        fc.integer({ min: 1, max: 40 }),
        async (swept, inside, partSize) => {
          const dataDir = mkdtempSync(join(tmpdir(), 'redress-base-'))
          try {
            const { events, sweep } = swept
            const collection = collectSweep(sweep, inside)
            collection.add(historyOf(events, null, evidenceWantedByAny(outermost(sweep))))
            const reference = collection.finish()
            expect(await overColumns(swept, inside, partSize, null)).toEqual(reference)
            const base: BasePlace = { dataDir, isOfLedger: async () => E.right(true) }
            expect(await overColumns(swept, inside, partSize, base)).toEqual(reference)
          } finally {
            rmSync(dataDir, { recursive: true })
          }
        },
      ),
      { numRuns: often(40, 1_500), endOnFailure: true },
    )
  })
})
