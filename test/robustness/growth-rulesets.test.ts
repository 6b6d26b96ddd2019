import { describe, expect, test } from 'vitest'
import { type PublishedVersion, versionIndex } from '../../src/ledger/publication.ts'
import { publication } from '../ledger/events.ts'
import { unwrap, withLedger } from '../replay/ledgers.ts'
import { growthOf, NEARLY_LINEAR, sqliteWork } from './work.ts'

const publications = (n: number) =>
  Array.from({ length: n }, (_, i) => publication(`p${i}`, `v${i}`, 1 + (i % 50)))

describe('given a ruleset with ever more versions', () => {
  const publishAll = (together: number) => (n: number) =>
    withLedger(({ ledger }) =>
      sqliteWork(async () => {
        const events = publications(n)
        for (let i = 0; i < n; i += together) {
          const batch = events.slice(i, i + together)
          unwrap(await ledger.append([{ stream: 'ruleset-rules', expectedRevision: 'any', events: batch }])())
        }
      }),
    )

  test.each([[1], [50]])('when they are published, %i at once, then each is read once', async (together) => {
    expect(await growthOf(publishAll(together), 50)).toBeLessThan(NEARLY_LINEAR)
  })

  test('when each is held against those before it, then only its own version is looked at', async () => {
    let looks = 0
    const published = (i: number): PublishedVersion => ({
      get version() {
        looks++
        return `v${i}`
      },
      sha256: 'other',
    })
    const work = async (n: number): Promise<number> => {
      looks = 0
      const index = versionIndex()
      for (const [i, event] of publications(n).entries()) {
        expect(index.otherDocument(event)).toBeUndefined()
        index.add(published(i), i)
      }
      for (const [i, event] of publications(n).entries()) {
        expect(index.otherDocument(event)).toMatchObject({ kind: 'conflict', revision: i })
      }
      return looks
    }
    expect(await work(200)).toBe(200)
  })
})
