import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { recordIn, requested, withdrawn } from '../../app/dispatch/requesting.ts'
import { redress } from '../../robustness/hostile/run.ts'

let dir = ''
const run = async (...args: ReadonlyArray<string>) => {
  const { code, stdout, stderr } = await redress('remediation', 'requests', ...args, '--data', dir)
  return { code, lines: stdout.toString().trimEnd().split('\n'), stderr: stderr.toString() }
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'redress-requests-'))
  const content = { id: '7', kind: 'pin' }
  await recordIn(
    dir,
    requested('r1', 'u1'),
    requested('r2', 'u2', { kind: 'content', content, flagsVoided: [] }),
    requested('r3', 'u3', { kind: 'change', restriction: 'suspended', flagsVoided: [] }),
    requested('r4', 'u4', { kind: 'flags', decisionIds: [] }),
    withdrawn('r4', 'u4'),
  )
})
afterAll(() => rmSync(dir, { recursive: true }))

describe('given requests of each kind', () => {
  test('when they are listed, then each says on one line what is asked for', async () => {
    expect(await run()).toMatchObject({
      code: 0,
      lines: [
        '1  u1  r1  reverse d-u1, void f-u1',
        '2  u2  r2  restore pin 7: d-u2',
        '3  u3  r3  change d-u3 to suspended',
        '4  u4  r4  void f-u4',
        '5  u4  r4  withdrawn (the remediation was cancelled)',
        'Up to sequence 5: 5 requests and withdrawals',
      ],
    })
  })

  test('when a service asks as JSON, then the last line is where it goes on', async () => {
    const { lines } = await run('--after', '3', '--json')
    const objects = lines.map((line) => JSON.parse(line))
    expect(objects).toMatchObject([
      { type: 'reinstatement.request.v1', requestId: 'r4', sequence: 4 },
      { type: 'reinstatement.withdrawal.v1', requestId: 'r4', sequence: 5 },
      { sequence: 5 },
    ])
    expect(objects.at(-1)).toEqual({ sequence: 5 })
    expect((await run('--after', '5', '--json')).lines).toEqual(['{"sequence":5}'])
  })

  test.each(['6', '-1', 'r1'])('when it asks after %s, then it is a usage error', async (after) => {
    expect(await run('--after', after)).toMatchObject({
      ...{ code: 64, lines: [''], stderr: expect.stringContaining('--after') },
    })
  })
})
