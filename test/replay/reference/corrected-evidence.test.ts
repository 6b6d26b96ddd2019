import { describe, expect, test } from 'vitest'
import { asRecorded, correctedEvidence } from '../../../src/replay/reference/corrected-evidence.ts'
import { type CorrectionDocument, correctionOf } from '../corrections.ts'
import { historyOf, RULESET, service } from '../histories.ts'

const { flagged, rescored } = service

const scanner = (version: string) => ({ kind: 'model', id: 'scanner', version })
const evidenceOf = (
  fields: object,
  changes: Partial<CorrectionDocument>,
  later: Parameters<typeof historyOf>[0] = [],
) => {
  const correction = correctionOf({
    ...{ correction: 'c', ruleset: { id: RULESET }, signals: { entry: 'string' } },
    ...changes,
  })
  const flag = flagged('u1', 10, { flagId: 'f1', detector: scanner('2'), ...fields })
  const history = historyOf([flag, ...later], correction)
  const found = history.flags.get('f1')
  if (found === undefined) throw new Error('it is there')
  const { limit, rescoring, withdrawals } = correctedEvidence(history, correction)(found)
  return {
    limit,
    read: rescoring?.data.signals ?? null,
    answered: withdrawals.filter(({ answered }) => answered).map(({ withdrawal }) => withdrawal.id),
  }
}
const byVersion = { id: 'w', where: 'detector.version == "2"' }
const at = '2025-03-01T10:00:00.000Z'
const second = '2025-03-01T10:00:01.000Z'

describe('given a withdrawal with a window', () => {
  test.each([
    ['starts at the flag\u2019s moment', { from: at, to: second }, 'unknown'],
    ['starts a millisecond later', { from: '2025-03-01T10:00:00.001Z' }, 'true'],
    ['ends at the flag\u2019s moment', { to: at }, 'true'],
    ['ends a millisecond later', { to: '2025-03-01T10:00:00.001Z' }, 'unknown'],
    ['starts within the flag\u2019s millisecond', { from: '2025-03-01T10:00:00.0009Z' }, 'unknown'],
  ])('when it %s, then the flag is %s', (_, window, limit) => {
    expect(evidenceOf({}, { withdrawals: [{ ...byVersion, ...window }] }).limit).toBe(limit)
    expect(evidenceOf({}, { withdrawals: [{ id: 'w', flags: ['f1'], ...window }] }).limit).toBe(limit)
  })
})

test('given two withdrawals, then the lower truth counts, in either order', () => {
  const withdrawals = [byVersion, { id: 'listed', flags: ['f1'], truth: 'false' as const }]
  expect(evidenceOf({}, { withdrawals }).limit).toBe('false')
  expect(evidenceOf({}, { withdrawals: withdrawals.toReversed() }).limit).toBe('false')
})

describe('given several rescorings of a flag', () => {
  const look = (hour: number, entry: string, version: string, account = 'u1') =>
    rescored(account, hour, 'f1', { entry }, version)
  const readOf = (changes: Partial<CorrectionDocument>, later: Parameters<typeof historyOf>[0]) =>
    evidenceOf({}, changes, later).read

  test('then the last counts that is on its account, even if it is dated before the flag', () => {
    expect(readOf({}, [look(20, 'b', '3'), look(15, 'a', '3'), look(30, 'c', '3', 'u2')])).toEqual({
      entry: 'b',
    })
    expect(readOf({}, [look(5, 'early', '3')])).toEqual({ entry: 'early' })
    expect(readOf({ rescored: 'ignore' }, [look(20, 'b', '3')])).toBeNull()
  })

  test('when the last is withdrawn, then the one before it counts', () => {
    expect(readOf({ withdrawals: [byVersion] }, [look(15, 'a', '3'), look(20, 'b', '2')])).toEqual({
      entry: 'a',
    })
  })

  test('when it would be withdrawn, but the flag is not in the window, or only the flag is listed, then it counts', () => {
    const looks = [look(20, 'b', '2')]
    expect(readOf({ withdrawals: [{ ...byVersion, from: second }] }, looks)).toEqual({ entry: 'b' })
    expect(readOf({ withdrawals: [{ id: 'w', flags: ['f1'] }] }, looks)).toEqual({ entry: 'b' })
  })

  test('when it is unknown whether it is withdrawn, then it counts but settles nothing', () => {
    const withdrawals = [{ id: 'entry', where: 'signals.entry == "7"' }]
    const vague = [rescored('u1', 20, 'f1', {}, '3')]
    expect(evidenceOf({ signals: { entry: '7' } }, { withdrawals }, vague)).toEqual({
      ...{ limit: 'unknown', read: {}, answered: [] },
    })
  })
})

describe('given a rescoring that another detector made', () => {
  const looks = [rescored('u1', 20, 'f1', { entry: '8' }, '3')]
  const unknown = { withdrawals: [byVersion, { id: 'listed', flags: ['f1'] }] }

  test('then it settles what withdrawals left unknown', () => {
    expect(evidenceOf({}, unknown, looks)).toMatchObject({ limit: 'true', answered: ['w', 'listed'] })
  })

  test('then it settles nothing that a withdrawal left false', () => {
    const withdrawals = [byVersion, { id: 'listed', flags: ['f1'], truth: 'false' as const }]
    expect(evidenceOf({}, { withdrawals }, looks)).toMatchObject({ limit: 'false', answered: ['w'] })
  })

  test.each([
    ['a human raised the flag', { detector: { ...scanner('2'), kind: 'human' } }],
    ['it names no rule', { rule: undefined }],
    ['it names another ruleset', { ruleset: { id: 'other', version: 'v1' } }],
  ])('when %s, then it settles nothing, although it counts', (_, fields) => {
    expect(evidenceOf(fields, unknown, looks)).toEqual({
      limit: 'unknown',
      read: { entry: '8' },
      answered: [],
    })
  })

  test('when the flag names no ruleset at all, then it does', () => {
    expect(evidenceOf({ ruleset: undefined }, unknown, looks).limit).toBe('true')
  })
})

describe('given a withdrawal as false whose condition is unknown for the flag', () => {
  const withdrawals = [{ id: 'entry', where: 'signals.entry == "7"', truth: 'false' as const }]
  test('then it leaves it unknown, and a rescoring without that entry settles it', () => {
    expect(evidenceOf({}, { withdrawals }).limit).toBe('unknown')
    const looks = [rescored('u1', 20, 'f1', { entry: '8' }, '3')]
    expect(evidenceOf({}, { withdrawals }, looks).limit).toBe('true')
    expect(evidenceOf({ signals: { entry: '7' } }, { withdrawals }, looks).limit).toBe('false')
  })
})

test('given a correction of nothing but rules, then all evidence is as recorded', () => {
  const correction = correctionOf({ correction: 'c', ruleset: { id: RULESET }, rescored: 'ignore' })
  expect(correctedEvidence(historyOf([], correction), correction)).toBe(asRecorded)
})
