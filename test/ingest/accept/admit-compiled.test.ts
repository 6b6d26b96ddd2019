import { Buffer } from 'node:buffer'
import { expect, test, vi } from 'vitest'
import * as E from '#fp/Either'
import type * as check from '../../../src/domain/compiled/check.ts'
import type * as upcast from '../../../src/domain/upcast.ts'
import { admit } from '../../../src/ingest/accept/admit.ts'
import { scenarios } from '../../../src/simulation/population.ts'
import { simulated } from '../../simulation/simulated.ts'

/** What only the slow paths call: of decoding, of the generated checks, of the generated writers. */
const slow = vi.hoisted(() => ({ decoded: 0, checked: 0, written: 0 }))

vi.mock('../../../src/domain/upcast.ts', async (original) => {
  const actual = await original<typeof upcast>()
  return {
    ...actual,
    upcast: (...given: Parameters<typeof upcast.upcast>) => {
      slow.decoded++
      return actual.upcast(...given)
    },
  }
})
vi.mock('../../../src/domain/compiled/check.ts', async (original) => {
  const actual = await original<typeof check>()
  const closedCheck: typeof check.closedCheck = (required, optional, otherwise) =>
    actual.closedCheck(required, optional, (value) => {
      slow.checked++
      return otherwise(value)
    })
  return { ...actual, closedCheck }
})
vi.mock('canonicalize', async (original) => {
  const { default: canonicalize } = await original<{ default: (value: unknown) => string | undefined }>()
  const counted = (value: unknown) => {
    slow.written++
    return canonicalize(value)
  }
  return { default: counted }
})

test.each(scenarios.map(({ name }) => name))(
  'given the platform %s, then nearly all of its events take the generated code',
  (name) => {
    Object.assign(slow, { decoded: 0, checked: 0, written: 0 })
    let events = 0
    let canonicalized = 0
    for (const line of simulated(name, 1, 300).lines()) {
      const admitted = admit(Buffer.from(line), { now: Date.parse('2030-01-01T00:00:00Z'), trust: 'all' })
      if (E.isLeft(admitted)) throw new Error(`${admitted.left.message}: ${line}`)
      const { prepared } = admitted.right
      events++
      // The text that is sealed, in an object with one member, and rulesets, which are rare: to compile, and to store.
      if (prepared.kind === 'personal') canonicalized++
      else if (prepared.document !== null) canonicalized += 2
    }
    expect(events).toBeGreaterThan(1_000)
    expect(slow.decoded / events).toBeLessThan(0.01)
    expect(slow.checked / events).toBeLessThan(0.01)
    expect(slow.written).toBe(canonicalized)
  },
)
