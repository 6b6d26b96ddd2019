import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openLedger } from '../../../src/ledger/open.ts'
import { appeal, publication, unwrap } from '../../ledger/events.ts'
import { edit } from '../../ledger/sqlite/edit.ts'

const main = join(import.meta.dirname, '../../../src/cli/main.ts')
const dir = mkdtempSync(join(tmpdir(), 'redress-backup-'))
afterAll(() => rmSync(dir, { recursive: true }))
const redress = (...args: ReadonlyArray<string>) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd: dir,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

beforeAll(async () => {
  const open = unwrap(await openLedger(join(dir, 'data')))
  for (const event of [publication('p1', 'v1', 3), appeal('a1', 'u1', 'these are quilts')]) {
    unwrap(await open.ledger.append([{ stream: event.stream, expectedRevision: 'any', events: [event] }]))
  }
  await open.close()
})

describe('given a data folder', () => {
  test('when it is complete, then so is its backup, and that is reported', () => {
    const { status, stdout, stderr } = redress('backup', 'whole', '--data', 'data', '--keys', 'whole-keys')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(/up to sequence 2\.\n(?:.*\n)*.*everything matches/)
  })

  test('when a document and a text are missing, then it is copied, with a line for each kind and exit code 1', () => {
    edit(join(dir, 'data/vault.db'), 'DELETE FROM documents', 'DELETE FROM ciphertexts')
    const { status, stdout, stderr } = redress('backup', 'damaged', '--data', 'data')
    expect(status).toBe(1)
    expect(stderr.split('\n')).toEqual([
      expect.stringMatching(/^redress: the copy is incomplete: document missing .* of event 1$/),
      expect.stringMatching(/^redress: the copy is incomplete: sealed text missing .* of event 2$/),
      '',
    ])
    expect(stdout).toContain('kept')
    expect(existsSync(join(dir, 'damaged/vault.db'))).toBe(true)

    const json = redress('backup', 'again', '--data', 'data', '--json')
    expect(json.status).toBe(1)
    expect(JSON.parse(json.stdout)).toMatchObject({
      sequence: 2,
      findings: [
        { kind: 'missing_document', count: 1 },
        { kind: 'missing_text', count: 1 },
      ],
    })
  })
})
