import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { readEarlierReport } from '../../../src/app/report/earlier.ts'
import { unwrap } from '../../ledger/events.ts'
import { errorOf } from '../use-case.ts'
import { emptyReport } from './reports.ts'

const read = (text: string | Uint8Array) => readEarlierReport(Buffer.from(text), 'r.json')

describe('an earlier report', () => {
  test('given the JSON of one, then it is read, with the hash of its bytes', () => {
    const text = JSON.stringify(emptyReport)
    expect(unwrap(read(text))).toEqual({
      report: emptyReport,
      sha256: createHash('sha256').update(text).digest('hex'),
    })
  })

  test.each<[string, string | Uint8Array, string]>([
    ['a text that is not JSON', '{', 'r.json is not JSON: '],
    ['a text that is not UTF-8', Uint8Array.of(0x22, 0xff, 0x22), 'cannot read r.json: it is not UTF-8 text'],
  ])('given %s, then the error names it', (_what, text, message) => {
    expect(errorOf(read(text))).toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining(message),
    })
  })

  test('given another document, then its first five problems are reported', () => {
    const { kind, message, details } = errorOf(read('{"format":"redress-transparency-1","odd":1}'))
    expect({ kind, message }).toEqual({
      kind: 'invalid',
      message: 'r.json is not the JSON of a transparency report:',
    })
    expect(details).toHaveLength(5)
    expect(details).toContain('  sequence: missing; expected a whole number')
  })
})
