import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Position } from '../../../../src/ledger/port.ts'
import {
  type Base,
  baseCorrection,
  baseOrigin,
  collectBase,
} from '../../../../src/replay/columnar/base/base.ts'
import { baseFile, openBase } from '../../../../src/replay/columnar/base/base-file.ts'
import { keptOf } from '../../../../src/replay/columnar/base/kept.ts'
import { writeBase } from '../../../../src/replay/columnar/base/write-base.ts'
import { judgePart } from '../../../../src/replay/result/judge-part.ts'
import { rowListOf } from '../../../../src/replay/result/row-list.ts'
import { historyOf, RULESET, service } from '../../histories.ts'

const { published, flagged, banned, removed } = service
const rules = {
  ruleset: RULESET,
  version: 'v1',
  signals: { score: 'int' },
  rules: [{ id: 'a', category: 'alpha', when: 'signals.score >= 5', strikes: 1, removes_content: true }],
  deactivations: [{ id: 'one', at_least: 1, restriction: 'suspended' }],
}
const events = [
  published(rules),
  flagged('u1', 1, { flagId: 'f1', signals: { score: 6 } }),
  banned('u1', 2, { decisionId: 'd1', grounds: ['f1'] }),
  removed('u1', 2, { decisionId: 'r1', grounds: [], content: { id: '7', kind: 'pin' } }),
  banned('u2', 3, { decisionId: 'd2' }),
  flagged('u3', 4, { flagId: 'f3', signals: { score: 6 } }),
]
const numberOf = (account: string): number => Number(account.slice(1))

let dir: string
let file: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'redress-base-'))
  file = baseFile(dir, RULESET)
})
afterEach(() => rmSync(dir, { recursive: true }))

const madeBase = (): Base => {
  const correction = baseCorrection(RULESET)
  const collection = collectBase()
  collection.add(judgePart(historyOf(events, correction), correction), numberOf)
  const cursor = { sequence: events.length, position: 'p' as Position, leaf: 'l' } // a position is opaque
  const origin = baseOrigin({ rulesetId: RULESET, versions: 'v', history: 'h', cursor, end: 4 })
  const reused = { kind: 'flag', id: 'f', account: 'u1', occurredAt: 1, source: '/s', eventId: 'e' } as const
  return collection.finish(origin, { groups: [[1, 0]], reused: [{ sequence: 2, reused }] })
}

const write = (base: Base): boolean => {
  const written = writeBase(file, base, [{ base, from: 0, to: base.rows.size }])
  written?.close()
  return written !== null
}

describe('given a base in a file', () => {
  test('when it is opened, then it is the base that was written', () => {
    const base = madeBase()
    expect(write(base)).toBe(true)
    const opened = openBase(file)
    if (opened === null) throw new Error('it cannot be opened')
    const rowsOf = (of: Base) => rowListOf([{ of: of.rows, from: 0, to: of.rows.size }])
    expect(rowsOf(opened).all()).toEqual(rowsOf(base).all())
    expect(Buffer.concat([...rowsOf(opened).lines()])).toEqual(Buffer.concat([...rowsOf(base).lines()]))
    expect(
      rowsOf(opened)
        .all()
        .map((row) => row.decisionId),
    ).toEqual(['r1', 'd1', 'd2', null])
    for (const name of ['origin', 'accounts', 'shapeOf', 'shapes', 'notes', 'resting', 'links'] as const) {
      expect(opened[name]).toEqual(base[name])
    }
    expect(opened.accounts).toEqual(Int32Array.of(1, 1, 2, 3))
    opened.close()
    opened.close()
  })

  test('when some accounts are judged again, then the others are kept, with their counts and what is to be done', () => {
    const base = madeBase()
    const kept = keptOf(base, (account) => account === 1, { from: null, to: null })
    expect(
      rowListOf(kept.runs)
        .all()
        .map((row) => row.account),
    ).toEqual(['u2', 'u3'])
    const counted = [...kept.counted].filter(([, rows]) => rows > 0)
    expect(counted.map(([row, rows]) => [row.class, rows])).toEqual([
      ['unexplained_wrongful', 1],
      ['missed', 1],
    ])
    expect(
      [...kept.noted()].map(({ row, place, causes }) => [row.decisionId, place.subject, causes[0]?.kind]),
    ).toEqual([['d2', 'u2', 'pipeline']])
  })

  test.each([
    [
      'a byte differs',
      (bytes: Buffer) =>
        bytes.fill(bytes.readUInt8(bytes.length - 5) ^ 1, bytes.length - 5, bytes.length - 4),
    ],
    [
      'a byte of a column differs',
      (bytes: Buffer) => bytes.fill(7, bytes.indexOf('\n') + 3, bytes.indexOf('\n') + 4),
    ],
    [
      'its header differs',
      (bytes: Buffer) =>
        Buffer.from(bytes.toString('latin1').replace('"decisions":3', '"decisions":2'), 'latin1'),
    ],
    ['its end is missing', (bytes: Buffer) => bytes.subarray(0, bytes.length - 1)],
    ['it is longer', (bytes: Buffer) => Buffer.concat([bytes, Buffer.from('x')])],
    ['it is empty', () => Buffer.alloc(0)],
    ['it is something else', () => Buffer.from('{"format":"other"}\n')],
    ['it is not JSON', () => Buffer.from('{\n')],
    ['it is null', () => Buffer.from('null\n')],
  ])('when %s, then it is as good as missing', (_, change) => {
    write(madeBase())
    writeFileSync(file, change(readFileSync(file)))
    expect(openBase(file)).toBe(null)
  })

  test('when a folder is in its place, or nothing is, then there is none', () => {
    expect(openBase(file)).toBe(null)
    mkdirSync(file)
    expect(openBase(file)).toBe(null)
  })

  test('when another replay replaces it as soon as it has its name, then the one that was written is used', () => {
    const base = madeBase()
    const written = writeBase(file, base, [{ base, from: 0, to: base.rows.size }])
    writeFileSync(join(dir, 'another'), '')
    renameSync(join(dir, 'another'), file)
    expect(written?.origin).toEqual(base.origin)
    expect(Buffer.from(written?.rows.textOf(0) ?? [])).toEqual(Buffer.from(base.rows.textOf(0)))
    written?.close()
  })

  test('when a killed run left a file, then the next run removes it, unless it may still be written', () => {
    writeFileSync(`${file}.old`, '')
    writeFileSync(`${file}.new`, '')
    const longAgo = new Date(Date.now() - 7_200_000)
    utimesSync(`${file}.old`, longAgo, longAgo)
    write(madeBase())
    expect(readdirSync(dir).sort()).toEqual([file, `${file}.new`].map((path) => path.slice(dir.length + 1)))
  })

  test('when the folder does not exist, then nothing is written, and that is no failure', () => {
    rmSync(dir, { recursive: true })
    expect(write(madeBase())).toBe(false)
    dir = mkdtempSync(join(tmpdir(), 'redress-base-'))
  })
})
