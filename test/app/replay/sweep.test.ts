import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { beforeEach, describe, expect, test } from 'vitest'
import { type SweepOptions, sweepLedger } from '../../../src/app/replay/sweep.ts'
import type { PlanStep } from '../../../src/replay/columnar/plan.ts'
import { parseSweep } from '../../../src/replay/sweep/expression.ts'
import { sweepFiles, sweepJson } from '../../../src/replay/sweep/write.ts'
import { checkRuleset } from '../../../src/rulesets/document.ts'
import { unwrap } from '../../ledger/events.ts'
import { service } from '../../replay/histories.ts'
import {
  errorOf,
  record,
  recordAndProject,
  recordIncoming,
  useCaseFolder,
  vectorEvents,
  vectorFile,
} from '../use-case.ts'
import { judging, nothingTold } from './judging.ts'

const VECTOR = '10-missed'
const path = useCaseFolder()
const expressionOf = (text: string) => unwrap(parseSweep(text))

let told = nothingTold()
const swept = (options: Partial<SweepOptions> = {}) =>
  sweepLedger({
    ...judging(path('data'), told),
    expression: expressionOf('adult.explicit: signals.adult_score >= 0.80..1.00 step 0.05'),
    ruleset: null,
    folder: null,
    ...options,
  })
const source = (file: string) => {
  const { ruleset, document } = checkRuleset(readFileSync(file, 'utf8'))
  if (ruleset === null) throw new Error(`${file} is no ruleset`)
  return { ruleset, document }
}

describe('given a ledger in which a threshold let accounts go', () => {
  beforeEach(async () => {
    told = nothingTold()
    await record(path('data'), vectorEvents(VECTOR))
  })

  test('when the threshold is swept, then it is that of the ruleset in force, and each step has its counts', async () => {
    const report = unwrap(await swept())
    expect(report).toMatchObject({
      ruleset: { id: 'community-guidelines', version: '2025-04-01' },
      rule: 'adult.explicit',
      comparison: 'signals.adult_score >=',
      engine: 'reference',
    })
    expect(report.steps.map(({ threshold, isCurrent }) => [threshold, isCurrent])).toEqual([
      ['0.80', false],
      ['0.85', false],
      ['0.90', false],
      ['0.95', false],
      ['0.97', true],
      ['1.00', false],
    ])
    const missed = report.steps.map(({ classes }) => classes.missed)
    expect(missed[0]).toBeGreaterThan(missed.at(-1) ?? 0)
    expect(missed).toEqual(missed.toSorted((a, b) => b - a))
    expect(told.reasons).toEqual([expect.stringContaining('redress project')])
    expect(told.read).toEqual([[]])
  })

  test('when it is projected, then the columns give the same, whether a base is kept or everything is judged', async () => {
    const reference = unwrap(await swept({ engine: 'reference' }))
    await recordAndProject(path('data'), [])
    const steps: PlanStep[] = []
    const onStep = (step: PlanStep): void => {
      steps.push(step)
    }
    const columnar = { ...reference, engine: 'columnar' }
    expect(unwrap(await swept({ onStep }))).toEqual(columnar)
    expect(steps.map(({ what }) => what)).toContain('rows taken from the base')
    steps.length = 0
    expect(unwrap(await swept({ onStep, full: true }))).toEqual(columnar)
    expect(steps.map(({ what }) => what)).not.toContain('rows taken from the base')
  })

  test('when a ruleset is given, then its own threshold is the one that is marked', async () => {
    const ruleset = source(vectorFile(VECTOR, 'corrected.json'))
    const report = unwrap(await swept({ ruleset }))
    expect(report.ruleset).toMatchObject({ version: '2025-05-13', sha256: ruleset.ruleset.sha256 })
    expect(report.steps.find(({ isCurrent }) => isCurrent)?.threshold).toBe('0.80')
  })

  test('when a folder is given, then it has the figures as CSV and JSON, and the plot', async () => {
    const report = unwrap(await swept({ folder: path('result') }))
    expect(readdirSync(path('result')).sort()).toEqual([...sweepFiles].sort())
    expect(JSON.parse(readFileSync(path('result/sweep.json'), 'utf8'))).toEqual(
      JSON.parse(JSON.stringify(sweepJson(report))),
    )
    writeFileSync(path('file'), '')
    expect(errorOf(await swept({ folder: path('file/result') }))).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining(path('file')),
    })
  })

  test('when it is swept at a sequence and within a window, then only what was there is counted', async () => {
    const early = unwrap(await swept({ at: 2 }))
    expect(early).toMatchObject({ sequence: 2, decisions: 0 })
    const later = unwrap(await swept({ window: { from: Date.UTC(2030, 0, 1), to: null } }))
    expect(later.window).toEqual({ from: '2030-01-01T00:00:00.000Z', to: null })
    expect(later.steps.map(({ classes }) => classes.missed)).toEqual(later.steps.map(() => 0))
  })

  test.each([
    [
      'other.rule: signals.adult_score >= 0.1..0.2 step 0.1',
      {
        kind: 'not_found',
        message: 'no ruleset in force has a rule other.rule; give one',
        options: ['ruleset'],
      },
    ],
    [
      'adult.explicit: signals.adult_score > 0.1..0.2 step 0.1',
      {
        kind: 'invalid',
        message:
          'rule adult.explicit has no comparison signals.adult_score > a number: it is "signals.adult_score >= 0.97 && !signals.is_illustration"',
        options: ['sweep'],
      },
    ],
  ])('when it is %s, then it says why it cannot be, with either engine', async (text, error) => {
    expect(errorOf(await swept({ expression: expressionOf(text), engine: 'reference' }))).toEqual(error)
    await recordAndProject(path('data'), [])
    expect(errorOf(await swept({ expression: expressionOf(text) }))).toEqual(error)
  })

  test('when several rulesets in force have the rule, then one must be given', async () => {
    const other = { ...Object(source(vectorFile(VECTOR, 'corrected.json')).document), ruleset: 'other' }
    await recordIncoming(path('data'), [service.published(other)])
    expect(errorOf(await swept())).toEqual({
      kind: 'invalid',
      message: 'several rulesets in force have a rule adult.explicit: other, community-guidelines; give one',
      options: ['ruleset'],
    })
  })

  test('when the window is empty or the sequence beyond the head, then it says so', async () => {
    expect(errorOf(await swept({ window: { from: 5, to: 5 } }))).toMatchObject({ kind: 'invalid' })
    expect(errorOf(await swept({ at: 100 }))).toMatchObject({ kind: 'failed', options: ['at'] })
  })
})
