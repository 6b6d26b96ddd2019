import crypto from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Correction } from '../../../src/replay/correction/correction.ts'
import { canonicalRow } from '../../../src/replay/result/canonical-row.ts'
import { replay } from '../../../src/replay/result/replay.ts'
import { summarize } from '../../../src/replay/result/summary.ts'
import { writeResult } from '../../../src/replay/result/write.ts'
import { unwrap } from '../../ledger/events.ts'
import { correctionOf } from '../corrections.ts'
import { correcting, type Document, historyOf, RULESET, service } from '../histories.ts'

const { published, flagged, banned } = service
const document = (version: string, when: string): Document => ({
  ruleset: RULESET,
  version,
  signals: {},
  rules: [{ id: 'a', category: 'alpha', when, strikes: 1 }],
  deactivations: [{ id: 'one', at_least: 1, restriction: 'suspended' }],
})
const events = [
  published(document('v1', 'true')),
  flagged('u1', 1, { flagId: 'f1' }),
  banned('u1', 2, { decisionId: 'd1', grounds: ['f1'] }),
  flagged('u2', 3, { flagId: 'f2' }),
  banned('u2', 4, { decisionId: 'd2', grounds: ['f2'] }),
  flagged('u3', 5, { flagId: 'f3' }),
]

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'redress-result-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

/** Writes the result of a correction, some accounts left out; returns the result. */
const write = async (correction: Correction, withoutAccounts: ReadonlyArray<string>) => {
  const history = { ...historyOf(events, correction), withoutAccounts }
  const result = replay(history, correction)
  const window = { from: null, to: null }
  const summary = summarize(result, {
    history,
    correction,
    window,
    engine: 'reference',
    sequence: events.length,
  })
  unwrap(await writeResult(folder, { result, summary }))
  return result
}

/** The script of the definition of a replay that computes a digest from the files of a result. */
const [, script = ''] =
  /^node -e '\n([^']*)'\n```$/m.exec(
    readFileSync(join(import.meta.dirname, '../../../docs/replay.md'), 'utf8'),
  ) ?? []

/** What a CommonJS script prints, run in the folder. */
const printedBy = (source: string): ReadonlyArray<unknown> => {
  const printed: unknown[] = []
  const modules: Readonly<Record<string, unknown>> = {
    'node:crypto': crypto,
    'node:fs': { readFileSync: (name: string) => readFileSync(join(folder, name)) },
  }
  const load = (name: string): unknown => modules[name]
  new Function('require', 'console', source)(load, { log: (what: unknown) => printed.push(what) })
  return printed
}

const corrected = document('v2', 'false')
test.each([
  ['a corrected ruleset', correcting(corrected), []],
  ['a correction with a ruleset', correctionOf({ correction: 'c', ruleset: corrected }), []],
  ['rules that were right', correctionOf({ correction: 'c', ruleset: { id: RULESET } }), []],
  ['accounts that are left out', correcting(corrected), ['u8', 'u9']],
])(
  'given the files of a result of %s, when the documented script runs, then it prints the digest',
  async (_, correction, without) => {
    const { rows, digest } = await write(correction, without)
    expect(readFileSync(join(folder, 'decisions.ndjson'), 'utf8')).toBe(
      [...rows].map((row) => `${canonicalRow(row)}\n`).join(''),
    )
    expect(rows.size).toBeGreaterThan(1)
    expect(printedBy(script)).toEqual([digest])
  },
)
