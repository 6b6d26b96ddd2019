import { describe, expect, test } from 'vitest'
import { countUnresolved } from '../../../src/app/dead-letters/count.ts'
import { unwrap } from '../../ledger/events.ts'
import { clock, errorOf, RECORDED, useCaseFolder } from '../use-case.ts'
import { refuse, twoLetters } from './letters.ts'

const path = useCaseFolder()

describe('given two dead letters', () => {
  twoLetters(path)

  test('when they are counted, then by reason, without reasons that have no letter', async () => {
    await refuse(path('data'), RECORDED, ['more'])
    expect(unwrap(await countUnresolved(path('data'), clock))).toEqual([
      { code: 'failed', count: 2 },
      { code: 'not_json', count: 1 },
    ])
  })
})

test('given no data folder, then the error says how to name or create one', async () => {
  expect(errorOf(await countUnresolved(path('data'), clock))).toEqual({
    kind: 'not_found',
    message: `there is no data folder ${path('data')}; create one with redress ingest, or name another`,
    options: ['data'],
  })
})
