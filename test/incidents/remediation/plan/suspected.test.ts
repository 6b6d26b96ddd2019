import { describe, expect, test } from 'vitest'
import { suspectedFlags } from '../../../../src/incidents/remediation/plan/suspected.ts'
import { correcting, historyOf, RULESET, service } from '../../../replay/histories.ts'
import { named } from './plans.ts'

const document = {
  ruleset: RULESET,
  version: 'v1',
  signals: { score: 'int' },
  rules: [{ id: 'a', category: 'alpha', when: 'signals.score >= 5', strikes: 1 }],
  deactivations: [{ id: 'three', at_least: 3, restriction: 'suspended' }],
}
const { flags } = historyOf([service.flagged('u1', 1, { flagId: 'f1' })], correcting(document))

describe('given a flag of rule a of guidelines v1, found by scanner 1', () => {
  test.each<[says: string, suspects: ReadonlyArray<object>, isSuspected: boolean]>([
    ['its rule', [{ rule: 'a' }], true],
    ['its rule in this version', [{ ruleset: RULESET, rule: 'a', version: 'v1' }], true],
    ['its rule in another version', [{ rule: 'a', version: 'v2' }], false],
    ['another ruleset', [{ ruleset: 'other' }], false],
    ['its detector in any version', [{ detector: { id: 'scanner' } }], true],
    ['its detector in another version', [{ detector: { id: 'scanner', version: '2' } }], false],
    ['the service that sent it', [{ source: '/test' }], true],
    ['another service', [{ source: '/other' }], false],
    ['one of several', [{ rule: 'b' }, { rule: 'a' }], true],
    ['its rule, whoever decided', [{ rule: 'a', decidedBy: { kind: 'rule', id: 'service' } }], true],
    ['only who decides', [{ decidedBy: { kind: 'rule', id: 'service' } }], false],
    ['nothing', [{}], false],
    ['nobody', [], false],
  ])('when the suspect is %s, then it is suspected: %#', (_, suspects, isSuspected) => {
    const known = named(...suspects)
    expect(known).toHaveLength(suspects.length)
    expect([...flags.values()].map(suspectedFlags(known))).toEqual([isSuspected])
  })
})
