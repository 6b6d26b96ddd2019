import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { alarmsOver } from '../../../src/incidents/alarm/over-ledger.ts'
import type { OpenLedger } from '../../../src/ledger/open.ts'
import { unwrap } from '../../replay/ledgers.ts'
import { type Publishing, recordedAt, said } from '../tripwires/ledger.ts'

const MINUTE = 60_000
const START = Date.UTC(2026, 0, 5)

const folders: string[] = []
const opened: OpenLedger[] = []
afterEach(async () => {
  for (const { close } of opened.splice(0)) await close()
  for (const dir of folders.splice(0)) rmSync(dir, { recursive: true })
})

const ledgerOf = async (events: ReadonlyArray<Publishing>): Promise<OpenLedger> => {
  const dir = mkdtempSync(join(tmpdir(), 'redress-alarm-'))
  folders.push(dir)
  const open = await recordedAt(dir, events)
  opened.push(open)
  return open
}

const event = (minute: number, type: string, data: object, subject = 'u1'): Publishing => ({
  ...{ at: START + minute * MINUTE, type: `${type}.v1`, data, subject },
})
const published = event(0, 'ruleset.published', said.published('v1'))
const accounts = ['u1', 'u2', 'u3']
const flagsAt = (minute: number, late = 0) =>
  accounts.map((u) => ({
    ...event(minute, 'flag.raised', said.flagged(`f-${u}`, 'v1'), u),
    late: late * MINUTE,
  }))
const bansAt = (minute: number) =>
  accounts.map((u) => event(minute, 'account.deactivated', said.banned(`d-${u}`, 'v1', []), u))
const evaluated = (minute: number) => event(minute, 'content.evaluated', said.evaluated(), 'u9')

const alarmsOf = async (events: ReadonlyArray<Publishing>, at: number | null = null) => {
  const { alarms } = unwrap(await alarmsOver(await ledgerOf(events), { at, onProgress: () => {} }))
  return alarms.map(({ family, sequence }) => [family, sequence])
}

describe('given a ledger with decisions', () => {
  test('when the account has what they rest on, recorded in time, then it is silent; when it has not, it sounds', async () => {
    expect(await alarmsOf([published, ...flagsAt(1), ...bansAt(2), evaluated(60)])).toEqual([])
    expect(await alarmsOf([published, ...bansAt(2), ...flagsAt(16, 15), evaluated(60)])).toEqual([])
    expect(await alarmsOf([published, ...bansAt(2), ...flagsAt(18, 17), evaluated(60)])).toEqual([
      ['pipeline', 5],
    ])
  })

  test('when only its first events are asked for, then what they sound is listed; more than there are is an error', async () => {
    const events = [published, ...bansAt(2), evaluated(16), evaluated(17), evaluated(18)]
    expect(await alarmsOf(events, 5)).toEqual([])
    expect(await alarmsOf(events, 6)).toEqual([['pipeline', 6]])
    const answer = await alarmsOver(await ledgerOf(events), { at: 9, onProgress: () => {} })
    expect(answer).toEqual(E.left({ kind: 'no_such_sequence', requested: 9, head: 7 }))
  })

  test('when an account has many decisions in a day, then its stream is read for the one that counts', async () => {
    const many = Array.from({ length: 20 }, (_, i) =>
      event(2 + i, 'account.deactivated', said.banned(`d-${i}`, 'v1', []), 'u1'),
    )
    const { ledger, vault } = await ledgerOf([published, ...many, evaluated(60)])
    let reads = 0
    const readStream: typeof ledger.readStream = (...args) => {
      reads++
      return ledger.readStream(...args)
    }
    const counted = { ...ledger, readStream }
    unwrap(await alarmsOver({ ledger: counted, vault }, { at: null, onProgress: () => {} }))
    expect(reads).toBeLessThan(20)
    expect(reads).toBeGreaterThan(0)
  })
})

describe('given decisions that reviewers look at', () => {
  const users = Array.from({ length: 20 }, (_, i) => `u${i}`)
  const decided = users.flatMap((u) => [
    event(1, 'flag.raised', said.flagged(`f-${u}`, 'v1'), u),
    event(2, 'account.deactivated', said.banned(`d-${u}`, 'v1', [`f-${u}`]), u),
  ])
  const verdicts = (number: number, verdict: string, minute = 60) =>
    users
      .slice(0, number)
      .map((u, i) => event(minute + i, 'decision.audited', said.audited(`d-${u}`, verdict), u))
  const soundedBy = async (...reviewed: ReadonlyArray<Publishing>) => {
    const open = await ledgerOf([published, ...decided, ...reviewed])
    return unwrap(await alarmsOver(open, { at: null, onProgress: () => {} })).alarms
  }

  // One of ten may be wrong: with the bet of a half, M <- 5.5 (M + 1), so that M / 4 is 46,500 after seven and 255,800 after eight.
  test('when all are wrong, then it sounds at the eighth, and names the rule and the detector that feeds it', async () => {
    expect(await soundedBy(...verdicts(7, 'wrong'))).toEqual([])
    expect(await soundedBy(...verdicts(8, 'wrong'))).toMatchObject([
      {
        family: 'audit',
        key: { ruleset: 'rules', version: 'v1', rule: 'spam', detector: { id: 'm', version: '1' } },
        accounts: 8,
      },
    ])
  })

  test('when they are right, or a reviewer is not sure, then it is silent', async () => {
    expect(await soundedBy(...verdicts(20, 'right'), ...verdicts(20, 'wrong', 90))).toEqual([])
    expect(await soundedBy(...verdicts(20, 'unsure'))).toEqual([])
  })

  test('when a reviewer was not sure at first, then the next verdict counts', async () => {
    expect(await soundedBy(...verdicts(20, 'unsure'), ...verdicts(8, 'wrong', 90))).toHaveLength(1)
  })

  test('when nobody knows the decision, then its verdict counts for nothing', async () => {
    const unknown = users.map((u, i) => event(60 + i, 'decision.audited', said.audited(`x-${u}`, 'wrong'), u))
    expect(await soundedBy(...unknown)).toEqual([])
  })
})
