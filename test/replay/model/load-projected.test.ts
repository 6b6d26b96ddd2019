import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { decodeIncoming } from '../../../src/domain/decode.ts'
import type { IncomingEvent } from '../../../src/domain/event.ts'
import { openPublished } from '../../../src/projection/published.ts'
import type { Correction } from '../../../src/replay/correction/correction.ts'
import type { Loaded } from '../../../src/replay/model/load.ts'
import { loadProjected, type ProjectedLoadError } from '../../../src/replay/model/load-projected.ts'
import { evidenceWantedBy } from '../../../src/replay/reference/sightings.ts'
import { replay } from '../../../src/replay/result/replay.ts'
import { often } from '../../long/often.ts'
import { type Folder, projected, withFolder } from '../../projection/projecting.ts'
import { correctionIn, correctionOf } from '../corrections.ts'
import { correcting, documentOf, histories, service } from '../histories.ts'
import { appendAll, loaded, unwrap } from '../ledgers.ts'

const fromProjections = async (
  { dir, open }: Folder,
  correction: Correction,
  at: number | null = null,
): Promise<E.Either<ProjectedLoadError, Loaded>> => {
  const published = unwrap(await openPublished(dir, { memory: '500MB' }))
  try {
    return await loadProjected(published, open.ledger, open.vault, evidenceWantedBy(correction), { at })
  } finally {
    published.close()
  }
}

/** The digests of a replay from the ledger and of one from its projections. */
const bothDigests = async (
  events: ReadonlyArray<IncomingEvent>,
  correction: Correction,
  at: number | null = null,
): Promise<ReadonlyArray<string>> =>
  withFolder(async (folder) => {
    await appendAll(folder.open, events)
    await projected(folder)
    const ledger = await loaded(folder.open, correction, at)
    const projections = unwrap(await fromProjections(folder, correction, at))
    expect(projections.sequence).toBe(ledger.sequence)
    expect(projections.history.events).toBe(ledger.history.events)
    expect(projections.history.end).toBe(ledger.history.end)
    expect(projections.history.reusedIds).toEqual(ledger.history.reusedIds)
    return [ledger, projections].map(({ history }) => replay(history, correction).digest)
  })

describe('a replay reads the same from the projections as from the ledger', () => {
  const folder = join(import.meta.dirname, '../../vectors')
  test.each(readdirSync(folder).sort())('vector %s', async (name) => {
    const read = (file: string): string => readFileSync(join(folder, name, file), 'utf8')
    const events = read('events.ndjson')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => unwrap(decodeIncoming(JSON.parse(line))).event)

    const [ledger, projections] = await bothDigests(events, correctionIn(join(folder, name)))

    expect(projections).toBe(ledger)
  })

  test('any history, up to any sequence', async () => {
    const cut = histories.chain(({ events, correction }) =>
      fc.record({
        events: fc.constant(events),
        correction: fc.constant(correction),
        at: fc.option(fc.integer({ min: 0, max: events.length })),
      }),
    )
    await fc.assert(
      fc.asyncProperty(cut, async ({ events, correction, at }) => {
        const [ledger, projections] = await bothDigests(events, correctionOf(correction), at)
        expect(projections).toBe(ledger)
      }),
      { numRuns: often(10, 50), endOnFailure: true },
    )
  })
})

describe('a replay is refused', () => {
  const [document] = fc.sample(documentOf('v1'), { seed: 1, numRuns: 1 })
  if (document === undefined) throw new Error('no document')
  const events = [service.published(document), service.flagged('u1', 1, { flagId: 'f1' })]

  test('if the projections end before the ledger, unless they include what is asked for', async () => {
    await withFolder(async (folder) => {
      await appendAll(folder.open, events)
      await projected(folder)
      await appendAll(folder.open, [service.flagged('u2', 2, { flagId: 'f2' })])
      const corrected = correcting(document)
      expect(await fromProjections(folder, corrected)).toEqual(
        E.left({ kind: 'behind', sequence: 2, requested: 3 }),
      )
      expect(await fromProjections(folder, corrected, 4)).toEqual(
        E.left({ kind: 'no_such_sequence', requested: 4, head: 3 }),
      )
      expect(unwrap(await fromProjections(folder, corrected, 2)).sequence).toBe(2)
    })
  })

  test('if they were made from another ledger', async () => {
    await withFolder(async (folder) => {
      await appendAll(folder.open, events)
      await projected(folder)
      await withFolder(async (other) => {
        await appendAll(other.open, events.toReversed())
        const mixedUp = { dir: folder.dir, open: other.open }
        expect(await fromProjections(mixedUp, correcting(document))).toEqual(E.left({ kind: 'other_ledger' }))
      })
    })
  })
})
