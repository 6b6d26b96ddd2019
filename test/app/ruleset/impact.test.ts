import { existsSync, readFileSync } from 'node:fs'
import { beforeEach, describe, expect, test } from 'vitest'
import { type ImpactOptions, impactJson, impactOfRuleset } from '../../../src/app/ruleset/impact.ts'
import { parseRuleset } from '../../../src/rulesets/document.ts'
import { unwrap } from '../../ledger/events.ts'
import { judging, nothingTold } from '../replay/judging.ts'
import { errorOf, record, useCaseFolder, vectorEvents, vectorFile } from '../use-case.ts'

const VECTOR = '05-cascade-across-accounts'
const next = unwrap(parseRuleset(readFileSync(vectorFile(VECTOR, 'corrected.json'), 'utf8')))
const path = useCaseFolder()
const impactSince = (since: string, options: Partial<ImpactOptions> = {}) =>
  impactOfRuleset({
    ...judging(path('data'), nothingTold()),
    ...{ next, since: Date.parse(since), list: null },
    ...options,
  })

describe('given a ledger in which one wrongful ban led to two others', () => {
  beforeEach(() => record(path('data'), vectorEvents(VECTOR)))

  test('when the impact of the corrected rules is asked for, then it is counted and listed', async () => {
    const found = impactJson(unwrap(await impactSince('2020-01-01', { list: path('changed.ndjson') })))
    expect(found).toMatchObject({
      ruleset: { id: next.id, version: next.version },
      sequence: 11,
      deactivations: { would_not_happen: 3, as_it_was: 2, would_happen: 0, unknown: 0 },
      accounts: { wouldNotBeDeactivated: 3, wouldBeDeactivated: 0 },
    })
    expect(found.causes).toHaveLength(2)
    const lines = readFileSync(path('changed.ndjson'), 'utf8').trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { change: 'would_not_happen', decisionId: 'd-main', kind: 'deactivation' },
      { change: 'would_not_happen', decisionId: 'd-alt', restriction: { would: null } },
      { change: 'would_not_happen', decisionId: 'd-third' },
    ])
  })

  test('when it is asked for since a later time, then earlier decisions do not count', async () => {
    const all = unwrap(await impactSince('2020-01-01')).impact.byMonth
    expect(all.length).toBeGreaterThan(0)
    expect(unwrap(await impactSince('2099-01-01')).impact).toMatchObject({ byMonth: [], byRestriction: [] })
  })

  test('when the list cannot be written, then it fails and leaves no file', async () => {
    expect(errorOf(await impactSince('2020-01-01', { list: path('data') }))).toMatchObject({ kind: 'failed' })
    expect(existsSync(path('changed.ndjson'))).toBe(false)
  })
})
