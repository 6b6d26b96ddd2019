import { describe, expect, test } from 'vitest'
import { deadLetterBytes, showDeadLetter } from '../../../src/app/dead-letters/show.ts'
import { unwrap } from '../../ledger/events.ts'
import { clock, errorOf, useCaseFolder } from '../use-case.ts'
import { good, twoLetters } from './letters.ts'

const path = useCaseFolder()

describe('given two dead letters', () => {
  const hashes = twoLetters(path)

  test('when one is shown by its first digits, then its details and its bytes are returned', async () => {
    const hash = hashes()[0]?.slice(0, 12) ?? ''
    const { letter, body } = unwrap(await showDeadLetter({ data: path('data'), clock, hash }))
    expect(letter).toMatchObject({ hash: hashes()[0], code: 'failed', sightings: 1, resolved: null })
    expect(body.kind === 'open' && Buffer.from(body.bytes).toString()).toBe(good)
    const bytes = unwrap(await deadLetterBytes({ data: path('data'), clock, hash: hash.toUpperCase() }))
    expect(Buffer.from(bytes).toString()).toBe(good)
  })

  test('when there is none of that hash, or it is not a hash, then the error says so', async () => {
    const hash = hashes().some((each) => each.startsWith('000000')) ? '111111' : '000000'
    expect(errorOf(await showDeadLetter({ data: path('data'), clock, hash }))).toEqual({
      kind: 'not_found',
      message: `no dead letter has a hash that starts with ${hash}; list them with redress dead-letters`,
    })
    expect(errorOf(await deadLetterBytes({ data: path('data'), clock, hash: 'abc' }))).toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('give at least its first 6 hexadecimal digits'),
    })
  })
})

test('given no data folder, then the error says how to name or create one', async () => {
  expect(errorOf(await showDeadLetter({ data: path('data'), clock, hash: '000000' }))).toEqual({
    kind: 'not_found',
    message: `there is no data folder ${path('data')}; create one with redress ingest, or name another`,
    options: ['data'],
  })
})
