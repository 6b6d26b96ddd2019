import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { collectImpact } from '../../../src/incidents/rehearsal/impact.ts'
import { replay } from '../../../src/replay/result/replay.ts'
import { often } from '../../long/often.ts'
import { correcting, histories, historyOf } from '../../replay/histories.ts'

describe('given any history', () => {
  test('when the impact of a version is counted, then it adds up to a replay under it, by kind, restriction and month', () => {
    fc.assert(
      fc.property(histories, ({ events, corrected }) => {
        const correction = correcting(corrected)
        const { rows, counts } = replay(historyOf(events, correction), correction)
        const collection = collectImpact()
        for (const row of rows) collection.add(row)
        const { removals, deactivations, accounts, byRestriction, byMonth } = collection.finish()

        const { wrongful, unexplained_wrongful, missed, excessive, lenient } = Object(counts.classes)
        const both = { ...deactivations }
        for (const [change, n] of Object.entries(removals)) Object(both)[change] += n
        expect(both).toMatchObject({
          ...{ would_not_happen: wrongful + unexplained_wrongful, would_happen: missed },
          ...{ milder: excessive, harsher: lenient },
        })
        expect(sum(Object.values(both))).toBe(rows.size)
        expect(removals.would_happen).toBe(0)
        expect(sum(byRestriction.flatMap(({ counts }) => Object.values(counts)))).toBe(
          sum(Object.values(deactivations)),
        )
        expect(sum(byMonth.flatMap(({ counts }) => Object.values(counts)))).toBe(rows.size)
        const banned = rows.all().filter(({ kind }) => kind === 'deactivation')
        const accountsOf = (of: ReadonlyArray<string>) =>
          new Set(banned.filter((row) => of.includes(row.class)).map(({ account }) => account)).size
        expect(accounts).toEqual({
          wouldNotBeDeactivated: accountsOf(['wrongful', 'unexplained_wrongful']),
          wouldBeDeactivated: accountsOf(['missed']),
        })
      }),
      { numRuns: often(100, 5_000) },
    )
  })
})

const sum = (numbers: ReadonlyArray<number>): number => numbers.reduce((total, n) => total + n, 0)
