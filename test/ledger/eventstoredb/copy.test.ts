import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { copyLedger, openCopyTarget } from '../../../src/ledger/eventstoredb/copy.ts'
import { type OpenLedger, openLedger } from '../../../src/ledger/open.ts'
import { all } from '../contract.ts'
import { appeal, flag, publication, unwrap } from '../events.ts'
import { BRIEF, openOn } from './cluster.ts'
import { startTestServer, type TestServer } from './server/server.ts'

const clock = () => Date.UTC(2026, 0, 1)

describe('given an embedded ledger and a cluster', () => {
  let dir = ''
  let source: OpenLedger
  let server: TestServer
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'redress-copy-'))
    source = unwrap(await openLedger(dir, { clock }))
    server = await startTestServer()
  })
  afterEach(async () => {
    await source.close()
    await server.close()
    rmSync(dir, { recursive: true })
  })

  const fill = async (from: number, to: number): Promise<void> => {
    for (let i = from; i < to; i++) {
      const account = `u${i % 3}`
      const events = [
        flag(`e${i}`, account),
        ...(i % 4 === 0 ? [appeal(`a${i}`, account, `words ${i}`)] : []),
      ]
      unwrap(
        await source.ledger.append([
          { stream: `account-${account}`, expectedRevision: 'any', events },
          ...(i === 0
            ? [
                {
                  stream: 'ruleset-rules' as const,
                  expectedRevision: 'any' as const,
                  events: [publication('p', 'v1', 3)],
                },
              ]
            : []),
        ]),
      )
    }
  }
  const copy = async (limits = BRIEF) => {
    const { close, ...into } = unwrap(
      openCopyTarget(server.url, { sequencePath: join(dir, 'sequence.db'), limits }),
    )
    const copied = await copyLedger({ source: source.ledger, ...into, onProgress: () => {} })
    await close()
    return copied
  }
  const inCluster = async () => {
    const open = openOn(server.url, clock)
    const events = await all(open.ledger.readAll(null))
    await open.remove()
    return events
  }
  const essentials = (events: Awaited<ReturnType<typeof inCluster>>) =>
    events.map(({ stream, revision, sequence, canonical }) => ({ stream, revision, sequence, canonical }))

  test('when it is copied, then the cluster has each event with the same bytes, at the same sequence', async () => {
    await fill(0, 30)
    const events = await all(source.ledger.readAll(null))
    expect(unwrap(await copy())).toEqual({ found: 0, written: events.length })
    expect(essentials(await inCluster())).toEqual(essentials(events))
  })

  test('when it is copied again, then only what is new is written', async () => {
    await fill(0, 12)
    const before = unwrap(await copy()).written
    await fill(12, 20)
    const events = await all(source.ledger.readAll(null))
    expect(unwrap(await copy())).toEqual({ found: before, written: events.length - before })
    expect(essentials(await inCluster())).toEqual(essentials(events))
    expect(unwrap(await copy())).toEqual({ found: events.length, written: 0 })
  })

  test('when answers are lost and the server dies, then each event is still there once', async () => {
    await fill(0, 20)
    server.faults.nextAppends(
      null,
      { kind: 'hang', written: true },
      { kind: 'half_close', written: false },
      { kind: 'die', written: true, restartAfter: 20 },
      { kind: 'busy' },
      { kind: 'twice' },
      { kind: 'late', milliseconds: 500 },
    )
    const events = await all(source.ledger.readAll(null))
    expect(unwrap(await copy())).toMatchObject({ written: events.length })
    expect(essentials(await inCluster())).toEqual(essentials(events))
  })

  test('when it is interrupted, then the next copy resumes', async () => {
    await fill(0, 20)
    server.faults.nextAppends(
      null,
      null,
      null,
      ...Array.from({ length: 100 }, () => ({ kind: 'busy' }) as const),
    )
    const broken = await copy({ silence: 100, patience: 300 })
    expect(E.isLeft(broken) && broken.left).toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining('run the copy again'),
    })
    server.faults.clear()
    expect(unwrap(await copy()).found).toBeGreaterThan(0)
    expect(essentials(await inCluster())).toEqual(essentials(await all(source.ledger.readAll(null))))
  })

  test('when the cluster holds other events, then nothing is written', async () => {
    await fill(0, 3)
    const other = openOn(server.url, clock)
    unwrap(
      await other.ledger.append([
        { stream: 'account-x', expectedRevision: 'any', events: [flag('e1', 'x')] },
      ]),
    )
    await other.remove()
    const refused = await copy()
    expect(E.isLeft(refused) && refused.left).toMatchObject({
      kind: 'unusable',
      message: expect.stringContaining('event 1 of the target'),
    })
    expect(await inCluster()).toHaveLength(1)
  })
})
