import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type OpenLedger, openExisting, openLedger } from '../../../src/ledger/open.ts'
import { readDecoded } from '../../../src/ledger/read.ts'
import { backupData } from '../../../src/ledger/sqlite/backup.ts'
import { all } from '../contract.ts'
import { appeal, flag, publication, unwrap } from '../events.ts'

describe('given a ledger that is being written to', () => {
  let dir = ''
  let open: OpenLedger
  const at = (name: string): string => join(dir, name)
  const backupTo = (target: string, keysTarget: string | null) =>
    backupData({
      dataDir: at('data'),
      target: at(target),
      keysTarget: keysTarget === null ? null : at(keysTarget),
    })

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'redress-backup-'))
    open = unwrap(await openLedger(at('data')))
    for (const event of [publication('p1', 'v1', 3), appeal('a1', 'u1', 'these are quilts'), flag('e1')]) {
      unwrap(await open.ledger.append([{ stream: event.stream, expectedRevision: 'any', events: [event] }]))
    }
  })
  afterEach(async () => {
    await open.close()
    rmSync(dir, { recursive: true })
  })

  test('when it is backed up while events arrive, then the copy is complete up to its sequence, without the keys', async () => {
    let going = true
    const writing = (async () => {
      for (let n = 0; going; n++) {
        const event = appeal(`w${n}`, 'u2', `text ${n}`)
        unwrap(await open.ledger.append([{ stream: event.stream, expectedRevision: 'any', events: [event] }]))
        await new Promise((resolve) => setImmediate(resolve))
      }
    })()
    const made = unwrap(await backupTo('copy', 'keys'))
    going = false
    await writing
    expect(readdirSync(at('copy')).sort()).toEqual(['ledger.db', 'vault.db'])
    expect(made).toMatchObject({ keys: at('keys/keys.db'), findings: [] })

    copyFileSync(at('keys/keys.db'), at('copy/keys.db'))
    const restored = unwrap(await openExisting(at('copy')))
    try {
      expect(unwrap(await restored.ledger.head()).sequence).toBe(made.sequence)
      let opened = 0
      for await (const page of readDecoded(restored.ledger, restored.ledger.readAll(null))) {
        for (const { event } of unwrap(page)) {
          if (event.type !== 'appeal.filed.v1' || event.data.sealed === undefined) continue
          const text = unwrap(await restored.vault.openSealed(event.data.sealed, event.source, event.id))
          expect(text.kind).toBe('open')
          opened++
        }
      }
      expect(opened).toBe(Number(made.sequence) - 2)
      expect(await all(restored.ledger.readStream('ruleset-rules'))).toHaveLength(1)
    } finally {
      await restored.close()
    }
  })

  test('when texts are added and erased while it is backed up, repeatedly, then nothing is reported missing', async () => {
    let going = true
    const writing = (async () => {
      for (let n = 0; going; n++) {
        const events = [appeal(`w${n}`, `w${n}`, `text ${n}`), publication(`v${n}`, `w${n}`, n + 4)]
        const batches = events.map((event) => ({
          stream: event.stream,
          expectedRevision: 'any' as const,
          events: [event],
        }))
        unwrap(await open.ledger.append(batches))
        if (n % 3 === 2) unwrap(await open.keys.destroy(`w${n - 1}`))
        await new Promise((resolve) => setImmediate(resolve))
      }
    })()
    let sequence = 0
    for (let round = 0; round < 8; round++) {
      const made = unwrap(await backupTo(`copy${round}`, round % 2 === 0 ? `keys${round}` : null))
      expect(made.findings).toEqual([])
      expect(Number(made.sequence)).toBeGreaterThan(sequence)
      sequence = Number(made.sequence)
    }
    going = false
    await writing
  })

  test('when its events are in a cluster, then everything except events, index and keys is copied, but not the ledger that is out of use', async () => {
    writeFileSync(at('data/sequence.db'), 'not read')
    copyFileSync(at('data/ledger.db'), at('data/ledger-copied.db'))
    const request = { dataDir: at('data'), onCluster: true, target: at('copy'), keysTarget: null }
    const made = unwrap(await backupData(request))
    expect(made).toEqual({ sequence: null, files: [at('copy/vault.db')], keys: null, findings: [] })
    expect(readdirSync(at('copy'))).toEqual(['vault.db'])
    expect(await backupData({ ...request, dataDir: at('none'), target: at('other') })).toMatchObject({
      left: { kind: 'unusable', message: expect.stringContaining('--data') },
    })
  })

  test('when the folders are invalid, then it reports that and writes nothing', async () => {
    const refusals: ReadonlyArray<readonly [string, string | null]> = [
      ['data', null],
      ['data/inside', null],
      ['copy', 'copy'],
      ['copy', 'copy/keys'],
      ['keys/copy', 'keys'],
    ]
    for (const [target, keysTarget] of refusals) {
      expect(await backupTo(target, keysTarget)).toMatchObject({ left: { kind: 'unusable' } })
    }
    expect(readdirSync(dir)).toEqual(['data'])
    unwrap(await backupTo('copy', null))
    expect(await backupTo('copy', null)).toMatchObject({
      left: { message: expect.stringContaining('not empty') },
    })
  })
})
