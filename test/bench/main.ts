import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readRuleset } from '../../src/cli/replaying.ts'
import { table } from '../../src/cli/table.ts'
import { benchReplay } from './replay.ts'

/**
 * `npm run bench -- [--events N] [--runs N]`: a simulated platform's file into an empty ledger, end to end and in a
 * process of its own, then the replay out of it, its parts apart. Prints medians, the spread and the peak memory.
 */
const { values } = parseArgs({
  options: { events: { type: 'string', default: '1000000' }, runs: { type: 'string', default: '3' } },
})
const events = Number(values.events)
const runs = Number(values.runs)

const main = join(import.meta.dirname, '../../src/cli/main.ts')
const dir = mkdtempSync(join(tmpdir(), 'redress-bench-'))
const at = (name: string): string => join(dir, name)

/** Runs a command of ours and gives its seconds and its peak memory (of all its threads), in MB. */
const measured = (...args: ReadonlyArray<string>): { seconds: number; mb: number } => {
  const report = `process.on('exit', () => process.stderr.write('peak ' + process.resourceUsage().maxRSS + '\\n'))`
  const start = performance.now()
  const preload = `data:text/javascript,${encodeURIComponent(report)}`
  const run = spawnSync(process.execPath, ['--import', preload, main, ...args], { encoding: 'utf8' })
  if (run.status !== 0) throw new Error(`${args.join(' ')}: exit ${run.status}\n${run.stderr}`)
  const seconds = (performance.now() - start) / 1000
  return { seconds, mb: Number(/peak (\d+)/.exec(run.stderr)?.[1]) / 1024 }
}
const median = (numbers: ReadonlyArray<number>): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN

try {
  const accounts = Math.ceil(events / 10.27)
  measured(
    'simulate',
    '--accounts',
    String(accounts),
    ...['--out', at('events.ndjson')],
    ...['--truth', at('truth.json')],
    ...['--ruleset', at('corrected.yaml')],
  )
  const megabytes = statSync(at('events.ndjson')).size / 1e6

  const ingests = Array.from({ length: runs }, (_, i) =>
    measured('ingest', at('events.ndjson'), '--data', at(`data${i}`)),
  )
  const corrected = await readRuleset(at('corrected.yaml'))
  const replays: Awaited<ReturnType<typeof benchReplay>>[] = []
  for (let i = 0; i < runs; i++) replays.push(await benchReplay(at('data0'), corrected))
  const whole = Array.from({ length: runs }, (_, i) =>
    measured('replay', '--ruleset', at('corrected.yaml'), '--data', at('data0'), '--out', at(`result${i}`)),
  )
  const stored = replays[0]?.events ?? 0
  const row = (name: string, rates: ReadonlyArray<number>, mb: ReadonlyArray<number>) => ({
    name,
    median: Math.round(median(rates)),
    least: Math.round(Math.min(...rates)),
    most: Math.round(Math.max(...rates)),
    peakMb: mb.length === 0 ? null : Math.round(Math.max(...mb)),
  })
  const figures = [
    row(
      'ingest: NDJSON file to durable, validated, hashed events',
      ingests.map(({ seconds }) => stored / seconds),
      ingests.map(({ mb }) => mb),
    ),
    row(
      'replay, whole command',
      whole.map(({ seconds }) => stored / seconds),
      whole.map(({ mb }) => mb),
    ),
    row(
      '  reading, hashes checked',
      replays.map(({ read }) => read),
      [],
    ),
    row(
      '  parsing and decoding',
      replays.map(({ decode }) => decode),
      [],
    ),
    row(
      '  reference replay over decoded events',
      replays.map(({ replay }) => replay),
      [],
    ),
  ]
  const machine = `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`
  process.stdout.write(
    `${stored} events, ${Math.round(megabytes)} MB of NDJSON; ${runs} runs each; ${machine}\n\n`,
  )
  const lines = table(
    [
      { title: 'events a second', cell: ({ name }) => name },
      { title: 'median', align: 'right', cell: ({ median: m }) => m },
      { title: 'least', align: 'right', cell: ({ least }) => least },
      { title: 'most', align: 'right', cell: ({ most }) => most },
      { title: 'peak MB', align: 'right', cell: ({ peakMb }) => peakMb ?? '' },
    ],
    figures,
  )
  process.stdout.write(
    `${lines.join('\n')}\n\n${JSON.stringify({ events: stored, runs, machine, figures })}\n`,
  )
} finally {
  rmSync(dir, { recursive: true, force: true })
}
