import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { recordedAt, said } from '../../incidents/tripwires/ledger.ts'
import { redress } from '../../robustness/hostile/run.ts'

let dir = ''
const run = async (...args: ReadonlyArray<string>) => {
  const { code, stdout, stderr } = await redress('hold', ...args, '--data', join(dir, 'data'))
  return { code, stdout: stdout.toString().trimEnd(), stderr: stderr.toString() }
}
const ana = ['--by', 'ana', '--reason', 'it flags quilts']

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'redress-hold-'))
  const at = Date.UTC(2026, 0, 5, 8)
  const published = { at, type: 'ruleset.published.v1', data: said.published('v1'), subject: 'rules' }
  await (await recordedAt(join(dir, 'data'), [published])).close()
})
afterAll(() => rmSync(dir, { recursive: true }))

describe('given a ledger', () => {
  test('when a hold is asked for, listed and lifted, then each says what it did', async () => {
    expect(await run('list')).toMatchObject({ code: 0, stdout: 'No hold stands' })
    const asked = await run('request', '--rule', 'adult.explicit', '--version', '2025-04-28', ...ana)
    expect(asked.stdout).toMatch(/^Hold [0-9a-f]{12} on rule adult\.explicit, 2025-04-28 is requested$/)
    const [, id = ''] = asked.stdout.split(' ')
    const again = await run('request', '--rule', 'adult.explicit', '--version', '2025-04-28', ...ana)
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('stands already, by ana') })
    expect((await run('list')).stdout).toContain(id)
    expect(await run('lift', id, '--by', 'bo', '--reason', 'fixed')).toMatchObject({
      code: 0,
      stdout: `Hold ${id} is lifted`,
    })
    expect((await run('list')).stdout).toBe('No hold stands')
    expect(JSON.parse((await run('list', '--all', '--json')).stdout)).toMatchObject([
      { holdId: id, lifted: { by: 'bo' } },
    ])
  })

  test.each([
    [['request', ...ana], 'nothing to put on hold'],
    [['request', '--rule', 'r', '--reason', 'x'], '--by'],
    [['request', '--rule', 'r', '--by', 'ana'], '--reason'],
    [['request', '--detector-version', '7', ...ana], '--detector-version requires --detector'],
    [['request', '--decided-by', 'strikes', ...ana], 'rule:three-strikes'],
  ])(
    'when the command line is %j, then it is a usage error that says what is wrong',
    async (args, message) => {
      const { code, stdout, stderr } = await run(...args)
      expect({ code, stdout }).toEqual({ code: 64, stdout: '' })
      expect(stderr).toContain(message)
    },
  )
})
