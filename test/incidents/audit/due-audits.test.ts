import { describe, expect, test } from 'vitest'
import { FIRST_OF_KEY, isInAuditSample } from '../../../src/domain/audit-sample.ts'
import { dueAudits } from '../../../src/incidents/audit/due-audits.ts'
import { service } from '../../replay/histories.ts'
import { DAY, event, looked } from '../../reports/health/looking.ts'

/** A ban by a machine, on the flag of a rule. */
const banned = (decisionId: string, hour: number, more: object = {}) => {
  const account = `a-${decisionId}`
  return [
    service.flagged(account, hour, { flagId: `f-${decisionId}`, rule: { id: 'a' } }),
    service.banned(account, hour + 1, { decisionId, grounds: [`f-${decisionId}`], ...more }),
  ]
}
const verdict = (decisionId: string, says: string) =>
  event('decision.audited.v1', `a-${decisionId}`, 30, {
    decisionId,
    verdict: says,
    reviewer: { kind: 'human', id: 'reviewer-1' },
  })
const ids = Array.from({ length: 300 }, (_, i) => `d-${i}`)
const first = ids.slice(0, FIRST_OF_KEY)
const sampled = ids.slice(FIRST_OF_KEY).filter(isInAuditSample)

describe('given three hundred bans by machines on the flags of one rule', () => {
  const events = ids.flatMap((id, i) => banned(id, DAY + i))

  test('when audits are listed, then they are the first twenty, and those of the sample, in order', async () => {
    const due = await looked(events, ({ connection }) => dueAudits(connection))
    expect(sampled.length).toBeGreaterThan(1)
    expect(due.map(({ decisionId, because }) => [decisionId, because])).toEqual([
      ...first.map((id) => [id, 'new']),
      ...sampled.map((id) => [id, 'sample']),
    ])
    expect(due[0]).toMatchObject({
      account: 'a-d-0',
      kind: 'deactivation',
      keys: [{ rule: 'a', detector: { id: 'scanner' } }],
    })
  })

  test('when some were audited, whatever was found, then they are not listed, and nothing takes their place', async () => {
    const audited = [verdict('d-0', 'right'), verdict('d-1', 'unsure')]
    const due = await looked([...events, ...audited], ({ connection }) => dueAudits(connection))
    expect(due.map(({ decisionId }) => decisionId)).toEqual([...first.slice(2), ...sampled])
  })
})

test('given an account with thirty decisions on the flags of one rule, when audits are listed, then it takes one place of twenty', async () => {
  const many = Array.from({ length: 30 }, (_, i) => [
    service.flagged('u-many', DAY + i, { flagId: `f-${i}`, rule: { id: 'a' } }),
    service.banned('u-many', DAY + i, { decisionId: `m-${i}`, grounds: [`f-${i}`] }),
  ]).flat()
  const others = ids.slice(0, 25).flatMap((id, i) => banned(id, 3 * DAY + i))
  const due = await looked([...many, ...others], ({ connection }) => dueAudits(connection))
  expect(due.filter(({ because }) => because === 'new').map(({ decisionId }) => decisionId)).toEqual([
    'm-0',
    ...ids.slice(0, FIRST_OF_KEY - 1),
  ])
})

describe('given decisions that no key describes', () => {
  test('when people decided, then they are not listed', async () => {
    const byPerson = banned('d-12', DAY, { decidedBy: { kind: 'human', id: 'moderator-1' } })
    expect(await looked(byPerson, ({ connection }) => dueAudits(connection))).toEqual([])
  })

  test('when a machine names grounds that are not on record, then only the sample lists it', async () => {
    const groundless = ['d-12', 'd-13'].flatMap((id) => banned(id, DAY, { grounds: ['f-lost'] }))
    const due = await looked(groundless, ({ connection }) => dueAudits(connection))
    expect(due).toMatchObject([{ decisionId: 'd-12', because: 'sample', keys: [] }])
  })
})
