import { beforeEach, describe, expect, test } from 'vitest'
import { listDeadLetters } from '../../../src/app/dead-letters/list.ts'
import { type LettersToTry, resubmitDeadLetters } from '../../../src/app/dead-letters/resubmit.ts'
import { goodAppeal } from '../../ingest/dead-letters/refused.ts'
import { unwrap } from '../../ledger/events.ts'
import { clock, errorOf, RECORDED, record, storedIn, useCaseFolder } from '../use-case.ts'
import { bad, good, refuse } from './letters.ts'

const path = useCaseFolder()
let hashes: ReadonlyArray<string> = []
beforeEach(async () => {
  await record(path('data'), [])
  hashes = await refuse(path('data'), RECORDED, [good, bad])
})
const tried = (letters: LettersToTry, backfill = false) =>
  resubmitDeadLetters({ data: path('data'), clock, letters, trust: 'all', backfill })
const unresolved = async (): Promise<ReadonlyArray<string>> =>
  unwrap(await listDeadLetters({ data: path('data'), clock, limit: 5, unresolved: true })).letters.map(
    ({ hash }) => hash,
  )

describe('given a letter that would be ingested, and one that would not', () => {
  test('when all are tried again, then one is accepted and resolved, and the other is rejected', async () => {
    const { outcomes, locked } = unwrap(await tried({ kind: 'all' }))
    expect(outcomes).toHaveLength(2)
    expect(outcomes).toEqual(
      expect.arrayContaining([
        { hash: hashes[0], kind: 'accepted', source: '/appeals', id: 'e1' },
        { hash: hashes[1], kind: 'refused', rejection: expect.objectContaining({ code: 'not_json' }) },
      ]),
    )
    expect(locked).toEqual([])
    expect(await unresolved()).toEqual([hashes[1]])
  })

  test('when they are of the past, then what is accepted is stored as such', async () => {
    unwrap(await tried({ kind: 'all' }, true))
    expect(await storedIn(path('data'))).toMatchObject([{ id: 'e1', backfill: true }])
  })

  test('when an edited event is given for one, then that is ingested and the letter resolved', async () => {
    const event = Buffer.from(goodAppeal('e2', 'these are quilts'))
    const { outcomes } = unwrap(await tried({ kind: 'edited', hash: hashes[1]?.slice(0, 8) ?? '', event }))
    expect(outcomes).toEqual([{ hash: hashes[1], kind: 'accepted', source: '/appeals', id: 'e2' }])
    expect(await unresolved()).toEqual([hashes[0]])
  })

  test('when one of the hashes is unknown, then those before it are done, and it is not found', async () => {
    const unknown = hashes.some((each) => each.startsWith('000000')) ? '111111' : '000000'
    const named: LettersToTry = { kind: 'named', hashes: [hashes[0] ?? '', unknown] }
    expect(errorOf(await tried(named))).toEqual({
      kind: 'not_found',
      message: `no dead letter has a hash that starts with ${unknown}; list them with redress dead-letters`,
    })
    expect(await unresolved()).toEqual([hashes[1]])
  })

  test('when a resolved letter is named again, then it fails: its bytes are destroyed', async () => {
    unwrap(await tried({ kind: 'named', hashes: [hashes[0] ?? ''] }))
    expect(errorOf(await tried({ kind: 'named', hashes: [hashes[0] ?? ''] }))).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('its bytes were destroyed when the event e1 of /appeals was accepted'),
    })
  })
})
