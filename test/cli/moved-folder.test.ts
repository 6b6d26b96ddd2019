import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { openExisting } from '../../src/ledger/open.ts'
import { unwrap } from '../ledger/events.ts'

const main = join(import.meta.dirname, '../../src/cli/main.ts')
let dir = ''
const at = (name: string): string => join(dir, name)

const start = (...args: ReadonlyArray<string>) => {
  const child = spawn(process.execPath, [main, ...args], { cwd: dir })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk
  })
  const ended = once(child, 'close').then(() => ({ code: child.exitCode, stdout, stderr }))
  return { child, ended, stderr: () => stderr }
}
const line = (n: number): string =>
  `${JSON.stringify({
    specversion: '1.0',
    id: `e${n}`,
    source: '/test',
    type: 'flag.dismissed.v1',
    subject: 'u1',
    time: '2025-04-29T00:00:00Z',
    data: { flagId: 'f1', reviewer: { kind: 'human', id: 'r1' } },
  })}\n`
const sequenceOf = async (data: string): Promise<number> => {
  const opened = await openExisting(at(data))
  if (E.isLeft(opened)) return 0
  const { ledger, close } = opened.right
  const { sequence } = unwrap(await ledger.head())
  await close()
  return sequence
}
const until = async (holds: () => Promise<boolean> | boolean): Promise<void> => {
  while (!(await holds())) await setTimeout(25)
}

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'redress-moved-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

describe('given ingest running on a pipe', () => {
  test.each([
    ['moved', () => renameSync(at('data'), at('elsewhere'))],
    ['removed', () => rmSync(at('data'), { recursive: true })],
  ])(
    'when its data folder is %s, then it stops, and counts nothing that came later',
    async (how, happens) => {
      const { child, ended } = start('ingest', '-', '--data', 'data', '--json')
      child.stdin.write(line(1) + line(2))
      await until(async () => (await sequenceOf('data')) === 2)
      await setTimeout(300)
      happens()
      child.stdin.write(line(3))
      const { code, stdout, stderr } = await ended
      expect(code).toBe(2)
      expect(JSON.parse(stdout)).toMatchObject({ accepted: 2, lastLine: 2 })
      expect(stderr).toMatch(/^redress: .*was removed, moved or replaced while it was in use/)
      expect(existsSync(at('data'))).toBe(false)
      if (how === 'removed') return
      renameSync(at('elsewhere'), at('data'))
      const again = start('ingest', '-', '--data', 'data', '--json')
      again.child.stdin.end(line(1) + line(2) + line(3))
      const { accepted, duplicate, rejected } = JSON.parse((await again.ended).stdout)
      expect([accepted + duplicate, rejected]).toEqual([3, 0])
      expect(await sequenceOf('data')).toBe(3)
    },
  )
})

test('given project --follow, when its data folder is replaced by another, then it stops and writes nothing there', async () => {
  const filling = start('ingest', '-', '--data', 'data')
  filling.child.stdin.end(line(1))
  expect((await filling.ended).code).toBe(0)
  const { ended } = start('project', '--follow', '--data', 'data')
  await until(() => existsSync(at('data/projections.duckdb')))
  renameSync(at('data'), at('elsewhere'))
  mkdirSync(at('data'))
  const { code, stderr } = await ended
  expect(code).toBe(2)
  expect(stderr).toMatch(/was removed, moved or replaced while it was in use/)
  expect(readdirSync(at('data'))).toEqual([])
})
