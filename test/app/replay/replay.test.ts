import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { beforeEach, describe, expect, test } from 'vitest'
import { type ReplayOptions, replayLedger } from '../../../src/app/replay/replay.ts'
import type { PlanStep } from '../../../src/replay/columnar/plan.ts'
import { correctionOfRules } from '../../../src/replay/correction/correction.ts'
import { resultFiles } from '../../../src/replay/result/write.ts'
import { parseRuleset } from '../../../src/rulesets/document.ts'
import { unwrap } from '../../ledger/events.ts'
import { correctionOf } from '../../replay/corrections.ts'
import { errorOf, record, recordAndProject, useCaseFolder, vectorEvents, vectorFile } from '../use-case.ts'
import { judging, nothingTold } from './judging.ts'

const VECTOR = '05-cascade-across-accounts'
const correction = correctionOfRules(
  unwrap(parseRuleset(readFileSync(vectorFile(VECTOR, 'corrected.json'), 'utf8'))),
)
const path = useCaseFolder()

let told = nothingTold()
const replayed = (options: Partial<ReplayOptions> = {}) =>
  replayLedger({
    ...judging(path('data'), told),
    correction,
    folder: path('result'),
    format: 'ndjson',
    ...options,
  })
const decisionsIn = (folder: string): ReadonlyArray<unknown> =>
  readFileSync(`${path(folder)}/decisions.ndjson`, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).decisionId)

describe('given a ledger in which one wrongful ban led to two others', () => {
  beforeEach(async () => {
    told = nothingTold()
    await record(path('data'), vectorEvents(VECTOR))
  })

  test('when it is replayed, then it gives the figures and the blame, and the folder holds every file', async () => {
    const { summary, blame } = unwrap(await replayed())
    expect(summary).toMatchObject({
      sequence: 11,
      decisions: 5,
      classes: { wrongful: 3, upheld: 2 },
      putBack: { accounts: 3, contents: 0 },
      review: 0,
    })
    expect(blame).toMatchObject([
      { alone: 2, jointly: 0, cause: { kind: 'flags', rule: 'evasion.linked_account' } },
      { alone: 1, jointly: 0, cause: { kind: 'flags', rule: 'adult.explicit' } },
    ])
    expect(JSON.parse(readFileSync(path('result/blame.json'), 'utf8'))).toEqual(blame)
    expect(readdirSync(path('result')).sort()).toEqual([...resultFiles('ndjson')].sort())
    expect(JSON.parse(readFileSync(path('result/summary.json'), 'utf8'))).toEqual(summary)
    expect(decisionsIn('result')).toEqual(['d-main', 'd-guilty', 'd-alt', 'd-other', 'd-third'])
  })

  test('when it is replayed, then progress and the end of reading are reported', async () => {
    const progress: unknown[] = []
    unwrap(await replayed({ onProgress: (done, total) => progress.push([done, total, told.read.length]) }))
    expect(progress.at(-1)).toEqual([11, 11, 0])
    expect(told.read).toEqual([[]])
  })

  test('when it is replayed at a sequence and within a window, then only what was there is reported', async () => {
    const window = { from: Date.UTC(2025, 3, 30), to: Date.UTC(2025, 4, 1) }
    unwrap(await replayed({ window }))
    expect(decisionsIn('result')).toEqual(['d-alt', 'd-other'])
    expect(unwrap(await replayed({ at: 3 })).summary).toMatchObject({ sequence: 3, decisions: 1 })
    expect(decisionsIn('result')).toEqual(['d-main'])
  })

  test('when the window is empty, then it is invalid, and nothing is read or written', async () => {
    const day = Date.UTC(2025, 3, 30)
    expect(errorOf(await replayed({ window: { from: day, to: day } }))).toEqual({
      kind: 'invalid',
      message: 'the period must start before it ends',
      options: ['from', 'to'],
    })
    expect(told.read).toEqual([])
    expect(readdirSync(path('')).sort()).toEqual(['data'])
  })

  test('when the sequence is beyond the head, then it fails and says what to do', async () => {
    expect(errorOf(await replayed({ at: 12 }))).toEqual({
      kind: 'failed',
      message: 'the ledger ends at sequence 11, before 12; give an earlier one',
      options: ['at'],
    })
    expect(told.read).toEqual([])
  })

  test('when nothing is projected, then the ledger is read, with the reason; the reference needs none', async () => {
    expect(unwrap(await replayed()).summary.engine).toBe('reference')
    expect(told.reasons).toEqual([expect.stringContaining('redress project')])
    unwrap(await replayed({ engine: 'reference' }))
    unwrap(await replayed({ withoutDamaged: true }))
    expect(told.reasons).toHaveLength(1)
  })

  test('when it is projected, and events were recorded since, then the columns give the same result', async () => {
    await recordAndProject(path('data'), [])
    const projected = unwrap(await replayed())
    await record(path('data'), vectorEvents('51-rules-as-they-were'))
    const behind = unwrap(await replayed())
    const reference = unwrap(await replayed({ engine: 'reference' }))
    expect(told.reasons).toEqual([])
    expect(projected.summary).toMatchObject({ engine: 'columnar', sequence: 11 })
    expect(behind).toEqual({ ...reference, summary: { ...reference.summary, engine: 'columnar' } })
    expect(behind.summary.sequence).toBeGreaterThan(11)
  })

  test('when it is replayed again, then only what the correction can touch is judged, unless all is asked for', async () => {
    await recordAndProject(path('data'), [])
    const first = unwrap(await replayed())
    const steps: PlanStep[] = []
    const onStep = (step: PlanStep): void => {
      steps.push(step)
    }
    expect(unwrap(await replayed({ onStep }))).toEqual(first)
    const kept = steps.find(({ what }) => what === 'rows taken from the base')
    const judged = steps.find(({ what }) => what === 'events of the judged accounts')
    expect(kept?.found).toBeGreaterThan(0)
    expect(judged?.found).toBeLessThan(10)
    expect(readdirSync(path('data')).filter((name) => name.startsWith('replay-base-'))).toHaveLength(1)

    steps.length = 0
    expect(unwrap(await replayed({ onStep, full: true }))).toEqual(first)
    expect(steps.map(({ what }) => what)).not.toContain('rows taken from the base')
  })

  test('when the result cannot be written, then it fails and names the folder', async () => {
    writeFileSync(path('file'), '')
    expect(errorOf(await replayed({ folder: path('file/result') }))).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining(path('file')),
    })
  })
})

describe('given a correction that says that the rules were right', () => {
  const asTheyWere = (id: string) => correctionOf({ correction: 'c', ruleset: { id } })

  test('when versions of that ruleset are published, then each decision is judged by the rules of its day', async () => {
    await record(path('data'), vectorEvents('51-rules-as-they-were'))
    const correction = asTheyWere('community-guidelines')
    const { summary } = unwrap(await replayed({ correction }))
    expect(summary).toMatchObject({
      ruleset: { id: 'community-guidelines', version: null, sha256: null },
      correction: { id: 'c', sha256: correction.document?.sha256 },
      classes: { wrongful: 1, upheld: 2, unreproducible: 1, missed: 1 },
      facts: { evidence_rescored: 2 },
    })
  })

  test('when none is published, then it fails, and nothing is written', async () => {
    await record(path('data'), vectorEvents(VECTOR))
    expect(errorOf(await replayed({ correction: asTheyWere('other') }))).toEqual({
      kind: 'failed',
      message:
        'no version of the ruleset other is published, so its rules as they were are not known; check the id, or give the rules as they should have been',
      options: ['correction'],
    })
    expect(readdirSync(path('')).sort()).toEqual(['data'])
  })
})

test('given no ledger, when it is replayed, then it fails and says how to create one', async () => {
  expect(errorOf(await replayed())).toMatchObject({
    kind: 'failed',
    message: expect.stringContaining('create one with redress ingest'),
  })
})
