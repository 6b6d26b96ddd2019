import { mkdirSync } from 'node:fs'
import { beforeEach, describe, expect, test } from 'vitest'
import { countUnresolved } from '../../../src/app/dead-letters/count.ts'
import { listDeadLetters } from '../../../src/app/dead-letters/list.ts'
import { deadLetterBytes, showDeadLetter } from '../../../src/app/dead-letters/show.ts'
import { unwrap } from '../../ledger/events.ts'
import { clock, errorOf, RECORDED, useCaseFolder } from '../use-case.ts'
import { bad, good, refuse } from './letters.ts'

const path = useCaseFolder()

describe('given two dead letters', () => {
  let hashes: ReadonlyArray<string> = []
  beforeEach(async () => {
    mkdirSync(path('data'))
    hashes = await refuse(path('data'), RECORDED, [good, bad])
  })

  test('when they are listed, then the newest comes first, and no more than asked for', async () => {
    const { total, letters } = unwrap(await listDeadLetters({ data: path('data'), clock, limit: 1 }))
    expect(total).toBe(2)
    expect(letters).toMatchObject([{ hash: hashes[1], code: 'not_json', lastSeen: RECORDED + 1_000 }])
  })

  test('when those rejected for one reason are listed, then only they are counted', async () => {
    const { total, letters } = unwrap(
      await listDeadLetters({ data: path('data'), clock, limit: 5, code: 'failed', unresolved: true }),
    )
    expect({ total, hashes: letters.map(({ hash }) => hash) }).toEqual({ total: 1, hashes: [hashes[0]] })
  })

  test('when they are counted, then by reason, without reasons that have no letter', async () => {
    await refuse(path('data'), RECORDED, ['more'])
    expect(unwrap(await countUnresolved(path('data'), clock))).toEqual([
      { code: 'failed', count: 2 },
      { code: 'not_json', count: 1 },
    ])
  })

  test('when one is shown by its first digits, then its details and its bytes are returned', async () => {
    const hash = hashes[0]?.slice(0, 12) ?? ''
    const { letter, body } = unwrap(await showDeadLetter({ data: path('data'), clock, hash }))
    expect(letter).toMatchObject({ hash: hashes[0], code: 'failed', sightings: 1, resolved: null })
    expect(body.kind === 'open' && Buffer.from(body.bytes).toString()).toBe(good)
    const bytes = unwrap(await deadLetterBytes({ data: path('data'), clock, hash: hash.toUpperCase() }))
    expect(Buffer.from(bytes).toString()).toBe(good)
  })

  test('when there is none of that hash, or it is not a hash, then the error says so', async () => {
    const hash = hashes.some((each) => each.startsWith('000000')) ? '111111' : '000000'
    expect(errorOf(await showDeadLetter({ data: path('data'), clock, hash }))).toEqual({
      kind: 'not_found',
      message: `no dead letter has a hash that starts with ${hash}`,
    })
    expect(errorOf(await deadLetterBytes({ data: path('data'), clock, hash: 'abc' }))).toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('give at least its first 6 hexadecimal digits'),
    })
  })
})

test('given no data folder, when letters are read, then it is not found', async () => {
  const missing = {
    kind: 'not_found',
    message: `there is no data folder ${path('data')}; name it with --data, or create one with redress ingest`,
  }
  expect(errorOf(await listDeadLetters({ data: path('data'), clock, limit: 1 }))).toEqual(missing)
  expect(errorOf(await countUnresolved(path('data'), clock))).toEqual(missing)
  expect(errorOf(await showDeadLetter({ data: path('data'), clock, hash: '000000' }))).toEqual(missing)
})
