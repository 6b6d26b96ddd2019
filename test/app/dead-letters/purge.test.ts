import { mkdirSync } from 'node:fs'
import { beforeEach, expect, test } from 'vitest'
import { listDeadLetters } from '../../../src/app/dead-letters/list.ts'
import { type PurgeOptions, purgeDeadLetters } from '../../../src/app/dead-letters/purge.ts'
import { unwrap } from '../../ledger/events.ts'
import { clock, errorOf, RECORDED, useCaseFolder } from '../use-case.ts'
import { bad, good, refuse } from './letters.ts'

const path = useCaseFolder()
beforeEach(() => mkdirSync(path('data')))
const purged = (options: Partial<PurgeOptions> = {}) =>
  purgeDeadLetters({
    data: path('data'),
    clock: () => RECORDED + 10_000,
    olderThan: 9_500,
    onlyResolved: false,
    ...options,
  })

test('given letters of different age, when the older ones are purged, then the others are kept', async () => {
  const [, newer] = await refuse(path('data'), RECORDED, [good, bad])
  expect(unwrap(await purged({ onlyResolved: true }))).toEqual({ purged: 0, kept: 2 })
  expect(unwrap(await purged())).toEqual({ purged: 1, kept: 1 })
  const { letters } = unwrap(await listDeadLetters({ data: path('data'), clock, limit: 5 }))
  expect(letters.map(({ hash }) => hash)).toEqual([newer])
})

test('given no data folder, when letters are purged, then it is not found', async () => {
  expect(errorOf(await purged({ data: path('none') })).kind).toBe('not_found')
})
