import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { decodeIncoming } from '../../src/domain/decode.ts'
import { replay } from '../../src/replay/result/replay.ts'
import { correctionIn } from './corrections.ts'
import { appendAll, loaded, unwrap, withLedger } from './ledgers.ts'

const folder = join(import.meta.dirname, '../vectors')
const read = (name: string, file: string): string => readFileSync(join(folder, name, file), 'utf8')

type ExpectedRow = {
  readonly decisionId: string | null
  readonly account?: string
  readonly class: string
  readonly facts: ReadonlyArray<string>
  readonly fallen: ReadonlyArray<string>
  readonly remedy: string
}
type Expected = { readonly says: string; readonly decisions: ReadonlyArray<ExpectedRow> }

const keyOf = (row: { readonly decisionId: string | null; readonly account?: string }): string =>
  row.decisionId ?? `missed ${row.account}`

describe('given the published events of a vector, in a ledger', () => {
  for (const name of readdirSync(folder).sort()) {
    // Cast: the file is ours; a row of another shape would differ from the replay's and fail.
    const expected = JSON.parse(read(name, 'expected.json')) as Expected
    const correction = correctionIn(join(folder, name))
    const events = read(name, 'events.ndjson')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => unwrap(decodeIncoming(JSON.parse(line))).event)

    test(`${name}: ${expected.says}`, async () => {
      const inOrder = await withLedger(async (open) => {
        await appendAll(open, events)
        return replay((await loaded(open, correction)).history, correction)
      })
      const backwards = await withLedger(async (open) => {
        await appendAll(open, [...events].reverse())
        await appendAll(open, events)
        return replay((await loaded(open, correction)).history, correction)
      })
      const rows = inOrder.rows.all().map(({ decisionId, account, class: cls, facts, fallen, remedy }) => ({
        key: keyOf({ decisionId, account }),
        class: cls,
        facts,
        fallen,
        remedy,
      }))
      const wanted = expected.decisions.map((row) => ({
        key: keyOf(row),
        class: row.class,
        facts: row.facts,
        fallen: row.fallen,
        remedy: row.remedy,
      }))
      const byKey = (a: { key: string }, b: { key: string }): number => (a.key < b.key ? -1 : 1)
      expect(rows.sort(byKey)).toEqual(wanted.sort(byKey))
      expect(backwards.rows.all()).toEqual(inOrder.rows.all())
      expect(backwards.digest).toBe(inOrder.digest)
    })
  }
})
