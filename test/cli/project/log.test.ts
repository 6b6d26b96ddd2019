import { describe, expect, test } from 'vitest'
import { describePoison, projectedLines } from '../../../src/cli/project/log.ts'
import type { Projected } from '../../../src/projection/project.ts'

const projected: Projected = {
  sequence: 12_345,
  events: 0,
  rebuilt: null,
  cut: [],
  renewed: [],
  poisons: [],
  isStopped: false,
  leftOut: { accounts: [], streams: [] },
}

describe('given the result of a run', () => {
  test('when there was nothing new, then no speed is shown', () => {
    expect(projectedLines(projected, 2)).toEqual(['Projected 0 events; published as of sequence 12,345'])
  })

  test('when there were events, then their number and the time it took are', () => {
    expect(projectedLines({ ...projected, events: 1 }, 0.04)).toEqual([
      'Projected 1 event in 0.0 s; published as of sequence 12,345',
    ])
    expect(projectedLines({ ...projected, events: 2_000 }, 1.25)).toEqual([
      'Projected 2,000 events in 1.3 s; published as of sequence 12,345',
    ])
  })

  test('when it was stopped, then it says that nothing was published, whatever was read', () => {
    expect(projectedLines({ ...projected, events: 500, isStopped: true }, 1)).toEqual([
      'Stopped early; the projections published before are unchanged. Run it again to finish.',
    ])
  })

  test('when streams are incomplete, then the accounts left out are counted and the streams named', () => {
    const [, leftOut] = projectedLines(
      {
        ...projected,
        leftOut: { accounts: ['u1', 'u2'], streams: [{ stream: 'account-u1', cause: 'soft_deleted' }] },
      },
      1,
    )
    expect(leftOut).toMatch(
      /^Left out: 2 accounts whose streams are incomplete \(.*account-u1.*\); no table includes them$/,
    )
  })

  test('when projections were rebuilt, then they are named', () => {
    expect(projectedLines({ ...projected, renewed: ['accounts', 'appeals'] }, 1).at(-1)).toBe(
      'Rebuilt from the whole history: accounts, appeals',
    )
  })
})

test('given a halted projection, then one line says where, why and what to do', () => {
  const line = describePoison({
    projection: 'accounts',
    sequence: 7,
    event: '/services/policy e7',
    message: 'boom',
  })
  expect(line).toBe(
    'redress: accounts is halted at event 7 (/services/policy e7), which it cannot process: "boom". ' +
      'This is a bug in redress; please report it. It resumes automatically after upgrading to a fixed version.',
  )
})
