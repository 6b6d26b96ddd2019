import { hash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { beforeEach } from 'vitest'
import { rejection } from '../../../src/ingest/accept/rejection.ts'
import { openDeadLetters } from '../../../src/ingest/dead-letters/open.ts'
import { goodAppeal } from '../../ingest/dead-letters/refused.ts'
import { unwrap } from '../../ledger/events.ts'
import { RECORDED } from '../use-case.ts'

/** A letter that would be taken in today, and one that never will. */
export const good = goodAppeal('e1', 'these are quilts')
export const bad = 'nonsense'

/** Puts dead letters into a data folder, each a second after the one before; gives their hashes. */
export const refuse = async (
  data: string,
  from: number,
  texts: ReadonlyArray<string>,
): Promise<ReadonlyArray<string>> => {
  let now = from
  const letters = unwrap(await openDeadLetters(data, () => now))
  const hashes = texts.flatMap((text) => {
    const sighting = {
      sha256: hash('sha256', text),
      raw: Buffer.from(text),
      length: Buffer.byteLength(text),
      rejection: text === bad ? rejection('not_json', '', 'not JSON') : rejection('failed', '', 'a mistake'),
      origin: 'events.ndjson:1',
    }
    const recorded = unwrap(letters.record({ sightings: [sighting] }))
    now += 1_000
    return recorded.hashes
  })
  letters.close()
  return hashes
}

/** Before each test, a data folder with the good and the bad letter; gives their hashes, for use inside a test. */
export const twoLetters = (path: (name: string) => string): (() => ReadonlyArray<string>) => {
  let hashes: ReadonlyArray<string> = []
  beforeEach(async () => {
    mkdirSync(path('data'))
    hashes = await refuse(path('data'), RECORDED, [good, bad])
  })
  return () => hashes
}
