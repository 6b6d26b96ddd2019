import { describe, expect, test } from 'vitest'
import { foldAccount } from '../../../src/domain/account.ts'
import type { StoredEvent } from '../../../src/domain/event.ts'
import { correctionsOf } from '../../../src/reports/statements/correction.ts'
import { ban, event } from './owner/statements.ts'

const correctionOf = (...events: ReadonlyArray<StoredEvent>) =>
  correctionsOf(foldAccount([ban(), ...events])).get('d1')

const filed = event('appeal.filed.v1', 3)
const won = event('appeal.decided.v1', 4, { outcome: 'reversed' })
const takenBack = (day: number, reason: string) => event('account.reinstated.v1', day, { reason })

describe('a correction takes its date and its reason from the same event', () => {
  test('from the reversal, even if an appeal was won before it', () => {
    expect(correctionOf(filed, won, takenBack(9, 'correction'))).toEqual({
      puid: 'd1',
      at: '2025-05-09T10:00:00.000Z',
      reason: 'correction',
    })
  })

  test('from the appeal that was won, if the decision was not reversed yet or its term merely ended', () => {
    const expected = { puid: 'd1', at: '2025-05-04T10:00:00.000Z', reason: 'appeal' }
    expect(correctionOf(filed, won)).toEqual(expected)
    expect(correctionOf(filed, won, takenBack(9, 'expiry'))).toEqual(expected)
  })

  test('a term that ended needs no correction', () => {
    expect(correctionOf(takenBack(9, 'expiry'))).toBeUndefined()
  })
})
