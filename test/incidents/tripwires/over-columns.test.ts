import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { tripwiresOfDay } from '../../../src/incidents/tripwires/over-columns.ts'
import { tripwiresOver } from '../../../src/incidents/tripwires/over-ledger.ts'
import { compileDocuments } from '../../../src/ledger/documents.ts'
import { openPublished } from '../../../src/projection/published.ts'
import { often } from '../../long/often.ts'
import { PATIENCE } from '../../patience.ts'
import { projected } from '../../projection/projecting.ts'
import { unwrap } from '../../replay/ledgers.ts'
import { type Publishing, recordedAt, said } from './ledger.ts'

const MINUTE = 60_000
const DAY = 86_400_000
const START = Date.UTC(2026, 0, 5, 20)

const version = fc.constantFrom('v1', 'v2', 'v3')
const flagId = fc.constantFrom('f1', 'f2', 'f3')
const rehearsal = { against: null, sequence: 1, rules: {}, by: 'ana' }
const published: fc.Arbitrary<Omit<Publishing, 'at'>> = version.map((of) => ({
  ...{ type: 'ruleset.published.v1', data: said.published(of) },
  // Cast: a rehearsal without its brands.
  ...(of === 'v2' ? { marks: { rehearsal: rehearsal as never } } : {}),
}))
const byService: fc.Arbitrary<Omit<Publishing, 'at'>> = fc
  .record({
    late: fc.constantFrom(0, 0, 0, 8 * DAY),
    source: fc.constantFrom('/a', '/b'),
    subject: fc.constantFrom('u1', 'u2', 'u3'),
    marks: fc.constantFrom({}, {}, {}, { backfill: true }),
    says: fc.oneof(
      fc
        .tuple(flagId, version, fc.constantFrom({}, { content: { id: '1', kind: 'pin', owner: 'u1' } }))
        .map(([id, of, fields]) => ({ type: 'flag.raised.v1', data: said.flagged(id, of, fields) })),
      fc
        .tuple(version, fc.constantFrom([], ['f1'], ['f2', 'f9']), fc.constantFrom('suspended', 'terminated'))
        .map(([of, grounds, restriction]) => ({
          type: 'account.deactivated.v1',
          data: said.banned('d1', of, grounds, restriction),
        })),
      fc.constant({ type: 'account.reinstated.v1', data: said.reinstated('d1') }),
      fc.constant({ type: 'content.evaluated.v1', data: said.evaluated() }),
    ),
  })
  .map(({ says, ...rest }) => ({ ...rest, ...says }))
const gap = fc.constantFrom(0, 1, 800, MINUTE, 9 * MINUTE, 20 * MINUTE, 5 * 60 * MINUTE)
const history = fc
  .array(fc.tuple(gap, fc.oneof({ arbitrary: published, weight: 1 }, { arbitrary: byService, weight: 9 })), {
    minLength: 30,
    maxLength: 120,
  })
  .map((steps) => {
    let at = START
    return steps.map(([between, event]): Publishing => {
      at += between
      return { at, ...event }
    })
  })

test(
  'given any ledger, then the wires of the last day, from the columns of that time, are those of a fold over all of it',
  async () => {
    let tripped = 0
    let older = 0
    await fc.assert(
      fc.asyncProperty(history, fc.nat({ max: 120 }), async (events, index) => {
        const dir = mkdtempSync(join(tmpdir(), 'redress-tripwires-'))
        const open = await recordedAt(dir, events)
        try {
          await projected({ dir, open })
          const whole = unwrap(await tripwiresOver(open, { at: null, onProgress: () => {} }))
          const view = unwrap(await openPublished(dir, { memory: '256MB' }))
          const compile = (hashes: ReadonlySet<string>) => compileDocuments(open.vault, hashes)
          const asOf = events[index % events.length]?.at ?? 0
          const known = events.filter(({ at }) => at <= asOf).length
          const ofDay = unwrap(await tripwiresOfDay(view.connection, compile, asOf))
          view.close()
          const expected = whole.tripped.filter(({ at, sequence }) => sequence <= known && at > asOf - DAY)
          expect(ofDay).toEqual(expected)
          tripped += ofDay.length
          older += whole.tripped.length - ofDay.length
        } finally {
          await open.close()
          rmSync(dir, { recursive: true })
        }
      }),
      { numRuns: often(5, 200) },
    )
    expect(tripped).toBeGreaterThan(0)
    expect(older).toBeGreaterThan(0)
  },
  10 * PATIENCE,
)
