import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { recordedAt, said } from '../../incidents/tripwires/ledger.ts'
import { redress } from '../../robustness/hostile/run.ts'

let dir = ''
const run = async (...args: ReadonlyArray<string>) => {
  const { code, stdout, stderr } = await redress(...args, '--data', join(dir, 'data'))
  return { code, stdout: stdout.toString().trimEnd(), stderr: stderr.toString() }
}
const ana = ['--by', 'ana']
const corrected = join(import.meta.dirname, '../../vectors/05-cascade-across-accounts/corrected.json')
const typo = ['--title', 'quilts are removed', '--suspect', 'rule=spam@v1', ...ana]

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'redress-incident-'))
  const at = Date.UTC(2026, 0, 5, 8)
  const published = { at, type: 'ruleset.published.v1', data: said.published('v1'), subject: 'rules' }
  await (await recordedAt(join(dir, 'data'), [published])).close()
})
afterAll(() => rmSync(dir, { recursive: true }))

describe('given a ledger', () => {
  test('when an incident is led from its opening to its end, then each step says what it did and what is next', async () => {
    const opened = await run('incident', 'open', ...typo)
    expect(opened).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Incident [0-9a-f]{12} is open/) })
    const [, id = ''] = opened.stdout.split(' ')
    expect(await run('incident', 'note', id, 'u1 told us', ...ana)).toMatchObject({ code: 0 })
    const before = (await run('incident', 'show', id)).stdout
    for (const part of [
      'quilts are removed',
      'opened by ana',
      'suspect: rule spam, v1',
      'noted by ana',
      'u1 told us',
      'redress replay',
    ]) {
      expect(before).toContain(part)
    }
    const replayed = await run(
      'replay',
      '--ruleset',
      corrected,
      '--out',
      join(dir, 'result'),
      '--incident',
      id,
      ...ana,
    )
    expect(replayed).toMatchObject({ code: 0, stdout: expect.stringContaining(`Recorded in incident ${id}`) })
    const [{ digest }] = JSON.parse((await run('incident', 'show', id, '--json')).stdout).replays
    expect((await run('incident', 'show', id)).stdout).toContain(`redress incident close ${id}`)
    expect(digest).toMatch(/^[0-9a-f]{64}$/)
    const end = ['--conclusion', 'false_alarm', '--summary', 'they were no quilts']
    expect(await run('incident', 'close', id, ...end, ...ana)).toMatchObject({
      code: 0,
      stdout: `Incident ${id} is closed`,
    })
    expect((await run('incident', 'show', id)).stdout).toMatch(
      /closed by ana: nothing was at fault\n +they were no quilts/,
    )
    expect((await run('project')).code).toBe(0)
    expect((await run('incident', 'list')).stdout).toMatch(/: 0 open incidents$/)
    expect((await run('incident', 'list', '--all')).stdout).toContain(id)
  })

  test.each([
    [['open', '--title', 't', ...ana], '--suspect'],
    [['open', '--title', 't', '--suspect', 'spam', ...ana], 'rule=adult.explicit@2025-04-28'],
    [['open', '--title', 't', '--suspect', 'rule=spam@', ...ana], 'rule=adult.explicit@2025-04-28'],
    [['open', '--title', 't', '--suspect', 'decided-by=strikes', ...ana], 'decidedBy'],
    [['open', '--title', 't', '--suspect', 'rule=spam@v1,rule=adult@v1', ...ana], 'once'],
    [['open', '--title', 't', '--suspect', 'ruleset=rules@v2,rule=spam@v1', ...ana], 'one version'],
    [['open', '--title', 't', '--suspect', 'rule=spam'], '--by'],
    [['close', 'i1', ...ana], '--conclusion'],
  ])(
    'when the command line is %j, then it is a usage error that says what is wrong',
    async (args, message) => {
      const { code, stdout, stderr } = await run('incident', ...args)
      expect({ code, stdout }).toEqual({ code: 64, stdout: '' })
      expect(stderr).toContain(message)
    },
  )

  test('when a suspect has several parts, then all of them are in it', async () => {
    const suspect = 'rule=spam@v1,detector=net@7,decided-by=rule:three-strikes,source=/svc'
    const { stdout } = await run('incident', 'open', '--title', 't', '--suspect', suspect, ...ana, '--json')
    const shown = await run('incident', 'show', JSON.parse(stdout).incidentId, '--json')
    expect(JSON.parse(shown.stdout).suspects).toEqual([
      {
        ...{ rule: 'spam', version: 'v1', detector: { id: 'net', version: '7' } },
        ...{ decidedBy: { kind: 'rule', id: 'three-strikes' }, source: '/svc' },
      },
    ])
  })

  test.each([
    [[], '--incident requires --by'],
    [[...ana, '--without-damaged'], '--without-damaged'],
    [[...ana, '--from', '2026-01-01T00:00:00Z'], '--from'],
  ])(
    'when a replay for an incident is given %j, then it is a usage error, before anything is replayed',
    async (args, message) => {
      const out = join(dir, 'refused')
      const replay = ['replay', '--ruleset', corrected, '--out', out, '--incident', 'i1', ...args]
      const { code, stdout, stderr } = await run(...replay)
      expect({ code, stdout, isWritten: existsSync(out) }).toEqual({ code: 64, stdout: '', isWritten: false })
      expect(stderr).toContain(message)
    },
  )
})
