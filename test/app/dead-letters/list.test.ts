import { describe, expect, test } from 'vitest'
import { listDeadLetters } from '../../../src/app/dead-letters/list.ts'
import { unwrap } from '../../ledger/events.ts'
import { clock, errorOf, RECORDED, useCaseFolder } from '../use-case.ts'
import { twoLetters } from './letters.ts'

const path = useCaseFolder()

describe('given two dead letters', () => {
  const hashes = twoLetters(path)

  test('when they are listed, then the newest comes first, and no more than asked for', async () => {
    const { total, letters } = unwrap(await listDeadLetters({ data: path('data'), clock, limit: 1 }))
    expect(total).toBe(2)
    expect(letters).toMatchObject([{ hash: hashes()[1], code: 'not_json', lastSeen: RECORDED + 1_000 }])
  })

  test('when those rejected for one reason are listed, then only they are counted', async () => {
    const { total, letters } = unwrap(
      await listDeadLetters({ data: path('data'), clock, limit: 5, code: 'failed', unresolved: true }),
    )
    expect({ total, hashes: letters.map(({ hash }) => hash) }).toEqual({ total: 1, hashes: [hashes()[0]] })
  })
})

test('given no data folder, then the error says how to name or create one', async () => {
  expect(errorOf(await listDeadLetters({ data: path('data'), clock, limit: 1 }))).toEqual({
    kind: 'not_found',
    message: `there is no data folder ${path('data')}; create one with redress ingest, or name another`,
    options: ['data'],
  })
})
