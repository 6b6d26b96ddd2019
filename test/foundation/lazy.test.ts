import { expect, test } from 'vitest'
import { lazy } from '../../src/foundation/lazy.ts'

test('a lazy value is made once, and not before it is asked for', () => {
  let made = 0
  const value = lazy(() => {
    made++
    return undefined
  })
  expect(made).toBe(0)
  value()
  value()
  expect(made).toBe(1)
})
