import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { table } from '../../src/cli/table.ts'
import { measured, median } from './measure.ts'

/**
 * `node test/bench/rebuild.ts [--events N,N,...] [--runs N]`: how `project --rebuild` grows with the ledger. Its rate and
 * its CPU time per event should stay the same, and its peak memory below 1 GB.
 */
const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '200000,1000000,4000000' },
    runs: { type: 'string', default: '3' },
  },
})

const dir = mkdtempSync(join(tmpdir(), 'redress-bench-'))
const at = (name: string): string => join(dir, name)

try {
  const sizes = []
  for (const events of values.events.split(',').map(Number)) {
    const accounts = Math.ceil(events / 10.27)
    const file = at(`${events}.ndjson`)
    const others = ['--truth', at(`${events}.json`), '--ruleset', at(`${events}.yaml`)]
    measured('simulate', '--accounts', String(accounts), '--out', file, ...others)
    measured('ingest', file, '--data', at('data'))
    rmSync(file)
    const runs = Array.from({ length: Number(values.runs) }, () =>
      measured('project', '--rebuild', '--data', at('data')),
    )
    rmSync(at('data'), { recursive: true })
    sizes.push({
      events,
      accounts,
      perSecond: Math.round(events / median(runs.map(({ seconds }) => seconds))),
      cpu: ((1e6 * median(runs.map(({ cpuSeconds }) => cpuSeconds))) / events).toFixed(1),
      mb: Math.round(Math.max(...runs.map(({ mb }) => mb))),
    })
  }
  const lines = table(
    [
      { title: 'project --rebuild: events', align: 'right', cell: ({ events }) => events },
      { title: 'accounts', align: 'right', cell: ({ accounts }) => accounts },
      { title: 'a second', align: 'right', cell: ({ perSecond }) => perSecond },
      { title: 'CPU µs an event', align: 'right', cell: ({ cpu }) => cpu },
      { title: 'peak MB', align: 'right', cell: ({ mb }) => mb },
    ],
    sizes,
  )
  process.stdout.write(`${lines.join('\n')}\n`)
} finally {
  rmSync(dir, { recursive: true, force: true })
}
