import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { type SimulateOptions, simulateToFiles } from '../../../src/app/simulate/to-files.ts'
import { parseCorrection } from '../../../src/replay/correction/document.ts'
import { checkRuleset } from '../../../src/rulesets/document.ts'
import { leastAccounts } from '../../../src/simulation/population.ts'
import { unwrap } from '../../ledger/events.ts'
import { errorOf, useCaseFolder } from '../use-case.ts'

const path = useCaseFolder()
const simulated = (options: Partial<SimulateOptions> = {}) =>
  simulateToFiles({
    scenario: 'threshold-typo',
    seed: 1,
    accounts: leastAccounts,
    faultShare: 1,
    paired: false,
    holds: [],
    files: {
      events: path('events.ndjson'),
      truth: path('truth.json'),
      ruleset: path('corrected.yaml'),
      correction: null,
    },
    onProgress: () => {},
    ...options,
  })

test('given a scenario, when it is simulated, then the events, the truth and the corrected ruleset are in the files', async () => {
  const progress: unknown[] = []
  const { truth, bytes } = unwrap(
    await simulated({ onProgress: (done, total) => progress.push([done, total]) }),
  )
  const lines = readFileSync(path('events.ndjson'), 'utf8').trimEnd().split('\n')
  expect(bytes).toBe(statSync(path('events.ndjson')).size)
  expect(lines).toHaveLength(truth.events + truth.duplicates)
  expect(progress[0]).toEqual([1_000, lines.length])
  expect(JSON.parse(readFileSync(path('truth.json'), 'utf8'))).toEqual(truth)
  expect(checkRuleset(readFileSync(path('corrected.yaml'), 'utf8'))).toMatchObject({
    document: truth.rulesetCorrected,
    problems: [],
  })
})

test('given a scenario whose evidence was wrong, when it is simulated, then its correction is in the file', async () => {
  const files = {
    events: path('events.ndjson'),
    truth: path('truth.json'),
    ruleset: null,
    correction: path('correction.yaml'),
  }
  const { truth } = unwrap(await simulated({ scenario: 'vendor-error', files }))
  expect(JSON.parse(readFileSync(files.truth, 'utf8'))).toEqual(truth)
  expect(parse(readFileSync(files.correction, 'utf8'))).toEqual(truth.correction)
  const correction = unwrap(parseCorrection(readFileSync(files.correction, 'utf8')))
  expect(correction.withdrawals.map(({ id }) => id)).toEqual(['wrong-guidelines', 'audited'])
})

test('given the document that a scenario does not have, when it is simulated, then it is invalid, and says which it has', async () => {
  const files = { events: path('events.ndjson'), truth: path('truth.json') }
  const ruleset = { ...files, ruleset: path('corrected.yaml'), correction: null }
  expect(errorOf(await simulated({ scenario: 'vendor-error', files: ruleset }))).toEqual({
    kind: 'invalid',
    message: 'the rules of vendor-error were right: it has a correction, and no corrected ruleset',
    options: ['ruleset', 'correction'],
  })
  const correction = { ...files, ruleset: null, correction: path('correction.yaml') }
  expect(errorOf(await simulated({ scenario: 'mixed', files: correction }))).toEqual({
    kind: 'invalid',
    message: 'the evidence of mixed was right: it has a corrected ruleset, and no correction',
    options: ['correction', 'ruleset'],
  })
  expect(existsSync(path('events.ndjson'))).toBe(false)
})

test('given an existing file, when a platform is simulated, then it is invalid, and nothing is written', async () => {
  writeFileSync(path('truth.json'), 'mine')
  expect(errorOf(await simulated())).toEqual({
    kind: 'invalid',
    message: `${path('truth.json')} already exists: remove it, or choose another name`,
  })
  expect(readFileSync(path('truth.json'), 'utf8')).toBe('mine')
  expect(existsSync(path('events.ndjson'))).toBe(false)
})

test('given one name for two files, or no such scenario, when a platform is simulated, then it is invalid', async () => {
  const files = { events: path('a'), truth: path('./a'), ruleset: null, correction: null }
  expect(errorOf(await simulated({ files }))).toEqual({
    kind: 'invalid',
    message: 'give each file a different name',
  })
  expect(errorOf(await simulated({ scenario: 'all-well' }))).toEqual({
    kind: 'invalid',
    message: 'no such scenario: all-well',
  })
})

test('given a folder that does not exist, when a platform is simulated, then it fails and names the file', async () => {
  const files = {
    events: path('none/events.ndjson'),
    truth: path('truth.json'),
    ruleset: null,
    correction: null,
  }
  expect(errorOf(await simulated({ files }))).toMatchObject({
    kind: 'failed',
    message: expect.stringContaining(path('none')),
  })
})

test('given a file in a folder that does not exist, when it is simulated, then it fails before anything is written', async () => {
  const files = { events: path('events.ndjson'), truth: path('missing/truth.json') }
  expect(errorOf(await simulated({ files: { ...files, ruleset: null, correction: null } }))).toMatchObject({
    kind: 'failed',
    message: expect.stringContaining(`cannot write ${files.truth}: its folder does not exist`),
  })
  expect(existsSync(files.events)).toBe(false)
})
