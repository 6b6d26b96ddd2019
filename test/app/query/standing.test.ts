import { rmSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type PublishedStanding, readPublishedStanding } from '../../../src/app/query/standing.ts'
import { publishedFile } from '../../../src/projection/files.ts'
import { unwrap } from '../../ledger/events.ts'
import { publish } from '../../projection/published-file.ts'
import { errorOf, useCaseFolder } from '../use-case.ts'

const at = useCaseFolder()
const read = (seen: PublishedStanding | null = null) =>
  readPublishedStanding({ data: at('data'), memory: '500MB', seen })

describe('given published projections that were seen', () => {
  const given = async (): Promise<PublishedStanding> => {
    await publish(at('data'))
    return unwrap(await read())
  }

  test('when nothing was published since, then the result is what was seen', async () => {
    const seen = await given()
    expect(seen.standing.sequence).toBe(6)
    expect(unwrap(await read(seen))).toBe(seen)
  })

  test('when others were published, then the result is theirs', async () => {
    const seen = await given()
    await publish(at('data'), { sequence: 7 })
    expect(unwrap(await read(seen)).standing.sequence).toBe(7)
  })

  test('when they were deleted, then the result is what was seen', async () => {
    const seen = await given()
    rmSync(publishedFile(at('data')))
    expect(unwrap(await read(seen))).toBe(seen)
  })
})

test('given nothing published, then the error says what to do', async () => {
  expect(errorOf(await read())).toMatchObject({
    kind: 'failed',
    message: expect.stringContaining('nothing is projected'),
  })
})
