import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { tripwiresOver } from '../../../src/incidents/tripwires/over-ledger.ts'
import type { OpenLedger } from '../../../src/ledger/open.ts'
import { unwrap } from '../../replay/ledgers.ts'
import { type Publishing, recordedAt, said } from './ledger.ts'

const MINUTE = 60_000
const START = Date.UTC(2026, 0, 5)

const folders: string[] = []
const opened: OpenLedger[] = []
afterEach(async () => {
  for (const { close } of opened.splice(0)) await close()
  for (const dir of folders.splice(0)) rmSync(dir, { recursive: true })
})

const ledgerOf = async (events: ReadonlyArray<Publishing>): Promise<OpenLedger> => {
  const dir = mkdtempSync(join(tmpdir(), 'redress-tripwires-'))
  folders.push(dir)
  const open = await recordedAt(dir, events)
  opened.push(open)
  return open
}
const wiresOf = async (events: ReadonlyArray<Publishing>, at: number | null = null) => {
  const { tripped } = unwrap(await tripwiresOver(await ledgerOf(events), { at, onProgress: () => {} }))
  return tripped.map(({ wire, sequence }) => [wire, sequence])
}

const event = (after: number, type: string, data: object, subject = 'u1'): Publishing => ({
  ...{ at: START + after, type: `${type}.v1`, data, subject },
})
const published = event(0, 'ruleset.published', said.published('v1'))

describe('given a ledger', () => {
  test('when decisions rest on flags that their accounts have, then that is no reason; when other accounts have them, it is', async () => {
    const accounts = Array.from({ length: 10 }, (_, i) => `u${i}`)
    const flags = accounts.map((u) => event(1, 'flag.raised', said.flagged(`f-${u}`, 'v1'), u))
    const bans = (grounds: ReadonlyArray<string>) =>
      accounts.map((u, i) =>
        event(2, 'account.deactivated', said.banned(`d-${u}`, 'v1', [grounds[i] ?? '']), u),
      )
    const end = event(60 * MINUTE, 'content.evaluated', said.evaluated())
    const own = accounts.map((u) => `f-${u}`)
    expect(await wiresOf([published, ...flags, ...bans(own), end])).toEqual([])
    const [first = '', ...rest] = own
    expect(await wiresOf([published, ...flags, ...bans([...rest, first]), end])).toEqual([['no_grounds', 22]])
  })

  test('when accounts are banned as no policy says, then the documents of their versions decide', async () => {
    const terminated = (u: string) =>
      event(1, 'account.deactivated', said.banned(`d-${u}`, 'v1', [], 'terminated'), u)
    const strict = event(0, 'ruleset.published', said.published('v1', 'terminated'))
    const bans = ['u1', 'u2', 'u3'].map(terminated)
    expect(await wiresOf([published, ...bans])).toEqual([
      ['severer_than_the_rule', 4],
      ['no_grounds', 4],
    ])
    expect(await wiresOf([strict, ...bans])).toEqual([['no_grounds', 4]])
  })

  test('when accounts are banned again, then what was recorded before each decision counts', async () => {
    const story = (u: string, n: number): ReadonlyArray<Publishing> => [
      event(n, 'flag.raised', said.flagged(`f-${u}`, 'v1'), u),
      event(n + 1, 'account.deactivated', said.banned(`d-${u}`, 'v1', [`f-${u}`]), u),
      event(n + 2, 'account.reinstated', said.reinstated(`d-${u}`), u),
      event(n + 3, 'account.deactivated', said.banned(`again-${u}`, 'v1', [`f-${u}`]), u),
    ]
    const stories = ['u1', 'u2', 'u3'].flatMap((u, i) => story(u, 10 * i))
    expect(await wiresOf([published, ...stories])).toEqual([['banned_again', 13]])
  })

  test('when an account has many decisions, then its stream is read once', async () => {
    const bans = Array.from({ length: 20 }, (_, i) =>
      event(i, 'account.deactivated', said.banned(`d${i}`, 'v1', [`f${i}`])),
    )
    const { ledger, vault } = await ledgerOf([published, ...bans])
    let reads = 0
    const counted: typeof ledger = {
      ...ledger,
      readStream: (stream) => {
        reads++
        return ledger.readStream(stream)
      },
    }
    unwrap(await tripwiresOver({ ledger: counted, vault }, { at: null, onProgress: () => {} }))
    expect(reads).toBe(1)
  })

  test('when only its first events are asked for, then what they set off is listed; more than there are is an error', async () => {
    const unrehearsed = ['v2', 'v3'].map((version) => event(1, 'ruleset.published', said.published(version)))
    expect(await wiresOf([published, ...unrehearsed], 2)).toEqual([['unrehearsed_publication', 2]])
    const all = await ledgerOf([published, ...unrehearsed])
    const answer = await tripwiresOver(all, { at: 9, onProgress: () => {} })
    expect(answer).toEqual(E.left({ kind: 'no_such_sequence', requested: 9, head: 3 }))
  })
})
