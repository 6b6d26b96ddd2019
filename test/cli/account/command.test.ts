import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { decodeIncoming } from '../../../src/domain/decode.ts'
import { prepare } from '../../../src/ledger/event/prepare.ts'
import { type OpenLedger, openLedger } from '../../../src/ledger/open.ts'

const main = join(import.meta.dirname, '../../../src/cli/main.ts')
const data = mkdtempSync(join(tmpdir(), 'redress-account-'))
afterAll(() => rmSync(data, { recursive: true, force: true }))

const right = <L, R>(result: E.Either<L, R>): R => {
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left))
  return result.right
}

const may = (day: number): string => `2025-05-${String(day).padStart(2, '0')}T12:00:00.000Z`
let now = 0

/** Has the ledger take in an event: happened on one day of May 2025, recorded on another. */
const record = async (
  { ledger }: OpenLedger,
  type: string,
  [happened, recorded]: readonly [number, number],
  account: string,
  eventData: object,
): Promise<void> => {
  now = Date.parse(may(recorded))
  const json = { specversion: '1.0', id: `${type}-${happened}`, source: '/test', type, subject: account }
  const decoded = right(decodeIncoming({ ...json, time: may(happened), data: eventData }))
  const event = right(prepare(decoded.event))
  const [result] = right(
    await ledger.append([{ stream: event.stream, expectedRevision: 'any', events: [event] }]),
  )
  expect(result).toMatchObject({ kind: 'written', events: [{ kind: 'appended' }] })
}

const flag = {
  flagId: 'f1',
  category: 'adult_content',
  source: 'own_initiative',
  detector: { kind: 'rule', id: 'scanner', version: '4.2.0' },
  signals: { adult_score: 0.71 },
}
const ban = {
  decisionId: 'd1',
  grounds: ['f1'],
  category: 'adult_content',
  automation: { detection: true, decision: 'fully' },
  decidedBy: { kind: 'rule', id: 'deactivation-service' },
  restriction: 'suspended',
}
const appeal = { appealId: 'a1', decisionId: 'd1', personal: { text: 'It is a quilt. \u001b[31m' } }

beforeAll(async () => {
  const opened = right(await openLedger(data, { clock: () => now }))
  await record(opened, 'flag.raised.v1', [1, 1], 'quilter', flag)
  await record(opened, 'account.deactivated.v1', [2, 2], 'quilter', ban)
  await record(opened, 'appeal.filed.v1', [3, 3], 'quilter', appeal)
  // It came late: it had happened on the 4th, and nobody here knew before the 9th.
  await record(opened, 'account.reinstated.v1', [4, 9], 'quilter', {
    decisionIds: ['d1'],
    reason: 'correction',
  })
  await record(opened, 'account.deactivated.v1', [1, 9], 'forgotten', {
    ...ban,
    decisionId: 'd2',
    grounds: [],
  })
  await record(opened, 'appeal.filed.v1', [2, 9], 'forgotten', {
    ...appeal,
    appealId: 'a2',
    decisionId: 'd2',
  })
  right(await opened.keys.destroy('forgotten'))
  await opened.close()
})

const run = (...args: ReadonlyArray<string>) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'account', '--data', data, ...args], {
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}
const story = (...args: ReadonlyArray<string>) => JSON.parse(run(...args, '--json').stdout)

describe('redress account', () => {
  test('shows its state and the whole story', () => {
    const { status, stdout, stderr } = run('quilter')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(/^Account quilter at \d{4}-/)
    expect(stdout).toContain('status   active')
    for (const words of ['flag f1', 'SUSPENDED', 'appeal a1', 'It is a quilt. \\u{1b}[31m', 'REINSTATED']) {
      expect(stdout).toContain(words)
    }
    expect(stdout).not.toContain('\u001b')
  })

  test('--json gives the same as JSON', () => {
    expect(story('quilter')).toMatchObject({
      account: 'quilter',
      asOf: null,
      happenedBy: null,
      status: 'active',
      heldBy: [],
      decisions: [{ decisionId: 'd1', standing: 'reversed', reversals: [{ reason: 'correction' }] }],
      flags: [{ flagId: 'f1', voided: { by: 'reversal' } }],
      appeals: [{ appealId: 'a1', status: 'open', outcome: null }],
      oddities: [],
      events: [
        { type: 'flag.raised.v1' },
        { type: 'account.deactivated.v1' },
        { type: 'appeal.filed.v1', personal: appeal.personal.text },
        { type: 'account.reinstated.v1', recordedat: may(9) },
      ],
    })
  })

  test.each([
    ['as of the 5th, its reinstatement was not known', ['--as-of', may(5)], 'suspended', 3],
    ['by the 5th it was reinstated, as is known now', ['--happened-by', may(5)], 'active', 4],
    ['by the 2nd it was suspended, and had not appealed', ['--happened-by', may(2)], 'suspended', 2],
    ['by the 4th, as known on the 5th', ['--happened-by', may(4), '--as-of', may(5)], 'suspended', 3],
    ['by the 4th, as known on the 9th', ['--happened-by', may(4), '--as-of', may(9)], 'active', 4],
    ['a date is its first instant', ['--as-of', '2025-05-03'], 'suspended', 2],
  ])('%s', (_what, times, status, events) => {
    const text = story('quilter', ...times)
    expect(text).toMatchObject({ status })
    expect(text.events).toHaveLength(events)
  })

  test('says what a past moment leaves out', () => {
    const { stdout } = run('quilter', '--as-of', may(5), '--happened-by', may(4))
    expect(stdout).toMatch(/Account quilter at 2025-05-04 12:00 UTC/)
    expect(stdout).toContain(
      `Left out: what was recorded after ${may(5)}, and what happened after ${may(4)}.`,
    )
  })

  test('before anything was known, the account is active and the story empty', () => {
    const { status, stdout } = run('quilter', '--as-of', '2025-01-01')
    expect(status).toBe(0)
    expect(stdout).toContain('Nothing was recorded by then.')
  })

  test('shows an erased text as erased', () => {
    expect(run('forgotten').stdout).toContain('(the text was erased with the account\u2019s key)')
    expect(story('forgotten').events[1]).toMatchObject({ personal: null })
  })
})

describe('redress account reports', () => {
  test.each(['nobody', 'not an id \u001b[31m', '../quilter', 'd1'])('%j, which is not an account', (id) => {
    const { status, stdout, stderr } = run(id)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(/^redress: the ledger in .* has no events about the account [^\n]*\n$/)
    expect(stderr).not.toContain('\u001b')
  })

  test('a ledger that does not exist', () => {
    const { status, stderr } = run('quilter', '--data', join(data, 'nowhere'))
    expect(status).toBe(2)
    expect(stderr).toContain('redress ingest')
  })

  test('an invalid time', () => {
    const { status, stderr } = run('quilter', '--as-of', 'yesterday')
    expect(status).toBe(64)
    expect(stderr).toContain('Give a time such as')
  })
})
