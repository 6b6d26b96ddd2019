import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openExisting, openLedger } from '../../../src/ledger/open.ts'
import { letOthersRead, letOwnerWrite, waysWithoutWriting } from '../../robustness/unwritable.ts'
import { flag, unwrap } from '../events.ts'
import { startTestServer } from '../eventstoredb/server/server.ts'

const [way] = waysWithoutWriting()

let dir = ''
let child: ChildProcess
const data = (): string => join(dir, 'data')

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'redress-reading-'))
  mkdirSync(join(dir, 'tmp'), { mode: 0o777 })
})
afterEach(() => {
  child.kill()
  letOwnerWrite(dir)
  rmSync(dir, { recursive: true })
})

/** Appends so many events, and closes the ledger, or leaves it open. */
const append = async (from: number, to: number, cluster?: string) => {
  const open = unwrap(await openLedger(data(), { cluster }))
  const events = Array.from({ length: to - from }, (_, i) => flag(`e${from + i}`))
  unwrap(await open.ledger.append([{ stream: 'account-u1', expectedRevision: 'any', events }]))
  return open
}

/** A reader that cannot write the folder: when it has read a page, and its answer after it was told to go on. */
const startReader = (...args: ReadonlyArray<string>) => {
  const command = [process.execPath, join(import.meta.dirname, 'reader.ts'), 'data', ...args]
  const [file = '', ...rest] = way?.wrap(command) ?? []
  child = spawn(file, rest, {
    cwd: dir,
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, TMPDIR: join(dir, 'tmp') },
  })
  const lines = createInterface({ input: child.stdout ?? process.stdin })[Symbol.asyncIterator]()
  const line = async (): Promise<string> => String((await lines.next()).value)
  return {
    firstPage: line,
    rest: async () => {
      child.stdin?.write('on\n')
      return JSON.parse(await line())
    },
  }
}

describe('given a ledger that a process reads without write permission', () => {
  test('when nobody writes it, then it is read to its end', async () => {
    await (await append(0, 1_500)).close()
    letOthersRead(dir)
    const reader = startReader()
    expect(await reader.firstPage()).toBe('first page')
    expect(await reader.rest()).toEqual({ events: 1_500, error: null, head: 1_500 })
  })

  test('when another starts to write it meanwhile, then the reader reports that, and calls nothing damaged', async () => {
    await (await append(0, 1_500)).close()
    letOthersRead(dir)
    const reader = startReader()
    expect(await reader.firstPage()).toBe('first page')
    letOwnerWrite(dir)
    await append(1_500, 1_600).then(({ close }) => close())
    expect(await reader.rest()).toMatchObject({
      events: 1_000,
      error: { kind: 'unavailable', message: expect.stringContaining('written to while it was read') },
    })
  })

  test('when another has it open and keeps writing, then it reads what was there when it started', async () => {
    const writing = await append(0, 1_500)
    letOthersRead(dir)
    const reader = startReader()
    expect(await reader.firstPage()).toBe('first page')
    const events = [flag('late')]
    unwrap(await writing.ledger.append([{ stream: 'account-u1', expectedRevision: 'any', events }]))
    expect(await reader.rest()).toEqual({ events: 1_500, error: null, head: 1_501 })
    await writing.close()
  })
})

describe('given a data folder for a cluster, which cannot be written', () => {
  test('when its events are read, then they are numbered in a copy of the index, which is deleted afterwards', async () => {
    const server = await startTestServer()
    try {
      await (await append(0, 20, server.url)).close()
      const before = unwrap(await openExisting(data(), { cluster: server.url }))
      expect(unwrap(await before.ledger.head()).sequence).toBe(20)
      await before.close()
      const index = join(dir, 'index.db')
      cpSync(join(data(), 'sequence.db'), index)
      await (await append(20, 30, server.url)).close()
      cpSync(index, join(data(), 'sequence.db'))
      letOthersRead(dir)
      const reader = startReader(server.url)
      expect(await reader.firstPage()).toBe('first page')
      expect(await reader.rest()).toEqual({ events: 30, error: null, head: 30 })
      expect(readdirSync(join(dir, 'tmp'))).toEqual([])
    } finally {
      await server.close()
    }
  })
})
