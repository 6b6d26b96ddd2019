import { expect, test } from 'vitest'
import { projectLedger } from '../../src/app/project.ts'
import { appeal, flag, unwrap } from '../ledger/events.ts'
import { rowsOf, silent } from '../projection/projecting.ts'
import { errorOf, record, useCaseFolder } from './use-case.ts'

const path = useCaseFolder()
const messages: string[] = []
const projected = () =>
  projectLedger({
    data: path('data'),
    follow: false,
    rebuild: false,
    withoutDamaged: false,
    signal: new AbortController().signal,
    onOpen: () => messages.push('open'),
    watch: { ...silent, onPublish: (sequence) => messages.push(`published ${sequence}`) },
  })

test('given a ledger, when it is projected, then the tables are as of its head, and later runs resume from there', async () => {
  await record(path('data'), [flag('e1', 'u1'), flag('e2', 'u2')])
  expect(unwrap(await projected())).toMatchObject({ sequence: 2, events: 2, poisons: [], isStopped: false })
  await record(path('data'), [appeal('e3', 'u1', 'these are quilts')])
  expect(unwrap(await projected())).toMatchObject({ sequence: 3, events: 1 })
  expect(messages.splice(0)).toEqual(['open', 'published 2', 'open', 'published 3'])
  expect(await rowsOf(path('data'), 'SELECT account, type FROM events ORDER BY sequence')).toEqual([
    { account: 'u1', type: 'flag.raised.v1' },
    { account: 'u2', type: 'flag.raised.v1' },
    { account: 'u1', type: 'appeal.filed.v1' },
  ])
})

test('given no ledger, when it is projected, then it fails before the work begins', async () => {
  expect(errorOf(await projected())).toMatchObject({
    kind: 'failed',
    message: expect.stringContaining('create one with redress ingest'),
  })
  expect(messages).toEqual([])
})
