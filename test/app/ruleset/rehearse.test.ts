import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { beforeEach, describe, expect, test } from 'vitest'
import { REHEARSAL_REPORT, rehearsalJson } from '../../../src/app/ruleset/rehearsal-json.ts'
import { type RehearseOptions, rehearseRuleset } from '../../../src/app/ruleset/rehearse.ts'
import { jsonText } from '../../../src/foundation/text/json-text.ts'
import { unwrap } from '../../ledger/events.ts'
import { compiled, type Document, RULESET, service } from '../../replay/histories.ts'
import { clock, errorOf, record, recordAndProject, recordIncoming, useCaseFolder } from '../use-case.ts'

const { published, evaluated, flagged } = service
const path = useCaseFolder()
const DAY = 86_400_000

const above = (score: number, version = `above-${score}`): Document => ({
  ruleset: RULESET,
  version,
  signals: { score: 'int' },
  rules: [{ id: 'a', category: 'alpha', when: `signals.score > ${score}`, strikes: 1 }],
  deactivations: [{ id: 'one', at_least: 1, restriction: 'suspended' }],
})

const references: string[] = []
beforeEach(() => {
  references.splice(0)
})
const rehearsed = (next: Document, options: Partial<RehearseOptions> = {}) =>
  rehearseRuleset({
    ...{ data: path('data'), next: compiled(next), against: null, now: clock(), over: 7 * DAY, sample: 20 },
    expectations: new Map(),
    onProgress: () => {},
    onReference: (reason) => references.push(reason),
    ...options,
  })

/** Scores from 0 to 49, one an hour, each of another account. */
const scores = Array.from({ length: 50 }, (_, score) => evaluated(`u${score}`, score, { score }))

describe('given a version in force, and evidence', () => {
  beforeEach(() =>
    recordAndProject(path('data'), [
      published(above(39)),
      published(above(100, 'later'), 500_000),
      ...scores,
    ]),
  )

  test('when a laxer version is rehearsed, then it is as expected', async () => {
    const { rehearsal, unexpected, sequence } = unwrap(await rehearsed(above(44)))
    expect(rehearsal.rules).toMatchObject([{ counts: { onlyOld: 5, onlyNew: 0, both: 5 } }])
    expect(rehearsal.accounts).toMatchObject({ onlyOld: 5, onlyNew: 0 })
    expect([unexpected, sequence, references]).toEqual([[], 52, []])
  })

  test('when a much stricter version is rehearsed, then it is not, unless that is expected', async () => {
    const { unexpected } = unwrap(await rehearsed(above(29)))
    expect(unexpected).toEqual([{ rule: 'a', newlyFired: 10, fired: 10, allowed: 2 }])
    const expectations = new Map([['a', { kind: 'percent', value: 100 } as const]])
    expect(unwrap(await rehearsed(above(29), { expectations })).unexpected).toEqual([])
  })

  test('when events were recorded since the projections, then they count', async () => {
    await recordIncoming(path('data'), [flagged('u60', 60, { flagId: 'f1', signals: { score: 43 } })])
    const { rehearsal, sequence } = unwrap(await rehearsed(above(44)))
    expect(rehearsal.evidence).toEqual({ flags: 1, evaluations: 50 })
    expect(rehearsal.rules).toMatchObject([{ counts: { onlyOld: 6 } }])
    expect([sequence, references]).toEqual([53, []])
  })

  test('when less time is asked for, then it ends with the last event of a service', async () => {
    const { rehearsal } = unwrap(await rehearsed(above(44), { over: 2 * 3_600_000 }))
    expect(rehearsal.evidence).toEqual({ flags: 0, evaluations: 3 })
  })

  test('when another version is named, then it is the one to compare with', async () => {
    const { rehearsal } = unwrap(await rehearsed(above(44), { against: 'later' }))
    expect(rehearsal.old?.version).toBe('later')
    expect(rehearsal.rules).toMatchObject([{ counts: { onlyNew: 5 } }])
  })

  test('when a version cannot be compared, then it says why', async () => {
    expect(errorOf(await rehearsed(above(39)))).toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('guidelines above-39 is in force already'),
    })
    expect(errorOf(await rehearsed(above(1, 'above-39')))).toMatchObject({
      message: expect.stringContaining('above-39 is published with another document'),
    })
    expect(errorOf(await rehearsed(above(44), { against: 'none' }))).toMatchObject({
      kind: 'not_found',
      message: 'guidelines none is not published; the versions are above-39, later',
    })
    expect(errorOf(await rehearsed(above(44), { against: 'above-44' }))).toMatchObject({ kind: 'invalid' })
    const expectations = new Map([['b', { kind: 'number', value: 1 } as const]])
    expect(errorOf(await rehearsed(above(44), { expectations }))).toMatchObject({
      kind: 'invalid',
      options: ['expect'],
    })
  })

  test('then its JSON fits the schema, to the letter', async () => {
    const schema = join(import.meta.dirname, `../../../infra/schemas/${REHEARSAL_REPORT}.json`)
    const validate = new Ajv2020({ formats: { 'date-time': true } }).compile(
      JSON.parse(readFileSync(schema, 'utf8')),
    )
    const report = JSON.parse(JSON.stringify(rehearsalJson(unwrap(await rehearsed(above(29))))))
    validate(report)
    expect(validate.errors).toBeNull()
    expect(validate({ ...report, more: 1 })).toBe(false)
  })
})

test('given no projections, when a version is rehearsed, then the ledger is read, with the same result', async () => {
  const events = [published(above(39)), ...scores]
  await recordIncoming(path('data'), events)
  const fromLedger = unwrap(await rehearsed(above(29)))
  expect(references).toEqual([expect.stringContaining('nothing is projected')])
  await recordAndProject(path('data'), [])
  expect(unwrap(await rehearsed(above(29)))).toEqual({ ...fromLedger, rehearsal: expect.anything() })
  // As text: whoever compares two outputs compares bytes.
  const json = jsonText(rehearsalJson(fromLedger))
  expect(jsonText(rehearsalJson(unwrap(await rehearsed(above(29)))))).toBe(json)
  expect(references).toHaveLength(1)
})

test('given no published version, when one is rehearsed, then everything is new, and as expected', async () => {
  await recordIncoming(path('data'), scores)
  const { rehearsal, unexpected } = unwrap(await rehearsed(above(29)))
  expect(rehearsal).toMatchObject({ old: null, rules: [{ change: 'added', counts: { onlyNew: 20 } }] })
  expect(unexpected).toEqual([])
})

test('given no evidence, when a version is rehearsed, then it fails', async () => {
  await record(path('data'), [])
  expect(errorOf(await rehearsed(above(29)))).toMatchObject({
    kind: 'failed',
    message: expect.stringContaining('no events of services'),
  })
  await recordIncoming(
    path('data'),
    [scores[0] ?? [], service.banned('u1', 500, { decisionId: 'd1' })].flat(),
  )
  expect(errorOf(await rehearsed(above(29)))).toMatchObject({
    kind: 'failed',
    message: expect.stringContaining('give a longer time'),
    options: ['over'],
  })
})
