import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { judgeHistory } from '../../../src/replay/reference/judge-history.ts'
import { explain, explainOfTheDay } from '../../../src/replay/result/explain.ts'
import { rowOfDecision } from '../../../src/replay/result/rows.ts'
import { correctionOf } from '../corrections.ts'
import { correcting, histories, historyOf, RULESET, service } from '../histories.ts'

const { published, flagged, banned, rescored } = service
const scanner = { kind: 'rule', id: 'scanner', version: '1' }

const document = (version: string, when: string) => ({
  ruleset: RULESET,
  version,
  signals: { score: 'int' },
  rules: [{ id: 'a', category: 'alpha', when, strikes: 2, strikes_expire_after: '2d' }],
  deactivations: [{ id: 'sum', at_least: 2, within: '5d', restriction: 'suspended' }],
})

describe('given a wrongful ban', () => {
  const correction = correcting(document('v2', 'signals.score >= 8'))
  const history = historyOf(
    [
      published(document('v1', 'signals.score >= 5')),
      flagged('u1', 1, { flagId: 'old', signals: { score: 9 } }),
      flagged('u1', 60, { flagId: 'new', signals: { score: 6 } }),
      banned('u1', 61, { decisionId: 'd1', grounds: ['new', 'lost'] }),
    ],
    correction,
  )
  const findings = judgeHistory(history, correction)
  const judgement = findings.byDecision.get('d1')
  if (judgement === undefined) throw new Error('d1 is in scope')
  const explanation = explain(judgement, findings)

  test('then each flag is listed with its condition, truth, strikes and expiry under both answers', () => {
    const shown = explanation.flags.map(({ flagId, ground, original, corrected: b }) => ({
      flagId,
      ground,
      original,
      b,
    }))
    const under = (when: string, truth: string, expires: string, expired: boolean) => ({
      rule: 'a',
      category: 'alpha',
      condition: when,
      truth,
      strikes: 2,
      expires,
      expired,
      lost: false,
      removesContent: false,
    })
    const oldEnd = '2025-03-03T01:00:00.000Z'
    const newEnd = '2025-03-05T12:00:00.000Z'
    expect(shown).toEqual([
      {
        flagId: 'old',
        ground: false,
        original: under('signals.score >= 5', 'true', oldEnd, true),
        b: under('signals.score >= 8', 'true', oldEnd, true),
      },
      {
        flagId: 'new',
        ground: true,
        original: under('signals.score >= 5', 'true', newEnd, false),
        b: under('signals.score >= 8', 'false', newEnd, false),
      },
    ])
  })

  test('then the policies\u2019 sums, the missing ground and the class are given', () => {
    expect(explanation.original.policies).toEqual([
      {
        policy: 'sum',
        restriction: 'suspended',
        atLeast: 2,
        windowStart: '2025-02-26T13:00:00.000Z',
        low: 2,
        high: 4,
        acts: 'true',
        counted: ['new'],
      },
    ])
    expect(explanation.corrected.policies.map(({ low, high, acts }) => ({ low, high, acts }))).toEqual([
      { low: 0, high: 2, acts: 'unknown' },
    ])
    expect(explanation.missingGrounds).toEqual(['lost'])
    expect(explanation.row.class).toBe('indeterminate')
  })
})

describe('given a ban on flags whose evidence is corrected', () => {
  const rule = document('v1', 'signals.score >= 5')
  const correction = correctionOf({
    correction: 'c',
    ruleset: { id: RULESET },
    signals: { entry: 'string' },
    withdrawals: [
      { id: 'scanner-1', where: 'detector.version == "1"' },
      { id: 'entry-7', where: 'signals.entry == "7"', truth: 'false' },
    ],
  })
  const findings = judgeHistory(
    historyOf(
      [
        published(rule),
        flagged('u1', 1, { flagId: 'rescored', signals: { score: 6, entry: '8' } }),
        flagged('u1', 2, { flagId: 'open', signals: { score: 6, entry: '7' } }),
        flagged('u1', 3, { flagId: 'vague', signals: { score: 6 }, detector: { ...scanner, version: '2' } }),
        flagged('u1', 4, {
          ...{ flagId: 'sound', signals: { score: 6, entry: '8' } },
          detector: { ...scanner, version: '2' },
        }),
        banned('u1', 5, { decisionId: 'd1', grounds: ['rescored'] }),
        rescored('u1', 9, 'rescored', { score: 1, entry: '8' }, '3'),
      ],
      correction,
    ),
    correction,
  )
  const judgement = findings.byDecision.get('d1')
  if (judgement === undefined) throw new Error('d1 is in scope')
  const { flags } = explain(judgement, findings)
  const evidenceOf = (id: string) => flags.find(({ flagId }) => flagId === id)?.evidence

  test('then a rescoring is shown next to what was recorded, with what each means, and the withdrawal that it settles', () => {
    expect(evidenceOf('rescored')).toEqual({
      recorded: 'true',
      rescored: {
        occurredAt: '2025-03-01T09:00:00.000Z',
        detector: { kind: 'model', id: 'scanner', version: '3' },
        signals: { score: 1, entry: '8' },
        reason: null,
        truth: 'false',
      },
      withdrawals: [{ id: 'scanner-1', certain: true, leaves: 'unknown', answered: true, truth: 'false' }],
    })
  })

  test('then each withdrawal is shown with what it changes alone, and whether the flag is certainly in it', () => {
    expect(evidenceOf('open')).toEqual({
      recorded: 'true',
      rescored: null,
      withdrawals: [
        { id: 'scanner-1', certain: true, leaves: 'unknown', answered: false, truth: 'unknown' },
        { id: 'entry-7', certain: true, leaves: 'false', answered: false, truth: 'false' },
      ],
    })
    expect(evidenceOf('vague')?.withdrawals).toEqual([
      { id: 'entry-7', certain: false, leaves: 'unknown', answered: false, truth: 'unknown' },
    ])
  })

  test('then evidence that the correction leaves alone is as recorded', () => {
    expect(evidenceOf('sound')).toBeNull()
  })
})

describe('given any judged decision', () => {
  test('then its explanation carries the row of the replay, and every flag that fell', () => {
    fc.assert(
      fc.property(histories, ({ events, ...given }) => {
        const correction = correctionOf(given.correction)
        const findings = judgeHistory(historyOf(events, correction), correction)
        for (const judgement of findings.byDecision.values()) {
          const { row, flags } = explain(judgement, findings)
          expect(row).toEqual(rowOfDecision(judgement, findings))
          const explained = new Map(flags.map((flag) => [flag.flagId, flag]))
          for (const flagId of row.fallen) {
            expect(explained.get(flagId)?.original?.truth).toBe('true')
            expect(explained.get(flagId)?.corrected?.truth).not.toBe('true')
          }
        }
      }),
      { numRuns: 200 },
    )
  })
})

describe('given the rules of the day alone', () => {
  test('then they say the same about any decision as alongside corrected ones', () => {
    fc.assert(
      fc.property(histories, ({ events, corrected }) => {
        const correction = correcting(corrected)
        const findings = judgeHistory(historyOf(events, correction), correction)
        const history = historyOf(events)
        for (const judgement of findings.byDecision.values()) {
          const { row, corrected: _, flags, ...both } = explain(judgement, findings)
          const { decisionId, account, kind, occurredAt, recorded, original } = row
          expect(explainOfTheDay(judgement.decision, history)).toEqual(
            E.right({
              ...both,
              row: { decisionId, account, kind, occurredAt, recorded, original },
              corrected: null,
              flags: flags.map((flag) => ({ ...flag, evidence: null, corrected: null })),
            }),
          )
        }
      }),
      { numRuns: 200 },
    )
  })

  const v1 = document('v1', 'signals.score >= 5')
  const flag = flagged('u1', 10, { flagId: 'f', signals: { score: 6 } })
  const explained = (events: Parameters<typeof historyOf>[0], fields: object = {}) => {
    const ban = banned('u1', 11, { decisionId: 'd', grounds: ['f'], ruleset: undefined, ...fields })
    const history = historyOf([...events, flag, ban])
    const decision = history.decisions.get('d')
    if (decision === undefined) throw new Error('d is there')
    const explained = explainOfTheDay(decision, history)
    return E.isLeft(explained)
      ? explained.left
      : [explained.right.original.ruleset?.version, explained.right.row.original?.verdict]
  }

  test('when a decision names no correction, then it is the only one with a version in force', () => {
    const later = { ...v1, ruleset: 'later' }
    expect(explained([published(v1), published({ ...later, ruleset: 'later' }, 12)])).toEqual(['v1', 'act'])
  })
  test('when a decision names no ruleset and several are in force, then these are listed', () => {
    expect(explained([published(v1), published({ ...v1, ruleset: 'another' })])).toEqual([
      'another',
      'guidelines',
    ])
  })
  test('when a decision names no ruleset and none is in force, then none is listed', () => {
    expect(explained([published(v1, 12)])).toEqual([])
  })
  test('when a decision names one of several rulesets, then it is that one', () => {
    const events = [published(v1), published({ ...v1, ruleset: 'another', rules: [], deactivations: [] })]
    expect(explained(events, { ruleset: { id: 'guidelines', version: 'v1' } })).toEqual(['v1', 'act'])
    expect(explained(events, { ruleset: { id: 'another', version: 'v1' } })).toEqual(['v1', 'none'])
  })
  test('when a decision names a version that was never published, then what it said is unknown', () => {
    expect(explained([published(v1)], { ruleset: { id: 'guidelines', version: 'v9' } })).toEqual([
      undefined,
      'unknown',
    ])
  })
})
