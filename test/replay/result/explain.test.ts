import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { judgeHistory } from '../../../src/replay/reference/judge-history.ts'
import { explain, explainOfTheDay } from '../../../src/replay/result/explain.ts'
import { rowOfDecision } from '../../../src/replay/result/rows.ts'
import { correcting, histories, historyOf, RULESET, service } from '../histories.ts'

const { published, flagged, banned } = service

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

describe('given any judged decision', () => {
  test('then its explanation carries the row of the replay, and every flag that fell', () => {
    fc.assert(
      fc.property(histories, ({ events, corrected }) => {
        const correction = correcting(corrected)
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
              flags: flags.map((flag) => ({ ...flag, corrected: null })),
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
