import { readFileSync } from 'node:fs'
import { beforeEach, describe, expect, test } from 'vitest'
import { type ExplainOptions, explainDecision } from '../../../src/app/replay/explain.ts'
import { correctionOfRules } from '../../../src/replay/correction/correction.ts'
import { parseRuleset } from '../../../src/rulesets/document.ts'
import type { Ruleset } from '../../../src/rulesets/ruleset.ts'
import { unwrap } from '../../ledger/events.ts'
import { errorOf, record, useCaseFolder, vectorEvents, vectorFile } from '../use-case.ts'

const correctedOf = (vector: string): Ruleset =>
  unwrap(parseRuleset(readFileSync(vectorFile(vector, 'corrected.json'), 'utf8')))
const path = useCaseFolder()
const explained = (decisionId: string, options: Partial<ExplainOptions> = {}) =>
  explainDecision({
    data: path('data'),
    decisionId,
    correction: null,
    at: null,
    onProgress: () => {},
    onRead: () => {},
    ...options,
  })

describe('given a ban for evading a wrongful one', () => {
  const VECTOR = '05-cascade-across-accounts'
  const corrected = correctedOf(VECTOR)
  beforeEach(() => record(path('data'), vectorEvents(VECTOR)))

  test('when it is explained under the corrected rules, then its class follows from the flag that fell', async () => {
    const { row, flags, ...rest } = unwrap(
      await explained('d-alt', { correction: correctionOfRules(corrected) }),
    )
    expect(row).toMatchObject({ decisionId: 'd-alt', class: 'wrongful', facts: ['cascaded'], fallen: ['x'] })
    expect(flags).toMatchObject([
      { flagId: 'x', becauseOf: ['d-main'], original: { truth: 'true' }, corrected: { truth: 'false' } },
    ])
    expect(rest.corrected).toMatchObject({
      ruleset: { version: corrected.version, sha256: corrected.sha256 },
    })
  })

  test('when it is explained without them, then it is by the rules of the day only', async () => {
    const { row, flags, corrected: none } = unwrap(await explained('d-alt'))
    expect(row).toMatchObject({ decisionId: 'd-alt', original: { verdict: 'act', restriction: 'suspended' } })
    expect(row).not.toHaveProperty('class')
    expect(flags).toMatchObject([{ flagId: 'x', corrected: null }])
    expect(none).toBeNull()
  })

  test('when there is no such decision, or none yet, then it is not found', async () => {
    const missing = { kind: 'not_found', message: 'the ledger has no decision d-none' }
    expect(errorOf(await explained('d-none'))).toEqual(missing)
    expect(errorOf(await explained('d-none', { correction: correctionOfRules(corrected) }))).toEqual(missing)
    expect(errorOf(await explained('d-alt', { at: 3 }))).toMatchObject({ kind: 'not_found' })
  })

  test('when the corrected ruleset has another id, then it is invalid', async () => {
    expect(
      errorOf(
        await explained('d-alt', {
          correction: correctionOfRules({ ...corrected, id: 'ads' }),
        }),
      ),
    ).toEqual({
      kind: 'invalid',
      message:
        'the decision d-alt was made under community-guidelines, which a replay of ads does not judge; give a version of community-guidelines',
      options: ['ruleset'],
    })
  })
})

test('given a decision that names no ruleset, and none in force then, when it is explained, then one must be given', async () => {
  const VECTOR = '22-no-ruleset-named'
  await record(path('data'), vectorEvents(VECTOR))
  expect(errorOf(await explained('d4'))).toEqual({
    kind: 'invalid',
    message: 'the decision d4 names no ruleset, and none was in force then; give one',
    options: ['ruleset'],
  })
})
