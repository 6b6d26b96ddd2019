import { describe, expect, test } from 'vitest'
import type { IncomingEvent } from '../../src/domain/event.ts'
import { type PublishedVersion, versionIndex } from '../../src/ledger/publication.ts'
import { foundValues } from '../../src/projection/events/signals.ts'
import { publication } from '../ledger/events.ts'
import { projected, withFolder } from '../projection/projecting.ts'
import { appendAll, unwrap, withLedger } from '../replay/ledgers.ts'
import { declaring, incoming, versions } from './shapes.ts'
import { duckdbStatements, growthOf, NEARLY_LINEAR, sqliteWork } from './work.ts'

const publications = (n: number) =>
  Array.from({ length: n }, (_, i) => publication(`p${i}`, `v${i}`, 1 + (i % 50)))

describe('given a ruleset with more and more versions', () => {
  const publishAll = (together: number) => (n: number) =>
    withLedger(({ ledger }) =>
      sqliteWork(async () => {
        const events = publications(n)
        for (let i = 0; i < n; i += together) {
          const batch = events.slice(i, i + together)
          unwrap(await ledger.append([{ stream: 'ruleset-rules', expectedRevision: 'any', events: batch }]))
        }
      }),
    )

  test.each([[1], [50]])('when they are published, %i at once, then each is read once', async (together) => {
    expect(await growthOf(publishAll(together), 50)).toBeLessThan(NEARLY_LINEAR)
  })

  test('when each is compared with those before it, then only its own version is looked at', async () => {
    let looks = 0
    const published = (i: number): PublishedVersion => ({
      get version() {
        looks++
        return `v${i}`
      },
      sha256: 'other',
      rehearsal: null,
    })
    const work = async (n: number): Promise<number> => {
      looks = 0
      const index = versionIndex()
      for (const [i, event] of publications(n).entries()) {
        expect(index.otherPublication(event)).toBeUndefined()
        index.add(published(i), i)
      }
      for (const [i, event] of publications(n).entries()) {
        expect(index.otherPublication(event)).toMatchObject({ kind: 'conflict', revision: i })
      }
      return looks
    }
    expect(await work(200)).toBe(200)
  })
})

/** The statements with which DuckDB projects such events. */
const projecting = (events: ReadonlyArray<IncomingEvent>) =>
  withFolder(async (folder) => {
    await appendAll(folder.open, events)
    return duckdbStatements(() => projected(folder))
  })

describe('given a ruleset that declares more and more signals', () => {
  test('when it is projected, then the number of statements is constant, and their length grows with it', async () => {
    const [small, large] = [
      await projecting(incoming(declaring(100))),
      await projecting(incoming(declaring(400))),
    ]
    expect(large.length).toBe(small.length)
    expect(large.join().length / small.join().length).toBeLessThan(4)
  })

  test('when a column is computed, then from two positions that no other column has, so that DuckDB’s hashes of them differ', () => {
    const signals = Array.from({ length: 100 }, (_, i) => ({
      signal: `s${i}`,
      type: ['int', 'double', 'bool', 'string'][i % 4] ?? '',
      column: `signal_${i}`,
    }))
    const values = foundValues(signals)
    // DuckDB compares with each option, and equal hashes in an even number cancel out.
    for (const [i, value] of values.entries()) {
      const [, options = ''] = value.split(`found[${i + 1}] IN (`)
      expect(value.split(`found[${i + 1}]`)).toHaveLength(2)
      expect((options.split(')')[0] ?? '').split(',').length % 2).toBe(1)
    }
    const indices = values.map((value) =>
      Array.from(value.matchAll(/\[(\d+)\]/g), ([, index]) => index).filter(
        (each, i, all) => all.indexOf(each) === i,
      ),
    )
    expect(indices).toEqual(signals.map((_, i) => [String(i + 1), String(i + 101)]))
  })
})

describe('given more and more versions of a ruleset', () => {
  test('when they are projected at once, then the number of statements is constant', async () => {
    const few = await projecting(incoming(versions(10)))
    expect(await projecting(incoming(versions(40)))).toHaveLength(few.length)
  })
})
