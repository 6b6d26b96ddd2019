import { expect, test } from 'vitest'
import type { ReinstatementRequest } from '../../../../src/domain/request.ts'
import { neededOf, nextWaveAt, settledAt } from '../../../../src/incidents/remediation/run/next-wave.ts'

test.each([
  [0, 0],
  [1, 1],
  [2, 1],
  [19, 18],
  [20, 19],
  [100, 95],
  [101, 96],
])('given a wave of %i requests, then %i must be settled', (requests, needed) => {
  expect(neededOf(requests)).toBe(needed)
})

test('given a wave, then the next one may start so long after enough of it was settled, in whatever order', () => {
  const wave = { startedAt: 100, requests: 4 }
  expect(nextWaveAt({ ...wave, settled: [300, 200] }, 50)).toBe(null)
  expect(nextWaveAt({ ...wave, settled: [300, 250, 200] }, 50)).toBe(350)
  expect(nextWaveAt({ ...wave, settled: [300, 250, 900, 200] }, 50)).toBe(350)
})

test('given a wave of which all was done before it was asked for, then the time since it started counts', () => {
  expect(nextWaveAt({ startedAt: 100, requests: 1, settled: [20] }, 50)).toBe(150)
})

test('given a wave that asked for nothing, then the next one may start at once', () => {
  expect(nextWaveAt({ startedAt: 100, requests: 0, settled: [] }, 50)).toBe(100)
})

test.each([
  ['account_gone', 5],
  ['content_gone', 5],
  ['legal_hold', null],
  ['other', null],
])(
  'given a request that is declined for %s, then it is settled at %s, unless it was carried out',
  (code, at) => {
    const declined = { recordedat: '1970-01-01T00:00:00.005Z', data: { code } }
    // Cast: only these fields are read.
    const request = { carriedOutAt: null, declined } as unknown as ReinstatementRequest
    expect(settledAt(request)).toBe(at)
    expect(settledAt({ ...request, carriedOutAt: 9 })).toBe(9)
  },
)
