import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { beforeEach, describe, expect, test } from 'vitest'
import { closeIncident } from '../../../src/app/incident/close.ts'
import { incidentJson, showIncident } from '../../../src/app/incident/show.ts'
import { approve } from '../../../src/app/remediation/approve.ts'
import type { PlanOptions } from '../../../src/app/remediation/plan.ts'
import { listReview, review } from '../../../src/app/remediation/review.ts'
import { askPerson, judgeSample } from '../../../src/app/remediation/sample.ts'
import { remediationJson, showRemediation } from '../../../src/app/remediation/show.ts'
import type { WrittenResolution } from '../../../src/incidents/remediation/resolutions-file.ts'
import type { WrittenVerdict } from '../../../src/incidents/remediation/verdicts-file.ts'
import { unwrap } from '../../ledger/events.ts'
import { clock, errorOf, storedIn, useCaseFolder } from '../use-case.ts'
import { planFor, wrongedIn } from './planned.ts'

const MAIN = join(import.meta.dirname, '../../../src/cli/main.ts')
const path = useCaseFolder()
const place = () => ({ data: path('data'), clock })

let incidentId = ''
beforeEach(async () => {
  incidentId = await wrongedIn(path('data'))
})

const plan = (change: Partial<PlanOptions> = {}) => planFor(path('data'), incidentId, change)
const ask = (remediationId: string, by: string) => askPerson({ data: path('data'), remediationId, by })
const judge = (remediationId: string, by: string, verdicts: object) =>
  judgeSample({
    ...{ ...place(), remediationId, by },
    // Cast: what a file has.
    verdicts: Object.entries(verdicts).map(
      ([decisionId, verdict]) => ({ decisionId, verdict }) as unknown as WrittenVerdict,
    ),
  })
const settle = (remediationId: string, decisionId: string, resolution: string, restriction?: string) =>
  review({
    ...{ ...place(), remediationId, by: 'eve' },
    // Cast: what a file has.
    resolutions: [
      { decisionId, resolution, ...(restriction && { restriction }) },
    ] as unknown as ReadonlyArray<WrittenResolution>,
  })
const sign = (remediationId: string, by: string, change: object = {}) =>
  approve({ ...place(), remediationId, tolerance: 0, reason: null, by, ...change })
const show = async (remediationId: string) =>
  remediationJson(unwrap(await showRemediation({ data: path('data'), remediationId })))

const agreed = { 'd-main': 'agree', 'd-alt': 'agree', 'd-third': 'agree' }

describe('given an incident in whose ledger one wrongful ban led to two others', () => {
  test('when it is planned, then the plan has the three accounts, each not before the one that it rests on', async () => {
    const planned = unwrap(await plan())
    expect(planned).toMatchObject({
      ...{ kind: 'planned', remediationId: `${incidentId}-1`, sampled: 3, unknown: [] },
      plan: { sequence: 12, waves: [1, 3], counts: { accounts: 3, reinstate: 3, cascaded: 2, review: 0 } },
    })
    const { planSha256 } = planned
    expect(await show(planned.remediationId)).toMatchObject({
      ...{ planSha256, plannedBy: 'ana', approved: null, eventsSince: 0 },
      sample: { size: 3, settled: 0 },
      strata: [{ settled: 0, wrongAtMost: 1 }, { wrongAtMost: 1 }],
    })
  })

  test('when the same is planned again, then nothing is recorded; with another sample, it is another plan', async () => {
    const first = unwrap(await plan())
    const { remediationId, planSha256 } = first
    expect(unwrap(await plan())).toMatchObject({ kind: 'unchanged', remediationId, planSha256 })
    expect(unwrap(await plan({ sample: 2 }))).toMatchObject({
      ...{ kind: 'planned', remediationId: `${incidentId}-2`, sampled: 2 },
    })
  })

  test('when two people agree and a third one approves, then it is approved by the hash of its plan', async () => {
    const { remediationId, planSha256 } = unwrap(await plan())
    expect(
      unwrap(await ask(remediationId, 'bo'))
        .decisions.map(({ decisionId }) => decisionId)
        .sort(),
    ).toEqual(Object.keys(agreed).sort())
    expect(unwrap(await judge(remediationId, 'bo', agreed))).toEqual({ recorded: 3, unchanged: 0 })
    expect(unwrap(await judge(remediationId, 'bo', agreed))).toEqual({ recorded: 0, unchanged: 3 })
    expect(unwrap(await ask(remediationId, 'bo')).decisions).toEqual([])
    expect(errorOf(await sign(remediationId, 'di')).message).toMatch(
      /^3 decisions of the sample still need verdicts/,
    )
    unwrap(await judge(remediationId, 'cy', agreed))
    expect(errorOf(await sign(remediationId, 'ana'))).toEqual({
      ...{ kind: 'refused', message: 'ana made the plan, so somebody else must approve it', options: ['by'] },
    })
    expect(unwrap(await sign(remediationId, 'di'))).toEqual({ kind: 'approved', remediationId, planSha256 })
    expect(unwrap(await sign(remediationId, 'di')).kind).toBe('unchanged')
    expect(errorOf(await sign(remediationId, 'eve')).message).toBe(`di has approved ${remediationId} before`)
    expect((await storedIn(path('data'))).at(-1)).toMatchObject({
      type: 'remediation.approved.v1',
      data: { planSha256, by: 'di', authenticated: false, tolerance: 0, verdicts: 6, disagreements: 0 },
    })
    const shown = await show(remediationId)
    expect(shown).toMatchObject({
      approved: { by: 'di' },
      sample: { settled: 3, disagreements: 0 },
      next: [{ command: `redress remediation run ${remediationId} --by NAME` }],
    })
    // All of them are judged.
    expect(shown.strata.map(({ wrongAtMost }) => wrongAtMost)).toEqual([0, 0])
    expect(errorOf(await judge(remediationId, 'eve', agreed)).message).toBe(
      'the plan is approved, so its sample is closed',
    )
  })

  test('when a person judges who may not, or what is not in the sample, then nothing is recorded', async () => {
    const { remediationId } = unwrap(await plan())
    const before = (await storedIn(path('data'))).length
    expect(errorOf(await ask(remediationId, 'ana')).message).toBe(
      'ana made the plan, so others must judge its sample',
    )
    expect(errorOf(await judge(remediationId, ' Ana', agreed)).message).toBe(
      ' Ana made the plan, so others must judge its sample',
    )
    expect(errorOf(await judge(remediationId, 'bo', { 'd-main': 'agree', 'd-other': 'agree' })).message).toBe(
      `decision d-other is not in the sample of ${remediationId}`,
    )
    expect(await storedIn(path('data'))).toHaveLength(before)
    unwrap(await judge(remediationId, 'bo', { 'd-main': 'agree' }))
    expect(errorOf(await judge(remediationId, 'bo', { 'd-main': 'unsure' })).message).toBe(
      'bo has judged decision d-main otherwise before, and a verdict stands; another person can judge it',
    )
  })

  test('when the two disagree, then the third one decides; a disagreement is accepted only with a reason', async () => {
    const { remediationId } = unwrap(await plan())
    unwrap(await judge(remediationId, 'bo', agreed))
    unwrap(await judge(remediationId, 'cy', { ...agreed, 'd-alt': 'disagree' }))
    expect(unwrap(await ask(remediationId, 'di')).decisions).toMatchObject([{ decisionId: 'd-alt' }])
    unwrap(await judge(remediationId, 'di', { 'd-alt': 'unsure' }))
    expect(errorOf(await sign(remediationId, 'eve')).message).toMatch(
      /^1 decision of the sample is not to be/,
    )
    expect(errorOf(await sign(remediationId, 'eve', { tolerance: 1 }))).toMatchObject({
      message: 'a tolerance above 0 requires a reason',
      options: ['reason'],
    })
    unwrap(await sign(remediationId, 'eve', { tolerance: 1, reason: 'it is on hold' }))
  })

  test('when there are exceptions, then they are left out with their reason; those that name nothing are refused', async () => {
    const except = [
      { account: 'alt', reason: 'a legal hold' },
      { decisionId: 'd-nobody', reason: 'gone' },
    ]
    expect(errorOf(await plan({ except }))).toMatchObject({
      ...{ kind: 'refused', options: ['allowUnknown'], details: ['decision d-nobody'] },
    })
    const planned = unwrap(await plan({ except, allowUnknown: true }))
    expect(planned.plan.counts).toMatchObject({ accounts: 1, reinstate: 1, review: 1, excepted: 1 })
    expect(planned.unknown).toEqual([except[1]])
    const some = { where: 'row.account != "main"', reason: 'by hand' }
    expect(unwrap(await plan({ exceptWhere: some })).plan.counts).toMatchObject({ accounts: 1, excepted: 2 })
    const all = { where: 'row.kind == "deactivation"', reason: 'by hand' }
    expect(errorOf(await plan({ exceptWhere: all })).message).toBe(
      'there is nothing to plan: every row is left out',
    )
    expect(errorOf(await plan({ exceptWhere: { ...all, where: 'row.sort == "x"' } }))).toMatchObject({
      kind: 'invalid',
      options: ['exceptWhere'],
    })
  })

  test('when a row goes to a person, then the last word on it counts in the next plan, whichever plan it was of', async () => {
    const except = [{ account: 'alt', reason: 'a legal hold' }]
    const first = unwrap(await plan({ except })).remediationId
    expect(unwrap(await listReview({ data: path('data'), remediationId: first }))).toMatchObject([
      { decisionId: 'd-third', account: 'third', why: ['rests_on_what_stays'], settled: null },
    ])
    const second = unwrap(await plan({ except, sample: 1 })).remediationId
    expect(errorOf(await settle(first, 'd-third', 'change', 'terminated')).message).toBe(
      'decision d-third is suspended now, and a change makes it milder; keep it, or put it back',
    )
    expect(errorOf(await settle(first, 'd-main', 'keep')).message).toMatch(
      /^decision d-main is not a row for/,
    )
    expect(unwrap(await settle(second, 'd-third', 'keep'))).toEqual({ recorded: 1, unchanged: 0 })
    expect(unwrap(await settle(first, 'd-third', 'put_back'))).toEqual({ recorded: 1, unchanged: 0 })
    expect(unwrap(await settle(first, 'd-third', 'put_back'))).toEqual({ recorded: 0, unchanged: 1 })
    const third = unwrap(await plan({ except }))
    expect(third.plan.counts).toMatchObject({ accounts: 2, reinstate: 2, review: 0, kept: 0, excepted: 1 })
    expect(errorOf(await settle(third.remediationId, 'd-third', 'keep')).message).toBe(
      `decision d-third is not a row for a person in ${third.remediationId}; it was settled in ${second}, where it can be settled otherwise`,
    )
  })

  test('when a part of the plan is missing in the vault, then it cannot be approved', async () => {
    const { remediationId } = unwrap(await plan())
    for (const by of ['bo', 'cy']) unwrap(await judge(remediationId, by, agreed))
    const db = new DatabaseSync(path('data/vault.db'))
    const guard = "SELECT sql FROM sqlite_master WHERE name = 'documents_no_delete'"
    const { sql } = db.prepare(guard).get() ?? {}
    db.exec('DROP TRIGGER documents_no_delete')
    const parts = db.prepare('DELETE FROM documents WHERE canonical LIKE \'[{"account":%\'').run()
    db.exec(String(sql))
    db.close()
    expect(parts.changes).toBeGreaterThan(0)
    expect(errorOf(await sign(remediationId, 'di')).message).toMatch(/not in the vault; restore vault.db/)
  })

  test('when it was planned again otherwise, then only the later plan can be approved', async () => {
    const { remediationId } = unwrap(await plan())
    const later = unwrap(await plan({ sample: 1 })).remediationId
    for (const by of ['bo', 'cy']) unwrap(await judge(remediationId, by, agreed))
    expect(errorOf(await sign(remediationId, 'di')).message).toBe(
      `${later} was planned after ${remediationId}; judge and approve that one`,
    )
    expect((await show(remediationId)).next).toMatchObject([{ command: `redress remediation show ${later}` }])
  })

  test('when it is closed, then nothing is planned, judged or approved', async () => {
    const { remediationId } = unwrap(await plan())
    unwrap(await closeIncident({ ...place(), incidentId, conclusion: 'confirmed', summary: null, by: 'ana' }))
    expect(errorOf(await plan())).toMatchObject({ kind: 'refused', options: ['incident'] })
    for (const refused of [await judge(remediationId, 'bo', agreed), await sign(remediationId, 'bo')]) {
      expect(errorOf(refused)).toMatchObject({ kind: 'refused' })
    }
  })

  test('when a note is added while it is planned, then the plan is recorded after it', async () => {
    const note = ['incident', 'note', incidentId, 'meanwhile', '--by', 'bo', '--data', path('data')]
    const onRead = () => {
      execFileSync(process.execPath, [MAIN, ...note], { stdio: 'ignore' })
    }
    unwrap(await plan({ onRead, acceptClock: true }))
    const types = (await storedIn(path('data'))).map(({ type }) => type)
    expect(types.filter((type) => type === 'remediation.planned.v1')).toHaveLength(1)
    expect(types).toContain('incident.noted.v1')
  })

  test('when the incident is shown, then it has the plan, the blame and what is next', async () => {
    const { remediationId } = unwrap(await plan())
    const shown = incidentJson(unwrap(await showIncident({ data: path('data'), incidentId })))
    expect(shown).toMatchObject({
      remediations: [{ remediationId, by: 'ana', sample: { size: 3, settled: 0 }, approved: null }],
      blame: [{ alone: 2 }, { alone: 1 }],
    })
    expect(shown.next.map(({ command }) => command)).toContain(
      `redress remediation sample ${remediationId} --by NAME`,
    )
  })

  test('when a remediation is named that does not exist, then it is not found', async () => {
    for (const id of ['nothing', `${incidentId}-1`, 'nobody-1']) {
      expect(errorOf(await showRemediation({ data: path('data'), remediationId: id })).kind).toBe('not_found')
    }
  })
})
