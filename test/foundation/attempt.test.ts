import { describe, expect, test } from 'vitest'
import { attempt, Damage } from '../../src/foundation/attempt.ts'

const failing = (properties: object) => (): never => {
  throw Object.assign(new Error('it failed'), properties)
}
const sqlite = (errcode: number) => failing({ errcode, errstr: 'as SQLite says' })

describe('given a failure of SQLite', () => {
  const codes: ReadonlyArray<readonly [string, number, 'unavailable' | 'unusable', RegExp]> = [
    ['SQLITE_BUSY', 5, 'unavailable', /locked/],
    ['SQLITE_READONLY_DBMOVED', 1032, 'unavailable', /cannot be written/],
    ['SQLITE_IOERR_READ', 266, 'unavailable', /a\.db: .*failed .*266.*disk/],
    ['SQLITE_IOERR_CORRUPTFS', 8458, 'unavailable', /a\.db: .*failed .*8458.*disk/],
    ['SQLITE_CORRUPT, which an EIO becomes', 11, 'unavailable', /a\.db: .*could not read.*disk/],
    ['SQLITE_CORRUPT_INDEX', 779, 'unavailable', /a\.db: .*could not read/],
    ['SQLITE_NOTADB', 26, 'unusable', /a\.db is not a database/],
    ['SQLITE_CONSTRAINT_TRIGGER', 1811, 'unavailable', /a\.db refused a write: it failed/],
    ['SQLITE_NOMEM', 7, 'unavailable', /a\.db: it failed/],
  ]
  test.each(codes)('when it is %s (%i), then it is %s, and not damage', (_, code, kind, message) => {
    expect(attempt('a.db', sqlite(code))).toMatchObject({
      left: { kind, message: expect.stringMatching(message) },
    })
  })
})

describe('given a failed call of the file system', () => {
  test.each([
    ['EIO', 'unavailable', 'a.db: the disk failed (EIO); check the disk and the system log'],
    ['ENOSPC', 'unavailable', 'a.db: there is no space left (ENOSPC); free some space, then run it again'],
    [
      'EACCES',
      'unusable',
      'a.db: permission denied (EACCES); check its permissions and those of its parent folders',
    ],
    ['ENOTDIR', 'unusable', 'a.db: a part of its path is a file, not a folder (ENOTDIR); check the path'],
  ])('when it is %s, then it is %s', (code, kind, message) => {
    expect(attempt('a.db', failing({ code, syscall: 'read' }))).toMatchObject({ left: { kind, message } })
  })
})

test('given a row whose hash shows that it was altered, when it is read, then that is damage', () => {
  const read = (): never => {
    throw new Damage('event 2 is not the one that was recorded')
  }
  expect(attempt('a.db', read)).toEqual({
    left: { kind: 'corrupt', message: 'event 2 is not the one that was recorded' },
    _tag: 'Left',
  })
})
