import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { mixed } from '../../src/simulation/scenarios/mixed.ts'
import { simulate } from '../../src/simulation/simulate.ts'
import { identityOf } from '../ingest/kafka/consuming.ts'
import { startTestServer, type TestServer } from '../ledger/eventstoredb/server/server.ts'

const main = join(import.meta.dirname, '../../src/cli/main.ts')
const simulation = simulate({ scenario: mixed, seed: 3, accounts: 250 })
const lines = [...simulation.lines()]
const account = simulation.truth.putBack[0]?.account ?? ''
const stream = `account-${account}`

describe('given a cluster whose streams are deleted or truncated', () => {
  let dir = ''
  let server: TestServer
  let place: ReadonlyArray<string> = []
  const at = (name: string): string => join(dir, name)
  const redress = async (...args: ReadonlyArray<string>) => {
    const child = spawn(process.execPath, [main, ...args], { cwd: dir })
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk
    })
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk
    })
    await once(child, 'close')
    return { code: child.exitCode, stdout, stderr, json: () => Object(JSON.parse(stdout)) }
  }

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'redress-damaged-'))
    writeFileSync(at('events.ndjson'), `${lines.join('\n')}\n`)
    writeFileSync(at('corrected.json'), JSON.stringify(simulation.truth.rulesetCorrected))
    server = await startTestServer()
    place = ['--data', 'data', '--ledger', server.url]
    expect((await redress('ingest', 'events.ndjson', ...place)).code).toBe(0)
  })
  afterEach(async () => {
    await server.close()
    rmSync(dir, { recursive: true })
  })

  test('when an account’s stream is truncated, then its story is an error that says what to do, and never "active"', async () => {
    server.setMetadata(stream, { maxCount: 1 })
    const { code, stdout, stderr } = await redress('account', account, ...place)
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(stderr).toContain(`the stream ${stream} is incomplete (cut by $maxCount)`)
    expect(stderr).toContain(`reset the stream's metadata ($$${stream})`)
    server.softDelete(stream)
    const deleted = await redress('account', account, ...place)
    expect(deleted).toMatchObject({ code: 2, stderr: expect.stringContaining('soft-deleted') })
    server.setMetadata(stream, {})
    expect((await redress('account', account, ...place)).code).toBe(0)
  })

  test('when events arrive for such streams, then they become dead letters, all others are ingested, and after the repair, those too', async () => {
    const unknown = new Set(server.userLog().map((event) => event.stream))
    server.softDelete(stream)
    const theirs = lines.filter((line) => Object(JSON.parse(line)).subject === account)
    const toOthers = lines.length - theirs.length
    const run = await redress('ingest', 'events.ndjson', ...place, '--json')
    expect(run.code).toBe(1)
    const refused = run.json().reasons.stream_damaged
    expect(refused).toBeGreaterThan(0)
    expect(run.json()).toMatchObject({
      duplicate: lines.length - refused,
      rejected: refused,
      damagedStreams: [{ stream, cause: 'soft_deleted' }],
    })
    expect(refused).toBeLessThanOrEqual(lines.length - toOthers)
    expect(new Set(server.userLog().map((event) => event.stream))).toEqual(unknown)

    const ingested = await redress('ingest', 'events.ndjson', ...place)
    expect(ingested.stdout).toContain(
      `Damaged streams, whose events were stored as dead letters: soft-deleted: ${stream}`,
    )
    const again = await redress('dead-letters', 'resubmit', '--all', ...place, '--json')
    expect(again.code).toBe(1)

    server.setMetadata(stream, {})
    const repaired = await redress('dead-letters', 'resubmit', '--all', ...place, '--json')
    expect(repaired.code).toBe(0)
    expect(repaired.json().refused).toBe(0)
    const identities = server
      .userLog()
      .filter((event) => event.stream !== 'redress-vocabulary')
      .map(({ data }) => identityOf(JSON.parse(Buffer.from(data).toString())))
    expect([...identities].sort()).toEqual(
      [...new Set(lines.map((line) => identityOf(JSON.parse(line))))].sort(),
    )
  })

  test('when an ingest knows nothing of a deleted stream, then its events are accepted again, and it is named, with exit code 1', async () => {
    const evidence = `evidence-${account}`
    const theirs = server.userLog().filter((event) => event.stream === evidence).length
    expect(theirs).toBeGreaterThan(0)
    server.softDelete(evidence)
    // Among many duplicates, the stream would be read first, and its events refused.
    const evaluations = lines.filter((line) => {
      const { type, subject } = Object(JSON.parse(line))
      return type === 'content.evaluated.v1' && subject === account
    })
    writeFileSync(at('evidence.ndjson'), `${evaluations.join('\n')}\n`)
    const run = await redress('ingest', 'evidence.ndjson', ...place)
    expect(run.code).toBe(1)
    expect(run.stdout).toContain(
      `Deleted streams, whose events were accepted but may now be recorded twice: soft-deleted: ${evidence}`,
    )
    const again = await redress('ingest', 'events.ndjson', ...place, '--json')
    expect(again.code).toBe(1)
    expect(again.json()).toMatchObject({
      accepted: 0,
      reasons: { stream_damaged: theirs },
      damagedStreams: [{ stream: evidence, cause: 'truncated' }],
    })
    expect((await redress('project', ...place)).stderr).toContain(evidence)
    server.setMetadata(evidence, {})
    expect((await redress('ingest', 'events.ndjson', ...place)).code).toBe(0)
  })

  const replay = (out: string, ...args: ReadonlyArray<string>) =>
    redress('replay', '--ruleset', 'corrected.json', '--out', out, '--json', ...place, ...args)
  const rowsOf = (out: string) =>
    readFileSync(at(`${out}/decisions.ndjson`), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => Object(JSON.parse(line)))

  test('when streams are deleted or truncated but not scavenged, then a replay is the same, with a warning that names each', async () => {
    const before = (await replay('r1')).json()
    const other = simulation.truth.putBack.find((one) => one.account !== account)?.account
    server.tombstone(stream)
    server.setMetadata(`account-${other}`, { maxCount: 1 })
    const run = await replay('r2')
    expect(run.code).toBe(0)
    expect(run.json().digest).toBe(before.digest)
    expect(run.json().sequence).toBe(before.sequence)
    expect(run.stderr).toContain('redress: warning: streams were deleted or limited')
    expect(run.stderr).toContain(stream)
    expect(run.stderr).toContain(`account-${other}`)
    const projected = await redress('project', ...place)
    expect(projected.code).toBe(0)
    expect(projected.stderr).toContain(`account-${other}`)
    const health = await redress('report', 'health', ...place)
    expect(health.code).toBe(1)
    expect(health.stdout).toContain(`the stream ${stream} is incomplete (deleted with a tombstone)`)
    expect(health.stdout).toContain(`the stream account-${other} is incomplete (cut by $maxCount)`)
  })

  test.each([
    ['counted the sequences before', (_: string) => {}],
    [
      'counts them after',
      (data: string) => {
        for (const name of ['sequence.db', 'sequence.db-wal', 'sequence.db-shm']) {
          rmSync(join(data, name), { force: true })
        }
      },
    ],
  ])(
    'when a scavenge has removed events and a reader %s, then a replay and a projection stop, or continue without those accounts and say so',
    async (_, prepare) => {
      const whole = (await replay('r1')).json()
      server.softDelete(`evidence-${account}`)
      server.softDelete(stream)
      server.scavenge()
      prepare(at('data'))
      for (const more of [[], ['--at', '1']]) {
        const stopped = await replay('stopped', '--engine', 'reference', ...more)
        expect(stopped.code).toBe(2)
        expect(stopped.stderr.trimEnd().split('\n')).toHaveLength(1)
        expect(stopped.stderr).toContain(stream)
        expect(stopped.stderr).toContain('--without-damaged')
      }
      const project = await redress('project', ...place)
      expect(project.code).toBe(2)
      expect(project.stderr).toContain(stream)

      const { code, json } = await replay('without', '--without-damaged')
      expect(code).toBe(0)
      expect(json().leftOut).toMatchObject({ accounts: [account] })
      expect(json().leftOut.streams).toContainEqual({ stream, cause: 'soft_deleted' })
      expect(json().digest).not.toBe(whole.digest)
      expect(rowsOf('without')).toEqual(rowsOf('r1').filter((row) => row.account !== account))
      expect(JSON.parse(readFileSync(at('without/summary.json'), 'utf8')).leftOut.accounts).toEqual([account])

      const projected = await redress('project', '--without-damaged', ...place)
      expect(projected.code).toBe(0)
      expect(projected.stdout).toContain('Left out: 1 account whose')
      const health = await redress('report', 'health', ...place)
      expect(health).toMatchObject({ code: 1, stdout: expect.stringContaining(stream) })
      // Not silently the next time.
      expect((await redress('project', ...place)).code).toBe(2)
    },
    180_000,
  )

  test('when a ruleset\u2019s stream lacks events, then nothing continues without it', async () => {
    const ruleset = server.userLog().find((event) => event.stream.startsWith('ruleset-'))?.stream ?? ''
    server.tombstone(ruleset)
    server.scavenge()
    const run = await replay('r1', '--without-damaged')
    expect(run.code).toBe(2)
    expect(run.stderr).toContain(`${ruleset} cannot be left out`)
  })
})
