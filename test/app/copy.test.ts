import { readdirSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { copyToCluster } from '../../src/app/copy.ts'
import { openLedger } from '../../src/ledger/open.ts'
import { all } from '../ledger/contract.ts'
import { appeal, flag, publication, unwrap } from '../ledger/events.ts'
import { openOn } from '../ledger/eventstoredb/cluster.ts'
import { startTestServer, type TestServer } from '../ledger/eventstoredb/server/server.ts'
import { edit } from '../ledger/sqlite/edit.ts'
import { clock, errorOf, record, useCaseFolder } from './use-case.ts'

const path = useCaseFolder()
let server: TestServer
beforeEach(async () => {
  server = await startTestServer()
})
afterEach(() => server.close())

const progress: unknown[] = []
const copied = (to = server.url) =>
  copyToCluster({
    from: path('data'),
    to,
    onProgress: (done, total) => progress.push([done, total]),
    onVerify: () => {},
  })

const inCluster = async () => {
  const open = openOn(server.url, clock)
  const events = await all(open.ledger.readAll(null))
  await open.remove()
  return events.map(({ sequence, canonical }) => ({ sequence, canonical }))
}

test('given a data folder, when it is copied, then the cluster has its events and the ledger is out of use', async () => {
  await record(path('data'), [publication('p1', 'v1', 3), flag('e1'), appeal('e2', 'u1', 'these are quilts')])
  const { ledger, close } = unwrap(await openLedger(path('data'), { clock }))
  const before = await all(ledger.readAll(null))
  await close()
  expect(unwrap(await copied())).toEqual({ found: 0, written: 3, retired: true, findings: [] })
  expect(await inCluster()).toEqual(before.map(({ sequence, canonical }) => ({ sequence, canonical })))
  expect(progress.at(-1)).toEqual([3, 3])
  expect(readdirSync(path('data'))).toContain('ledger-copied.db')
  expect(readdirSync(path('data'))).not.toContain('ledger.db')
})

test('given a ledger that another process has open, when it is copied, then everything is there and it stays in use', async () => {
  await record(path('data'), [flag('e1')])
  const { close } = unwrap(await openLedger(path('data'), { clock }))
  expect(unwrap(await copied())).toEqual({ found: 0, written: 1, retired: false, findings: [] })
  await close()
  expect(unwrap(await copied())).toEqual({ found: 1, written: 0, retired: true, findings: [] })
})

test('given another ledger in the cluster, when one is copied there, then it fails and stays in use', async () => {
  await record(path('data'), [flag('e1')])
  const open = openOn(server.url, clock)
  const other = flag('other', 'u2')
  unwrap(await open.ledger.append([{ stream: other.stream, expectedRevision: 'any', events: [other] }]))
  await open.remove()
  expect(errorOf(await copied()).kind).toBe('failed')
  expect(readdirSync(path('data'))).toContain('ledger.db')
})

test('given a vault without a part of what an event names, when it is copied, then it is reported', async () => {
  await record(path('data'), [publication('p1', 'v1', 3)])
  edit(path('data/vault.db'), "DELETE FROM documents WHERE canonical LIKE '%deactivations%'")
  expect(unwrap(await copied())).toMatchObject({
    written: 1,
    retired: true,
    findings: [{ kind: 'missing_document', count: 1, first: [expect.stringMatching(/of event 1$/)] }],
  })
})

test('given no ledger, or no address, when it is copied, then it fails', async () => {
  expect(errorOf(await copied())).toMatchObject({
    kind: 'failed',
    message: expect.stringContaining('create one with redress ingest'),
  })
  await record(path('data'), [flag('e1')])
  expect(errorOf(await copied('http://nowhere')).kind).toBe('failed')
})
