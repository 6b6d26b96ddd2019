import { expect, test } from 'vitest'
import type { IncomingEvent } from '../../../src/domain/event.ts'
import { auditsOn, MOST_KEYS } from '../../../src/incidents/audit/audits-on.ts'
import { type DueAudit, dueAudits } from '../../../src/incidents/audit/due-audits.ts'
import { readDecoded } from '../../../src/ledger/read.ts'
import { openPublished } from '../../../src/projection/published.ts'
import { projected, withFolder } from '../../projection/projecting.ts'
import { service } from '../../replay/histories.ts'
import { appendAll, unwrap } from '../../replay/ledgers.ts'
import { event } from '../../reports/health/looking.ts'

const machine = (version: string) => ({ kind: 'model', id: 'net', version })
/** A ban or a removal by a machine or a person, on flags of one or two rules. */
const decided = (i: number): ReadonlyArray<IncomingEvent> => {
  const account = `u${i % 40}`
  const flagIds = [`f-${i}`, ...(i % 3 === 0 ? [`f-${i}-b`] : [])]
  const flags = flagIds.map((flagId, of) =>
    service.flagged(account, i, {
      ...{ flagId, rule: { id: of === 0 ? 'a' : 'b' }, detector: machine(String(i % 2)) },
    }),
  )
  const by = i % 11 === 0 ? { decidedBy: { kind: 'human', id: 'moderator-1' } } : {}
  const decision = { decisionId: `d-${i}`, grounds: i % 7 === 0 ? ['f-lost'] : flagIds, ...by }
  return [...flags, service.banned(account, i + 1, decision)]
}

test('given a history, when its decisions to audit are found as they are recorded, in any number of runs, then they are those that are listed afterwards', () =>
  withFolder(async (folder) => {
    const early = event('decision.audited.v1', 'u5', 1, {
      ...{ decisionId: 'd-5', verdict: 'unsure', reviewer: { kind: 'human', id: 'r' } },
    })
    await appendAll(folder.open, [early, ...Array.from({ length: 150 }, (_, i) => decided(i)).flat()])
    const { ledger } = folder.open
    const found: DueAudit[] = []
    let audits = auditsOn(ledger)
    for await (const page of readDecoded(ledger, ledger.readAll(null))) {
      for (const [i, decoded] of unwrap(page).entries()) {
        if (i % 97 === 0) audits = auditsOn(ledger, JSON.parse(JSON.stringify(audits.counts())))
        const due = unwrap(await audits.take(decoded))
        if (due !== null) found.push(due)
      }
    }
    await projected(folder)
    const published = unwrap(await openPublished(folder.dir, { memory: '500MB' }))
    const listed = await dueAudits(published.connection).finally(() => published.close())
    const sorted = ({ keys, ...audit }: DueAudit) => ({
      ...audit,
      keys: keys.map((key) => JSON.stringify(key)).sort(),
    })
    expect(found.map(sorted)).toEqual(listed.map(sorted))
    expect(new Set(found.map(({ because }) => because))).toEqual(new Set(['new', 'sample']))
    expect(found.map(({ decisionId }) => decisionId)).not.toContain('d-5')
  }))

test('given more keys than are remembered, when another decision comes, then what was counted still fits into a message, and the oldest key is new again', () =>
  withFolder(async (folder) => {
    await appendAll(folder.open, decided(1))
    const { ledger } = folder.open
    const full = Array.from({ length: MOST_KEYS }, (_, i) => [String(i).padStart(16, '0'), 20] as const)
    const audits = auditsOn(ledger, full)
    for await (const page of readDecoded(ledger, ledger.readAll(null))) {
      for (const decoded of unwrap(page)) unwrap(await audits.take(decoded))
    }
    const counts = audits.counts()
    expect(counts).toHaveLength(MOST_KEYS)
    expect(counts.at(-1)).toEqual([expect.stringMatching(/^[0-9a-f]{16}$/), 1])
    expect(counts[0]).toEqual(full[1])
    expect(JSON.stringify(counts).length).toBeLessThan(200_000)
  }))
